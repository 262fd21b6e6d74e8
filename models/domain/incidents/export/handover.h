// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/blocks.h>
#include <domain/incidents/export/exporttext.h>
#include <domain/incidents/incident.h>

#include <span>

namespace bw {

/// What the next shift must know, from the incidents as they stand: those that run, updates that fall due,
/// overdue tasks and follow-ups, changes still in place, hand-overs nobody accepted. In the order of urgency;
/// what is not known (alerts, silences: no source is asked) is said.
std::vector<Block> handoverBlocks(
    std::span<const Incident> incidents, Timestamp now, const TimeWriter &times);

} // namespace bw
