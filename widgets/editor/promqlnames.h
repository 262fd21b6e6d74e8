// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/query/ports.h>

#include <QHash>
#include <QObject>
#include <QStringList>

namespace bw {

/// Names an editor offers: metrics, labels and values of one source, asked for when first wanted and kept for
/// a while. UI thread; nobody waits.
class PromqlNames final : public QObject
{
    Q_OBJECT
public:
    /// Both outlive this object.
    PromqlNames(QueryExecutor &executor, const Clock &clock, QObject *parent = nullptr);

    /// Another source forgets everything; an empty id asks nobody.
    void setSource(const DatasourceId &source);
    const DatasourceId &source() const { return m_source; }
    /// What is known; when nothing is known yet it is asked for and changed() follows. `selector` restricts
    /// to series that match it; one with macros in it does not restrict. What failed is asked again after
    /// some seconds, not with the next letter.
    QStringList metrics();
    QStringList labels(const QString &selector);
    QStringList values(const QString &label, const QString &selector);
    /// Why the last question had no answer; empty when it had one.
    const QString &problem() const { return m_problem; }
    bool isAsking() const { return !m_tickets.empty(); }

signals:
    void changed();

private:
    QStringList of(const QString &label, const QString &selector);

    QueryExecutor &m_executor;
    const Clock &m_clock;
    DatasourceId m_source;
    QHash<QString, QStringList> m_known; ///< by label and selector
    QHash<QString, BootTime> m_failed; ///< when, by the same
    std::map<QString, QueryTicket> m_tickets;
    QString m_problem;
};

} // namespace bw
