// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/variablegraph.h>

#include <domain/dashboards/macros.h>
#include <domain/dashboards/macrotokens.h>

#include <functional>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

QStringList neededBy(const Variable &variable)
{
    QStringList names = namesIn(variable.query) + namesIn(variable.datasource) + namesIn(variable.regex);
    names.removeDuplicates();
    return names;
}

} // namespace

VariableGraph::VariableGraph(const std::vector<Variable> &variables)
{
    QStringList order;
    for (const Variable &variable : variables)
        order << variable.name;
    for (const Variable &variable : variables) {
        QStringList needs;
        for (const QString &name : neededBy(variable)) {
            if (order.contains(name))
                needs << name;
        }
        m_needs.insert(variable.name, needs);
    }
    findCycles(order);
    for (const QString &name : std::as_const(m_cyclic))
        m_needs[name].clear();
}

/// Depth first with the path in hand; each name is entered once.
void VariableGraph::findCycles(const QStringList &order)
{
    QSet<QString> done;
    QStringList path;
    const std::function<void(const QString &)> visit = [&](const QString &name) {
        if (const qsizetype at = path.indexOf(name); at >= 0) {
            const QStringList circle = path.mid(at);
            for (const QString &member : circle)
                m_cyclic.insert(member);
            m_cycles << (circle + QStringList{name}).join(u" → "_s);
            return;
        }
        if (done.contains(name))
            return;
        path << name;
        for (const QString &next : m_needs.value(name))
            visit(next);
        path.removeLast();
        done.insert(name);
    };
    for (const QString &name : order)
        visit(name);
}

QSet<QString> VariableGraph::dependants(const QSet<QString> &names) const
{
    QSet<QString> found;
    bool grows = true;
    while (grows) {
        grows = false;
        for (auto entry = m_needs.cbegin(); entry != m_needs.cend(); ++entry) {
            if (found.contains(entry.key()) || names.contains(entry.key()))
                continue;
            for (const QString &needed : *entry) {
                if (!names.contains(needed) && !found.contains(needed))
                    continue;
                found.insert(entry.key());
                grows = true;
                break;
            }
        }
    }
    return found;
}

QSet<QString> VariableGraph::closure(const QSet<QString> &names) const
{
    QSet<QString> found;
    QStringList open(names.begin(), names.end());
    while (!open.isEmpty()) {
        const QString name = open.takeLast();
        if (found.contains(name))
            continue;
        found.insert(name);
        open += m_needs.value(name);
    }
    return found;
}

QStringList namesIn(const QString &expression)
{
    QStringList names;
    for (const MacroToken &token : macroTokens(expression)) {
        if (!token.problem.isEmpty())
            continue;
        if (token.kind == MacroToken::Kind::Variable)
            names << token.name;
        if (token.kind != MacroToken::Kind::Selector)
            continue;
        for (const QString &key : token.argument.split(u',', Qt::SkipEmptyParts))
            names << key.trimmed();
    }
    names.removeDuplicates();
    return names;
}

QSet<QString> namesUsedBy(const Panel &panel, const QStringList &filtered)
{
    QSet<QString> names;
    const auto add = [&](const QString &text) {
        for (const QString &name : namesIn(text))
            names.insert(name);
        for (const MacroToken &token : macroTokens(text)) {
            if (token.kind == MacroToken::Kind::Selector || token.kind == MacroToken::Kind::Filters)
                names.unite({u"cluster"_s, u"namespace"_s, u"environment"_s});
        }
    };
    add(panel.datasource);
    add(panel.minStep);
    for (const PanelQuery &query : panel.queries) {
        add(query.expr);
        add(query.datasource);
        add(query.minStep);
        for (const QString &fallback : query.fallbacks)
            add(fallback);
        if (query.type == "promql"_L1)
            names.unite(QSet<QString>(filtered.begin(), filtered.end()));
    }
    return names;
}

} // namespace bw
