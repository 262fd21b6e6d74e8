// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/incidents/severity.h>

namespace bw {

/// Where an incident may go from `phase`; Active after Closed only within seven days.
QList<Phase> nextPhases(Phase phase);
/// Refused, with the legal moves in words: a move the table does not have, waiving the review, cancelling or
/// declining without a reason, or reopening what was closed more than seven days ago.
[[nodiscard]] Result<> checkMove(const Incident &incident, Phase to, Timestamp now, const QString &reason);

/// The entry that makes a legal move: its kind is incident.phase, or that of the move's own name.
TimelineEntry moveEntry(const Incident &incident, Phase to, Timestamp at, const QString &reason);

/// Two milestones that lie the wrong way round.
struct OrderProblem
{
    MilestoneName earlier, later; ///< as they should lie
    Timestamp earlierAt{}, laterAt{};
    QString text() const;
    bool operator==(const OrderProblem &) const = default;
};
/// Every pair of neighbours out of order: a warning, accepted with a reason that is recorded.
std::vector<OrderProblem> orderProblems(const std::map<MilestoneName, Milestone> &milestones);
/// The same as it would be after moving one.
std::vector<OrderProblem> orderProblemsAfter(const Incident &incident, MilestoneName name, Timestamp at);

/// What closing still asks for, in words; empty when nothing is missing.
QStringList closingQuestions(const Incident &incident, const SeverityScale &scale);

} // namespace bw
