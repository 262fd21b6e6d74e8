// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <items/choicemodel.h>

#include <QToolButton>

class QFrame;
class QLineEdit;
class QListView;

namespace bw {

class PlainLabel;

/// A button that opens a list of options with a search line; one or several can be chosen. What is typed and
/// not in the list can be chosen too. Keys: arrows and Page keys move, Return takes, Space turns on and off,
/// Ctrl+A takes all that is shown, Escape leaves everything as it was. UI thread.
class ChoiceButton final : public QToolButton
{
    Q_OBJECT
public:
    explicit ChoiceButton(QWidget *parent = nullptr);
    void setOptions(std::vector<VariableOption> options);
    void setMulti(bool multi) { m_multi = multi; }
    /// Offers "All"; chosen(empty) means it.
    void setAllOffered(bool offered) { m_allOffered = offered; }
    void setValues(const QStringList &values);
    /// Values that the last answer did not have: they are marked.
    void setMissing(const QStringList &missing);
    const QStringList &values() const { return m_values; }
    void openList();

signals:
    /// What was chosen, once the list closes. Empty: all.
    void chosen(const QStringList &values);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void filter(const QString &text);
    void take(int row);
    void closeList();
    void updateText();
    void updateHint();
    QString textOf(const QString &value) const;
    bool listKey(int key, Qt::KeyboardModifiers modifiers);

    std::vector<VariableOption> m_options;
    QStringList m_values, m_missing;
    bool m_multi = false, m_allOffered = false;
    bool m_wasToggled = false; ///< since the list opened: Return closes and takes nothing more
    ChoiceModel m_model;
    QFrame *m_popup;
    QLineEdit *m_search;
    QListView *m_list;
    PlainLabel *m_hint;
};

} // namespace bw
