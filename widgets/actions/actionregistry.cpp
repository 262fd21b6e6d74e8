// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/actions/actionregistry.h>

#include <QWidget>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

ActionRegistry::ActionRegistry(QWidget *host)
    : QObject(host)
    , m_host(host)
{
}

ActionRegistry::~ActionRegistry() = default;

QAction *ActionRegistry::add(ActionSpec spec)
{
    for (const Entry &entry : m_entries) {
        if (entry.spec.id == spec.id) {
            m_conflicts << u"%1: added twice"_s.arg(spec.id);
            return nullptr;
        }
        if (!spec.shortcut.isEmpty() && entry.spec.shortcut == spec.shortcut) {
            m_conflicts << u"%1: %2 and %3"_s.arg(spec.shortcut.toString(), entry.spec.id, spec.id);
            return nullptr;
        }
    }
    auto *action = new QAction(spec.text, this);
    action->setObjectName(spec.id);
    action->setShortcut(spec.shortcut);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [this, id = spec.id] { trigger(id); });
    m_host->addAction(action);
    m_entries.push_back({std::move(spec), action});
    return action;
}

QAction *ActionRegistry::action(const QString &id) const
{
    const auto at = std::find_if(
        m_entries.begin(), m_entries.end(), [&](const Entry &entry) { return entry.spec.id == id; });
    return at == m_entries.end() ? nullptr : at->action;
}

bool ActionRegistry::trigger(const QString &id)
{
    const auto at = std::find_if(
        m_entries.begin(), m_entries.end(), [&](const Entry &entry) { return entry.spec.id == id; });
    if (at == m_entries.end() || (at->spec.isEnabled && !at->spec.isEnabled()))
        return false;
    const auto run = at->spec.run; // it may add actions, which moves the entries
    if (run)
        run();
    return true;
}

std::vector<QAction *> ActionRegistry::actionsOf(Menu menu) const
{
    std::vector<QAction *> actions;
    for (const Entry &entry : m_entries) {
        if (entry.spec.menu == menu)
            actions.push_back(entry.action);
    }
    return actions;
}

std::vector<ActionSpec> ActionRegistry::specs() const
{
    std::vector<ActionSpec> specs;
    for (const Entry &entry : m_entries)
        specs.push_back(entry.spec);
    return specs;
}

void ActionRegistry::updateEnabled()
{
    for (const Entry &entry : m_entries)
        entry.action->setEnabled(!entry.spec.isEnabled || entry.spec.isEnabled());
}

} // namespace bw
