// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/incidentrecord.h>
#include <domain/incidents/export/picture.h>
#include <domain/incidents/export/redaction.h>

namespace bw {

/// Lines of `data` over the snapshot's time, axis in the options' zone, milestones as dashed verticals.
/// Without samples it says so. At most 12 series, the largest ones; the title tells of the rest.
VectorPicture chartPicture(
    const Snapshot &snapshot, const SnapshotData &data, const RedactedRecord &redacted);
/// time_utc and one column a series, RFC 4180, formulas disarmed.
QByteArray chartCsv(const SnapshotData &data);

/// The incident from its impact's start to its end on one strip: phases and severities as bars, milestones as
/// marks, entries as ticks by level.
VectorPicture timelineStrip(const RedactedRecord &redacted);

} // namespace bw
