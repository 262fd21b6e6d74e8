// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/dashboards/dashboard.h>
#include <widgets/panels/panelports.h>

#include <QMap>

namespace bw {

/// A dashboard's variables: their options, their values, and who depends on whom. A change makes its
/// descendants ask again, level by level; settled() comes once, when all of them have an outcome. A query
/// that fails keeps the last options and value, and says so; one that takes longer than 5 s lets the panels
/// start with the last values. UI thread.
class VariableSet final : public QObject
{
    Q_OBJECT
public:
    struct State
    {
        Variable variable;
        bool isContext = false; ///< not declared: a field of the dashboard's context bar
        QStringList options;
        QStringList values; ///< chosen; empty with isAll
        bool isAll = false;
        bool isDirty = false, isAsking = false;
        QString problem; ///< why the options are old, or none
    };

    explicit VariableSet(DashboardPorts ports, QObject *parent = nullptr);
    ~VariableSet() override;

    /// Replaces all variables; `preset` wins over defaults. Values of equal names are kept.
    void load(const Dashboard &dashboard, const QMap<QString, QStringList> &preset);
    void setRange(const TimeRange &range) { m_range = range; }
    const std::vector<State> &states() const { return m_states; }
    /// What expressions see: every option for "all" without a value of its own, ".*" when there are none.
    QMap<QString, QStringList> values() const;
    /// Fields of the context (service, route, namespace …) that have one value.
    QMap<QString, QString> context() const;
    /// Chooses; empty chooses all where that is allowed. Unknown names are ignored.
    void select(const QString &name, const QStringList &values);
    /// Asks every query variable again.
    void reload();
    bool isSettled() const;
    /// Deadlines; once a second.
    void beat();

signals:
    /// Options, values or problems differ.
    void changed();
    /// Nothing is being asked any more, or its deadline passed.
    void settled();

private:
    int indexOf(const QString &name) const;
    QStringList dependenciesOf(const State &state) const;
    void markDirty(int at, int depth);
    void pump();
    bool start(int at);
    void finish(int at, const QString &problem);
    void takeOptions(int at, QStringList options);
    void breakCycle();
    void announce();
    [[nodiscard]] Result<QuerySpec> questionOf(const State &state) const;

    DashboardPorts m_ports;
    TimeRange m_range;
    std::vector<State> m_states;
    std::vector<QueryTicket> m_tickets;
    std::optional<BootTime> m_askingSince;
    QStringList m_contextFields;
    bool m_hasAnnounced = false;
};

} // namespace bw
