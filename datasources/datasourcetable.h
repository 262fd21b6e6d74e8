// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/queryscheduler.h>
#include <http/endpoint.h>

namespace bw {

/// One server we ask: everything scheduler and transport need of it, except the secrets.
struct TableEntry
{
    QueryScheduler::Source source;
    Endpoint endpoint; ///< credentials empty: app resolves the references of `config.auth` and `config.tls`
    SourceConfig config;
    int member = 0; ///< from 1 in a cluster of several, 0 for a single server
};

/// One entry for each server, in the order of the configuration: "prom-eu" for a source with one URL,
/// "am/1", "am/2" … for the members of a cluster. Invalid names line and key: unknown kind, no URL, a URL
/// that is not http or https or holds credentials, several URLs for a kind that has no members, equal ids.
[[nodiscard]] Result<std::vector<TableEntry>> buildDatasourceTable(
    const std::vector<SourceConfig> &sources, const std::vector<DatasourceKind> &kinds);

} // namespace bw
