// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentnames.h>

#include <span>

namespace bw {

namespace {

template<typename E> struct Names;

#define BW_NAMES(Enum, ...)                                                                                  \
    template<> struct Names<Enum>                                                                            \
    {                                                                                                        \
        static constexpr const char *all[] = {__VA_ARGS__};                                                  \
    };

BW_NAMES(EntryLevel, "trace", "log", "timeline", "key", "public")
BW_NAMES(TimeSource, "local", "backend", "import")
BW_NAMES(Confidence, "observed", "reported", "inferred")
BW_NAMES(Actor::Type, "person", "system", "import")
BW_NAMES(EntryRef::Kind, "snapshot", "run", "alert", "task", "url", "entry")
BW_NAMES(IncidentKind, "real", "drill", "backfilled")
BW_NAMES(Phase, "triage", "active", "monitoring", "resolved", "in_review", "closed", "declined", "merged",
    "cancelled")
BW_NAMES(Stage, "investigating", "identified", "mitigating")
BW_NAMES(Visibility, "open", "restricted")
BW_NAMES(DeclaredFrom, "manual", "alert", "import")
BW_NAMES(MilestoneName, "impact_started", "detected", "page_sent", "acknowledged", "declared", "engaged",
    "identified", "first_public_update", "mitigated", "impact_ended", "resolved", "closed")
BW_NAMES(Milestone::Source, "auto", "user", "import")
BW_NAMES(Role, "commander", "deputy", "scribe", "comms_external", "liaison_internal", "sme", "responder",
    "observer", "owner")
BW_NAMES(LinkedAlert::Relation, "trigger", "symptom", "cause", "noise", "unrelated")
BW_NAMES(Task::State, "open", "doing", "done", "dropped")
BW_NAMES(Task::Purpose, "response", "follow-up")
BW_NAMES(Task::Type, "mitigate", "prevent", "detect", "process", "other")
BW_NAMES(Hypothesis::State, "open", "testing", "supported", "ruled_out", "confirmed")
BW_NAMES(Decision::State, "proposed", "polled", "made", "reversed")
BW_NAMES(StatusUpdate::State, "draft", "approved", "sent")
BW_NAMES(StatusUpdate::Audience, "team", "exec", "public")
BW_NAMES(Snapshot::Kind, "query", "panel", "log", "trace", "screenshot", "file", "link", "dashboard")
BW_NAMES(Postmortem::State, "none", "draft", "in_review", "reviewed", "closed", "waived")
#undef BW_NAMES

} // namespace

template<typename E> QString nameOf(E value) { return QString::fromLatin1(Names<E>::all[size_t(value)]); }

template<typename E> std::optional<E> valueOf(QStringView name)
{
    quint8 value = 0;
    for (const char *one : Names<E>::all) {
        if (name == QLatin1StringView(one))
            return E(value);
        ++value;
    }
    return std::nullopt;
}

template<typename E> QStringList namesOf()
{
    QStringList names;
    for (const char *one : Names<E>::all)
        names += QString::fromLatin1(one);
    return names;
}

#define BW_NAMED(Enum)                                                                                       \
    template QString nameOf<Enum>(Enum);                                                                     \
    template std::optional<Enum> valueOf<Enum>(QStringView);                                                 \
    template QStringList namesOf<Enum>();

BW_NAMED(EntryLevel)
BW_NAMED(TimeSource)
BW_NAMED(Confidence)
BW_NAMED(Actor::Type)
BW_NAMED(EntryRef::Kind)
BW_NAMED(IncidentKind)
BW_NAMED(Phase)
BW_NAMED(Stage)
BW_NAMED(Visibility)
BW_NAMED(DeclaredFrom)
BW_NAMED(MilestoneName)
BW_NAMED(Milestone::Source)
BW_NAMED(Role)
BW_NAMED(LinkedAlert::Relation)
BW_NAMED(Task::State)
BW_NAMED(Task::Purpose)
BW_NAMED(Task::Type)
BW_NAMED(Hypothesis::State)
BW_NAMED(Decision::State)
BW_NAMED(StatusUpdate::State)
BW_NAMED(StatusUpdate::Audience)
BW_NAMED(Snapshot::Kind)
BW_NAMED(Postmortem::State)
#undef BW_NAMED

} // namespace bw
