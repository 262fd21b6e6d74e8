// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QPushButton;
class QToolButton;

namespace bw {

class PlainLabel;

/// The band above a dashboard that is edited: says so, says what is not saved and why, and has the buttons.
/// UI thread.
class EditBar final : public QFrame
{
    Q_OBJECT
public:
    explicit EditBar(QWidget *parent);

    struct State
    {
        QString title; ///< of the dashboard
        QString undo, redo; ///< what the buttons would do; empty: nothing
        QString problem; ///< why something did not work; empty: nothing to say
        bool isDirty = false, isSaving = false, hasSelection = false;
    };
    void showState(const State &state);
    QString text() const;

signals:
    void addRequested(const QString &kind);
    void editRequested();
    void settingsRequested();
    void undoRequested();
    void redoRequested();
    void saveRequested();
    void copyRequested();
    void leaveRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    PlainLabel *m_label;
    QToolButton *m_add, *m_more;
    QPushButton *m_edit, *m_undo, *m_redo, *m_save, *m_leave;
    bool m_isAlarming = false;
};

} // namespace bw
