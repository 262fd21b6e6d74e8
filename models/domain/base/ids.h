// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

namespace bw {

/// Name of one server we ask, as configured: "prom-eu". A member of an Alertmanager cluster is "am-eu/1".
struct DatasourceId
{
    QString id;
    bool operator==(const DatasourceId &) const = default;
    bool isEmpty() const { return id.isEmpty(); }
};
inline size_t qHash(const DatasourceId &key, size_t seed = 0) noexcept { return ::qHash(key.id, seed); }

/// One Alertmanager cluster: the configured datasource that has members.
struct ClusterId
{
    QString id;
    bool operator==(const ClusterId &) const = default;
};
inline size_t qHash(const ClusterId &key, size_t seed = 0) noexcept { return ::qHash(key.id, seed); }

} // namespace bw
