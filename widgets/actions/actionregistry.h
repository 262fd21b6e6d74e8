// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QKeySequence>

#include <functional>
#include <memory>
#include <vector>

namespace bw {

/// Menus of the window, in their order.
enum class Menu : quint8 { None, File, View, Time, Alerts, Dashboards, Help };

/// One thing the user can do, described where the feature lives. Menus, shortcuts and palette read it.
struct ActionSpec
{
    QString id; ///< "dashboard.reload"
    QString text; ///< "Reload everything"
    QKeySequence shortcut; ///< may be empty
    Menu menu = Menu::None;
    std::function<void()> run;
    std::function<bool()> isEnabled; ///< asked before it is shown or run; empty: always
};

/// Every action of a window, in the order they were added. Owns the QActions; run() is called on the UI
/// thread. A second action with an id or a shortcut that is taken is refused and remembered as a conflict:
/// the window works, a test fails.
class ActionRegistry final : public QObject
{
    Q_OBJECT
public:
    /// Actions are added to `host`, whose window their shortcuts belong to.
    explicit ActionRegistry(QWidget *host);
    ~ActionRegistry() override;

    /// Null when it was refused.
    QAction *add(ActionSpec spec);
    QAction *action(const QString &id) const;
    /// False when there is no such action, or it is not enabled now.
    bool trigger(const QString &id);
    std::vector<QAction *> actionsOf(Menu menu) const;
    std::vector<ActionSpec> specs() const;
    /// Asks each action whether it is enabled; before a menu opens.
    void updateEnabled();
    /// "Ctrl+R: dashboard.reload and alerts.reload"
    const QStringList &conflicts() const { return m_conflicts; }

private:
    struct Entry
    {
        ActionSpec spec;
        QAction *action;
    };
    QWidget *m_host;
    std::vector<Entry> m_entries;
    QStringList m_conflicts;
};

} // namespace bw
