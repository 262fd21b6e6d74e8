// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/incidents/projection.h>
#include <domain/incidents/severity.h>

namespace bw {

/// Entries as somebody at work makes them: kind, title, data and level are filled. Who and when is filled by
/// whoever appends them, where it is not given. Pure.
namespace compose {

TimelineEntry entry(const QString &kind, const QString &title, const QJsonObject &data = {});
TimelineEntry severity(const Incident &incident, const QString &to, const QString &reason);
TimelineEntry stage(const Incident &incident, Stage to);
/// A field of the header, as the README names them.
TimelineEntry field(
    const QString &name, const QJsonValue &from, const QJsonValue &to, const QString &reason = {});
/// Stars it or takes the star away.
TimelineEntry star(const EntryId &id, bool starred);
/// Raises or lowers the level of an entry.
TimelineEntry level(const EntryId &id, EntryLevel level);
TimelineEntry deleted(const EntryId &id, const QString &reason);
/// The next version of an entry: same kind, data and place, other words; `at` may move too.
TimelineEntry edited(const TimelineEntry &before, const QString &title, const QString &body, Timestamp at);
TimelineEntry frozen(bool isFrozen, const QString &reason);
/// kind: "assigned", "offered", "accepted", "released".
TimelineEntry role(const QString &kind, Role role, const QString &person, const QString &service = {});
TimelineEntry milestone(MilestoneName name, Timestamp at, bool isMoved, const QString &note = {});
/// Something to do now; `timebox` zero: without one.
TimelineEntry task(const QString &text, const QString &owner, std::chrono::seconds timebox);
TimelineEntry followUp(
    const QString &text, const QString &owner, Task::Type type, std::optional<Timestamp> due);
TimelineEntry taskMoved(const Task &task, Task::State to, const QString &result = {});
TimelineEntry timeboxOver(const Task &task);
TimelineEntry hypothesis(const QString &text);
TimelineEntry evidenceFor(const Hypothesis &hypothesis, const QStringList &entries, Hypothesis::State state);
TimelineEntry hypothesisSettled(const Hypothesis &hypothesis, bool isConfirmed, const QString &why);
TimelineEntry decision(
    const QString &kind, const QString &text, const QString &owner, const QStringList &objections);
TimelineEntry decisionMoved(const Decision &decision, const QString &kind, const QString &reason = {});

/// An alert as `data` of alert.* entries; `linked`: it is the incident's.
QJsonObject alertData(const Alert &alert, bool linked);
/// kind: "linked", "fired", "resolved" …
TimelineEntry alert(const QString &kind, const Alert &alert, bool linked);
TimelineEntry silence(const Silence &silence);

/// 16 hex digits, as Alertmanager writes it.
QString fingerprintText(quint64 fingerprint);

} // namespace compose

/// Conditions, actions, needs: the form of an update.
struct UpdateForm
{
    StatusUpdate::Audience audience = StatusUpdate::Audience::Team;
    QString conditions, actions, needs;
    std::optional<Timestamp> nextDue;
    bool operator==(const UpdateForm &) const = default;
};
/// Filled from what is known: severity, phase and impact; the last key entries and what is being done; what
/// is still missing. For the public nothing but phase and impact, in plain words.
UpdateForm proposedUpdate(const Incident &incident, const std::vector<CuratedEntry> &entries,
    StatusUpdate::Audience audience, const SeverityScale &scale);
/// The text that is copied and sent.
QString updateText(
    const Incident &incident, const UpdateForm &form, const QString &severityWord, Timestamp now);
/// kind: "drafted", "approved" or "sent"; `id`: of the update it goes on with, else empty.
TimelineEntry updateEntry(const QString &kind, const UpdateForm &form, const QString &id);

} // namespace bw
