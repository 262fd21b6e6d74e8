// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/freshness.h>
#include <domain/base/ids.h>
#include <domain/metrics/metricprofile.h>

#include <QObject>

#include <vector>

namespace bw {

/// One server we ask, as the source strip shows it.
struct SourceInfo
{
    DatasourceId id; ///< of the member
    QString source; ///< id as configured; equal for all members of one cluster
    QString kind, title, url, version;
    bool isDefault = false, unencrypted = false;
    Freshness freshness;
    std::chrono::milliseconds latency{0}; ///< of the last answer
    std::optional<BootTime> retryAt; ///< while backing off or the breaker is open
    DetectedProfile profile; ///< metric sources
    Nanoseconds scrapeInterval = std::chrono::seconds(15);
    QMap<QString, QString> labels; ///< global matcher
    QStringList notes;
    bool operator==(const SourceInfo &) const = default;
};

/// Every source and how it does. Written by the session, read by strip, panels and variables. UI thread.
class SourceBoard : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    const std::vector<SourceInfo> &sources() const { return m_sources; }
    const SourceInfo *find(const DatasourceId &id) const;
    /// The default source of a kind, else the first; null when there is none.
    const SourceInfo *defaultOf(QStringView kind) const;
    /// Sources that hold traces, the default one first.
    std::vector<const SourceInfo *> traceSources() const;
    /// Replaces or adds; emits changed() once when something differs.
    void update(SourceInfo info);
    /// Drops the sources that are not in `ids`.
    void retain(const std::vector<DatasourceId> &ids);

signals:
    void changed();
    void retryRequested(const QString &source);

private:
    std::vector<SourceInfo> m_sources;
};

} // namespace bw
