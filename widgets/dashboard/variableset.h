// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/dashboards/dashboard.h>
#include <domain/dashboards/variableformat.h>
#include <domain/dashboards/variablegraph.h>
#include <domain/dashboards/variableoptions.h>
#include <widgets/panels/panelports.h>

#include <QMap>

namespace bw {

/// A dashboard's variables: their options, their values, and who depends on whom. A change makes its
/// descendants ask again, each as soon as those it needs are known, cancelling what was being asked for the
/// change before; progressed() tells that some panels may start. A query that fails keeps the last options
/// and value, and says so; what takes longer than 5 s lets the panels start with the last values. UI thread.
class VariableSet final : public QObject
{
    Q_OBJECT
public:
    struct State
    {
        Variable variable;
        bool isContext = false; ///< not declared: a field of the dashboard's context bar
        std::vector<VariableOption> options;
        QStringList values; ///< chosen; empty with isAll
        QStringList missing; ///< chosen and not among the options that were last heard
        bool isAll = false;
        bool isDirty = false, isAsking = false;
        bool isLate = false; ///< dirty for more than 5 s: panels run with what is there
        bool wasAsked = false;
        QString problem; ///< why the options are old, or none
        QString note; ///< how a value from elsewhere was understood
        QString wanted; ///< a value from elsewhere that may be spelled differently here
    };

    explicit VariableSet(DashboardPorts ports, QObject *parent = nullptr);
    ~VariableSet() override;

    /// Replaces all variables; `preset` wins over defaults. Values of equal names are kept.
    void load(const Dashboard &dashboard, const QMap<QString, QStringList> &preset);
    /// Variables with `refresh: time` ask again.
    void setRange(const TimeRange &range);
    const std::vector<State> &states() const { return m_states; }
    /// What expressions see: every option for "all" without a value of its own, ".*" when there are none.
    QMap<QString, QStringList> values() const;
    /// How expressions are to write them.
    QMap<QString, VariableForm> forms() const;
    /// Matchers of adhoc variables by the source they are for; those for every metric source under "".
    QMap<QString, QStringList> matchers() const;
    /// Fields of the context (service, route, namespace …) that have one value.
    QMap<QString, QString> context() const;
    /// What was chosen, as load() takes it; an empty list is "all". Constants are left out.
    QMap<QString, QStringList> choices() const;
    /// Id of the source a variable asks; empty: the default one.
    QString sourceIdOf(const QString &name) const;
    /// Names of adhoc variables: every metric expression depends on them.
    QStringList adhocNames() const;
    /// Chooses; empty chooses all where that is allowed. Unknown names are ignored.
    void select(const QString &name, const QStringList &values);
    /// The same for several in one wave. With `isForeign` the values come from another signal, and may be
    /// spelled differently here: they are matched as soon as the options are known.
    void selectAll(const QMap<QString, QStringList> &choices, bool isForeign = false);
    /// Asks every query variable again.
    void reload();
    /// Every variable has an outcome, or its deadline passed.
    bool isSettled() const;
    /// The same of `names` and everybody they depend on.
    bool isSettledFor(const QSet<QString> &names) const;
    /// Deadlines; once a second.
    void beat();

signals:
    /// Options, values or problems differ.
    void changed();
    /// Somebody chose: values differ because of it.
    void chosen();
    /// Some variable has an outcome: who waited for it may go on.
    void progressed();
    /// Nothing is being asked any more, or its deadline passed.
    void settled();

private:
    int indexOf(const QString &name) const;
    State begun(const Variable &variable, bool isContext) const;
    void adopt(State &state, const QStringList &values);
    bool setValues(State &state, const QStringList &values);
    void markDirty(const QSet<QString> &changed);
    void pump();
    void start(int at);
    void answered(int at, const Result<QueryResult> &answer);
    void takeOptions(State &state, std::vector<VariableOption> options);
    void matchForeign(State &state);
    void announce();
    void sourcesChanged();
    const SourceInfo *sourceOf(const State &state) const;
    QStringList effectiveValues(const State &state) const;
    [[nodiscard]] Result<QuerySpec> questionFor(const State &state, VariableQuery &query) const;

    DashboardPorts m_ports;
    TimeRange m_range;
    std::vector<State> m_states;
    std::vector<QueryTicket> m_tickets;
    VariableGraph m_graph;
    std::optional<BootTime> m_waveSince;
    QStringList m_contextFields;
    bool m_hasAnnounced = false;
    bool m_isPumping = false;
};

} // namespace bw
