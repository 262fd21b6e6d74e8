// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>

namespace bw {

/// What the decoder needs to know of the member it reads.
struct AlertmanagerContext
{
    ClusterId cluster; ///< id as configured
    DatasourceId member; ///< who answered
    int members = 1; ///< size of the cluster
};

/// Decodes the body of a good answer of API v2 to an AlertsQuery, AlertGroupsQuery, SilencesQuery or
/// StatusQuery. Alerts keep the server's order and fingerprint; endsAt is left out when it is before
/// startsAt or beyond reach. Decode with the JSON path, TooLarge, Cancelled, Refused for other queries.
/// Pure; any thread.
[[nodiscard]] Result<Datasource::Answer> decodeAlertmanager(const QuerySpec &spec, const QByteArray &body,
    const AlertmanagerContext &context, const std::stop_token &stop = {});

} // namespace bw
