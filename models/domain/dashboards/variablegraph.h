// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>

#include <QMap>
#include <QSet>

namespace bw {

/// Who must be known before a variable can be asked, each as the expressions name it. Values; pure.
class VariableGraph
{
public:
    VariableGraph() = default;
    explicit VariableGraph(const std::vector<Variable> &variables);

    /// Circles as "a → b → a", each once; their members, and nobody else, are inCycle().
    const QStringList &cycles() const { return m_cycles; }
    bool inCycle(const QString &name) const { return m_cyclic.contains(name); }
    /// The variables `name` refers to; those in a circle refer to nobody.
    QStringList needs(const QString &name) const { return m_needs.value(name); }
    /// Everybody who refers to one of `names`, directly or through another; without `names` themselves.
    QSet<QString> dependants(const QSet<QString> &names) const;
    /// `names` and everybody they refer to, directly or through another.
    QSet<QString> closure(const QSet<QString> &names) const;

private:
    void findCycles(const QStringList &order);

    QMap<QString, QStringList> m_needs;
    QStringList m_cycles;
    QSet<QString> m_cyclic;
};

/// Names an expression refers to: variables, and context fields as keys of a selector
/// (${__sel.requests:service}).
QStringList namesIn(const QString &expression);
/// Names a panel's questions refer to. Global filters (cluster, namespace, environment) count wherever the
/// expression takes them in; `filtered` are adhoc variables, which every expression takes in.
QSet<QString> namesUsedBy(const Panel &panel, const QStringList &filtered);

} // namespace bw
