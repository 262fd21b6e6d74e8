// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/entry.h>

#include <QStringList>

#include <array>
#include <map>
#include <optional>
#include <vector>

namespace bw {

// Values of one incident as its entries make them (projection.h). Ids of tasks, decisions and the like are
// texts: the id their entries give in `data`, or that of the entry that began them. Free text is Untrusted:
// it may come from an alert, an imported file or another person's console. Names of people, services and
// values of `data` are no less foreign and are escaped wherever they are shown.

enum class IncidentKind : quint8 { Real, Drill, Backfilled };
enum class Phase : quint8 {
    Triage,
    Active,
    Monitoring,
    Resolved,
    InReview,
    Closed,
    Declined,
    Merged,
    Cancelled
};
enum class Stage : quint8 { Investigating, Identified, Mitigating };
enum class Visibility : quint8 { Open, Restricted };
enum class DeclaredFrom : quint8 { Manual, Alert, Import };

/// In the order in which they should lie.
enum class MilestoneName : quint8 {
    ImpactStarted,
    Detected,
    PageSent,
    Acknowledged,
    Declared,
    Engaged,
    Identified,
    FirstPublicUpdate,
    Mitigated,
    ImpactEnded,
    Resolved,
    Closed
};
struct Milestone
{
    enum class Source : quint8 { Auto, User, Import };
    Timestamp at{};
    Source source = Source::Auto;
    EntryId entry; ///< the one that says so
    qint64 uncertaintySeconds = 0;
    Untrusted note;
    std::optional<Timestamp> automatic; ///< what the record itself says, when somebody set it by hand
    bool operator==(const Milestone &) const = default;
};

struct ImpactInterval
{
    QString id;
    Timestamp from{};
    std::optional<Timestamp> to; ///< nullopt: goes on
    Untrusted scope;
    QJsonObject metric; ///< query, datasource, unit, peak, integral
    QString customers;
    QStringList regions;
    bool slaBreach = false;
    QJsonObject budget; ///< slo, spent, of_period
    bool operator==(const ImpactInterval &) const = default;
};

struct Person
{
    QString id;
    Untrusted display;
    QString handle, contact, team, zone;
    bool operator==(const Person &) const = default;
};
struct Participant
{
    Person person;
    Timestamp joined{};
    std::optional<Timestamp> left;
    bool operator==(const Participant &) const = default;
};

enum class Role : quint8 {
    Commander,
    Deputy,
    Scribe,
    CommsExternal,
    LiaisonInternal,
    Sme,
    Responder,
    Observer,
    Owner
};
struct RoleAssignment
{
    Role role = Role::Responder;
    QString person, service; ///< service: of a subject expert
    Timestamp from{};
    std::optional<Timestamp> to, acceptedAt;
    QString assignedBy;
    bool operator==(const RoleAssignment &) const = default;
};
/// Offered and not yet accepted: the former holder still has the role.
struct RoleOffer
{
    Role role = Role::Responder;
    QString person, service, by;
    Timestamp at{};
    EntryId entry;
    bool operator==(const RoleOffer &) const = default;
};

struct LinkedAlert
{
    enum class Relation : quint8 { Trigger, Symptom, Cause, Noise, Unrelated };
    struct State
    {
        Timestamp at{};
        QString state; ///< fired, resolved, acked, …: the entry's kind without its group
        bool operator==(const State &) const = default;
    };
    QString fingerprint, source;
    QJsonObject labels, annotations;
    std::optional<Timestamp> startsAt, endsAt;
    Timestamp firstSeen{};
    std::vector<State> history; ///< in the order of `at`
    Relation relation = Relation::Symptom;
    Untrusted generatorUrl;
    QString snapshot;
    bool operator==(const LinkedAlert &) const = default;
};

struct Task
{
    enum class State : quint8 { Open, Doing, Done, Dropped };
    enum class Purpose : quint8 { Response, FollowUp };
    enum class Type : quint8 { Mitigate, Prevent, Detect, Process, Other };
    QString id;
    Untrusted text, result;
    QString owner, createdBy, priority;
    Timestamp created{};
    std::optional<Timestamp> due; ///< a time-box counts from `created`
    State state = State::Open;
    std::optional<Timestamp> ended;
    Purpose purpose = Purpose::Response;
    Type type = Type::Other;
    Untrusted trackerUrl;
    bool timeboxRang = false;
    bool isOpen() const { return state == State::Open || state == State::Doing; }
    bool operator==(const Task &) const = default;
};

struct Hypothesis
{
    enum class State : quint8 { Open, Testing, Supported, RuledOut, Confirmed };
    QString id;
    Untrusted text, why; ///< why: of ruling it out or confirming it
    QString by, confidence;
    State state = State::Open;
    std::vector<EntryId> evidence;
    Timestamp opened{};
    std::optional<Timestamp> settled;
    bool operator==(const Hypothesis &) const = default;
};

struct Decision
{
    enum class State : quint8 { Proposed, Polled, Made, Reversed };
    struct Answer
    {
        QString person;
        Untrusted answer;
        bool operator==(const Answer &) const = default;
    };
    QString id;
    Untrusted text;
    QStringList options, objections;
    std::vector<Answer> answers;
    QString owner;
    State state = State::Proposed;
    Timestamp at{}; ///< of the latest change of state
    std::optional<Timestamp> reviewAt;
    bool operator==(const Decision &) const = default;
};

struct StatusUpdate
{
    enum class State : quint8 { Draft, Approved, Sent };
    enum class Audience : quint8 { Team, Exec, Public };
    QString id;
    Audience audience = Audience::Team;
    State state = State::Draft;
    Untrusted text, conditions, actions, needs; ///< one text, or the three fields of the form
    QString author, approvedBy;
    QStringList sentTo;
    Timestamp drafted{};
    std::optional<Timestamp> sentAt, nextDue;
    bool operator==(const StatusUpdate &) const = default;
};

struct Snapshot
{
    enum class Kind : quint8 { Query, Panel, Log, Trace, Screenshot, File, Address, Dashboard };
    QString id;
    Kind kind = Kind::Query;
    Untrusted title;
    QString datasource;
    Untrusted query;
    QJsonObject variables;
    std::optional<Timestamp> from, to, fetchedAt;
    qint64 stepMs = 0;
    QString dataFile, image; ///< SHA-256 of blobs; empty: none
    QString sha256; ///< of the data
    bool truncated = false;
    Untrusted sourceUrl;
    EntryId entry;
    bool operator==(const Snapshot &) const = default;
};

/// A run that changed something and has not been undone or accepted.
struct OpenChange
{
    QString run, risk, undo;
    Untrusted title;
    QString by;
    Timestamp at{};
    bool operator==(const OpenChange &) const = default;
};

struct Handover
{
    QString id, from, to, scope; ///< scope: a role's name, or "shift"
    Timestamp at{};
    Untrusted text;
    QJsonObject generated;
    std::optional<Timestamp> acceptedAt;
    bool operator==(const Handover &) const = default;
};

struct Postmortem
{
    enum class State : quint8 { None, Draft, InReview, Reviewed, Closed, Waived };
    State state = State::None;
    Untrusted waivedReason;
    QString owner, templateName, file;
    std::optional<Timestamp> meetingAt, due;
    QJsonObject sections;
    QStringList contributingFactors, wentWell, wentBadly, lucky;
    QStringList audienceVersions;
    bool operator==(const Postmortem &) const = default;
};

/// Update clocks of this incident, where they differ from those of its severity.
struct CommsCadence
{
    std::optional<Nanoseconds> internalEvery, externalEvery;
    int internalMissed = 0, externalMissed = 0; ///< entries update.missed
    bool operator==(const CommsCadence &) const = default;
};

struct Frozen
{
    QString by;
    Untrusted reason;
    Timestamp at{};
    bool operator==(const Frozen &) const = default;
};

/// From `at` on, until the next.
template<typename T> struct Since
{
    T value{};
    Timestamp at{};
    bool operator==(const Since &) const = default;
};

/// One incident: what all of its entries say together. Lists are in the order of recording.
struct Incident
{
    IncidentId id;
    QString key; ///< "INC-2026-0042"
    Untrusted title, summary;
    IncidentKind kind = IncidentKind::Real;
    Phase phase = Phase::Triage;
    std::optional<Stage> stage; ///< while active
    QString statusLabel, severity, priority;
    Visibility visibility = Visibility::Open;
    QStringList services, environments, regions;
    std::map<QString, QString> tags, custom;
    QString commander; ///< person who holds the role; empty: nobody
    QString createdBy;
    DeclaredFrom source = DeclaredFrom::Manual;
    QString primaryAlert; ///< fingerprint
    std::optional<IncidentId> parent, mergedInto;
    std::vector<IncidentId> duplicates, children;
    CommsCadence comms;
    std::optional<Frozen> frozen;
    std::map<MilestoneName, Milestone> milestones;
    std::vector<ImpactInterval> impact;
    std::vector<Participant> people;
    std::vector<RoleAssignment> roles; ///< past ones too
    std::vector<RoleOffer> roleOffers;
    std::vector<LinkedAlert> alerts;
    std::vector<Task> tasks; ///< of the response and follow-ups
    std::vector<Hypothesis> hypotheses;
    std::vector<Decision> decisions;
    std::vector<StatusUpdate> updates;
    std::vector<Snapshot> snapshots;
    std::vector<OpenChange> openChanges;
    std::vector<Handover> handovers;
    Postmortem postmortem;
    std::vector<Since<Phase>> phases; ///< every change, by time
    std::vector<Since<QString>> severities;
    qint64 entries = 0; ///< how many made this, hidden ones included
    Hlc head; ///< of the latest
    Timestamp declaredAt{}; ///< of the entry that declared it
    bool operator==(const Incident &) const = default;

    bool isOver() const; ///< closed, declined, merged or cancelled
    std::optional<Timestamp> milestone(MilestoneName name) const;
    /// Follow-ups: what a postmortem lists as action items.
    std::vector<Task> actionItems() const;
    /// Who holds `role` now; of subject experts the first.
    const RoleAssignment *holder(Role role) const;
};

} // namespace bw
