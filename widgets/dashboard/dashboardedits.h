// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboardedit.h>

#include <QObject>
#include <QUndoStack>

namespace bw {

/// A dashboard being edited: the value now, what it was, and every step between, without widgets. A step
/// holds the whole value before and after, so undo cannot drift. UI thread.
class DashboardEdits final : public QObject
{
    Q_OBJECT
public:
    explicit DashboardEdits(Dashboard dashboard, QObject *parent = nullptr);

    const Dashboard &dashboard() const { return m_now; }
    /// What the file holds.
    const Dashboard &base() const { return m_base; }
    bool isDirty() const;
    /// The panel that is worked on; empty: none.
    const QString &selected() const { return m_selected; }
    void select(const QString &panelId);

    /// One step. Nothing happens when `after` is what is there. Steps with the same `run`, one after the
    /// other, become one (keys held down); empty: never.
    void change(Dashboard after, const QString &text, const QString &selected, const QString &run = {});
    /// The file now holds `saved`, which is what was `written`; edits made since are kept.
    void setSaved(const Dashboard &saved, const Dashboard &written);
    QUndoStack &steps() { return m_steps; }
    /// "Move a panel", or empty.
    QString undoText() const { return m_steps.undoText(); }

signals:
    /// The dashboard, or whether it is dirty.
    void changed();
    void selectionChanged();

private:
    class Step;
    void take(const Dashboard &dashboard, const QString &selected);

    Dashboard m_base, m_now;
    QString m_selected;
    QUndoStack m_steps;
};

} // namespace bw
