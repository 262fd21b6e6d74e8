// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/exportoptions.h>
#include <domain/incidents/export/incidentrecord.h>

namespace bw {

/// A record as a document may show it. Every format is written from this and never from the record itself.
struct RedactedRecord
{
    /// Only entries that the options take and the profile allows, in the timeline's order; persons stand as
    /// they are to be named, ids included; texts without what the profile removes.
    IncidentRecord record;
    ExportOptions options;
    Timestamp date{}; ///< of the document: recordDate() before anything was taken out
    std::vector<std::pair<QString, int>> removed; ///< what was taken out and how often, by name
};

/// | | internal | partner | public |
/// | levels | as asked | timeline and up | public |
/// | people | as asked | roles | none |
/// | hosts, IPs, pods, clusters | kept | stand-ins, the same for the same name | removed |
/// | commands and output of runs | kept | titles and outcomes | removed |
/// | queries | kept | kept, addresses removed | removed |
/// | hypotheses | kept | confirmed ones | removed |
/// | alerts, decisions, tasks, summary, services | kept | kept | removed |
/// | updates | kept | sent ones | sent to the public |
/// | charts | as asked | drawn | drawn, without a legend |
/// Secrets are looked for in every text of every profile. Pure; a worker's for long records.
RedactedRecord redact(const IncidentRecord &record, const ExportOptions &options);

} // namespace bw
