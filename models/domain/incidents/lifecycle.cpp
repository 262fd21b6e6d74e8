// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/lifecycle.h>

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr Nanoseconds kReopenWithin = std::chrono::hours(7 * 24);

struct Moves
{
    Phase from;
    QList<Phase> to;
};

const std::vector<Moves> &table()
{
    static const std::vector<Moves> moves{
        {Phase::Triage, {Phase::Active, Phase::Declined, Phase::Merged, Phase::Cancelled}},
        {Phase::Active, {Phase::Monitoring, Phase::Merged, Phase::Cancelled}},
        {Phase::Monitoring, {Phase::Resolved, Phase::Active, Phase::Cancelled}},
        {Phase::Resolved, {Phase::InReview, Phase::Closed, Phase::Active}},
        {Phase::InReview, {Phase::Closed}},
        {Phase::Closed, {Phase::Active}},
    };
    return moves;
}

/// Moves that leave something undone say why.
bool needsReason(Phase from, Phase to)
{
    return to == Phase::Cancelled || to == Phase::Declined
        || (from == Phase::Resolved && to == Phase::Closed);
}

/// Pairs that have an order; the names' own order is only that of display.
constexpr std::pair<MilestoneName, MilestoneName> kOrder[] = {
    {MilestoneName::ImpactStarted, MilestoneName::Detected},
    {MilestoneName::ImpactStarted, MilestoneName::Mitigated},
    {MilestoneName::ImpactStarted, MilestoneName::ImpactEnded},
    {MilestoneName::Detected, MilestoneName::PageSent},
    {MilestoneName::Detected, MilestoneName::Acknowledged},
    {MilestoneName::PageSent, MilestoneName::Acknowledged},
    {MilestoneName::Detected, MilestoneName::Identified},
    {MilestoneName::Detected, MilestoneName::Resolved},
    {MilestoneName::Declared, MilestoneName::Resolved},
    {MilestoneName::Acknowledged, MilestoneName::Resolved},
    {MilestoneName::Mitigated, MilestoneName::Resolved},
    {MilestoneName::ImpactEnded, MilestoneName::Resolved},
    {MilestoneName::Resolved, MilestoneName::Closed},
};

QString words(MilestoneName name) { return nameOf(name).replace(u'_', u' '); }

} // namespace

QList<Phase> nextPhases(Phase phase)
{
    for (const Moves &moves : table()) {
        if (moves.from == phase)
            return moves.to;
    }
    return {};
}

Result<> checkMove(const Incident &incident, Phase to, Timestamp now, const QString &reason)
{
    const QList<Phase> next = nextPhases(incident.phase);
    if (!next.contains(to)) {
        QStringList names;
        for (const Phase phase : next)
            names += nameOf(phase);
        return fail(Error::Kind::Refused,
            u"an incident that is %1 cannot become %2; it may become %3"_s.arg(nameOf(incident.phase),
                nameOf(to), names.isEmpty() ? u"nothing else"_s : names.join(u", "_s)));
    }
    if (needsReason(incident.phase, to) && reason.trimmed().isEmpty())
        return fail(Error::Kind::Refused,
            u"going from %1 to %2 needs a reason"_s.arg(nameOf(incident.phase), nameOf(to)));
    const auto closed = incident.milestone(MilestoneName::Closed);
    if (incident.phase == Phase::Closed && closed && now - *closed > kReopenWithin)
        return fail(Error::Kind::Refused,
            u"%1 was closed more than seven days ago; declare a new incident and link it"_s.arg(
                incident.key));
    return {};
}

TimelineEntry moveEntry(const Incident &incident, Phase to, Timestamp at, const QString &reason)
{
    TimelineEntry entry;
    entry.incident = incident.id;
    entry.at = at;
    entry.kind = u"incident.phase"_s;
    if (to == Phase::Cancelled)
        entry.kind = u"incident.cancelled"_s;
    else if (to == Phase::Closed)
        entry.kind = u"incident.closed"_s;
    else if (to == Phase::Active && incident.phase == Phase::Closed)
        entry.kind = u"incident.reopened"_s;
    else if (to == Phase::Active && incident.phase != Phase::Triage)
        entry.kind = u"incident.relapse"_s;
    entry.data = {{u"from"_s, nameOf(incident.phase)}, {u"to"_s, nameOf(to)}};
    if (!reason.isEmpty())
        entry.data[u"reason"_s] = reason;
    if (to == Phase::Closed)
        entry.data[u"review"_s] = incident.phase == Phase::InReview ? u"done"_s : u"waived"_s;
    entry.level = defaultLevel(entry.kind, entry.data);
    return entry;
}

QString OrderProblem::text() const
{
    return u"%1 (%2) lies before %3 (%4)"_s.arg(
        words(later), isoUtc(laterAt), words(earlier), isoUtc(earlierAt));
}

std::vector<OrderProblem> orderProblems(const std::map<MilestoneName, Milestone> &milestones)
{
    std::vector<OrderProblem> problems;
    for (const auto &[earlier, later] : kOrder) {
        const auto first = milestones.find(earlier);
        const auto second = milestones.find(later);
        if (first != milestones.end() && second != milestones.end() && second->second.at < first->second.at)
            problems.push_back({earlier, later, first->second.at, second->second.at});
    }
    return problems;
}

std::vector<OrderProblem> orderProblemsAfter(const Incident &incident, MilestoneName name, Timestamp at)
{
    std::map<MilestoneName, Milestone> moved = incident.milestones;
    moved[name].at = at;
    std::vector<OrderProblem> problems = orderProblems(moved);
    std::erase_if(problems,
        [name](const OrderProblem &problem) { return problem.earlier != name && problem.later != name; });
    return problems;
}

QStringList closingQuestions(const Incident &incident, const SeverityScale &scale)
{
    QStringList questions;
    if (!incident.milestone(MilestoneName::Mitigated))
        questions += u"when was it mitigated?"_s;
    if (!incident.impact.empty() && !incident.milestone(MilestoneName::ImpactEnded))
        questions += u"when did the impact end?"_s;
    if (!scale.find(incident.severity))
        questions += u"severity %1 is not on the scale"_s.arg(incident.severity);
    for (const OpenChange &change : incident.openChanges)
        questions += u"change %1 is neither undone nor accepted"_s.arg(change.run);
    if (incident.actionItems().empty() && !incident.custom.contains(u"no_follow_ups"_s))
        questions += u"at least one follow-up, or the word that there is none"_s;
    const SeverityLevel *level = scale.find(incident.severity);
    const bool reviewed = incident.postmortem.state == Postmortem::State::Reviewed
        || incident.postmortem.state == Postmortem::State::Closed
        || incident.postmortem.state == Postmortem::State::Waived;
    if (level && level->reviewDays > 0 && !reviewed)
        questions += u"is the review done, or waived with a reason?"_s;
    return questions;
}

} // namespace bw
