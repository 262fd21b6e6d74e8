// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/incident.h>

namespace bw {

/// What an entry says, in one line for plain-text widgets and lists: what changed from what to what, else its
/// title, else the first line of its text. Never empty: at worst the kind's label.
QString entryLine(const TimelineEntry &entry, int limit = 400);
/// The group of a kind: "alert" of "alert.fired". Unknown kinds have theirs too.
QString kindGroup(const QString &kind);
/// Groups of the known kinds, in the order of the list of kinds.
QStringList kindGroups();
/// For people: "communications" of comms_external.
QString roleLabel(Role role);
/// Who did it, for one line: the display name, else the id.
QString actorName(const Actor &actor);

} // namespace bw
