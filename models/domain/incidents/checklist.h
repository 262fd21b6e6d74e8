// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/severity.h>

#include <span>

namespace bw {

/// One line of the incident checklist, as far as it is.
struct ChecklistItem
{
    enum class State : quint8 {
        Open,
        Known, ///< the record itself says that it is done
        Ticked,
        Skipped
    };
    QString phase, id, text; ///< id: unique, stable, in files
    State state = State::Open;
    QString by{}; ///< whoever ticked or skipped it
    Timestamp at{};
    bool isOpen() const { return state == State::Open; }
    bool operator==(const ChecklistItem &) const = default;
};

/// Phases of the built-in checklist, in order: triage, contain, mitigate, communicate, postmortem. They run
/// beside the incident's own phase and change nothing about it.
QStringList checklistPhases();
/// Every step, by phase. `ticks`: entries runbook.step_ticked and step_skipped in the order of recording; the
/// last one of a step counts, others than this checklist's do not. A step the record answers itself (an
/// update was sent) is Known, whatever was ticked before. To add one: a line in checklist.cpp. Pure.
std::vector<ChecklistItem> checklistOf(
    const Incident &incident, const SeverityScale &scale, std::span<const TimelineEntry> ticks);
/// The entry that ticks a step, or says that it is left out.
TimelineEntry tickEntry(const ChecklistItem &item, bool isSkipped);

} // namespace bw
