// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

class QFrame;
class QLineEdit;
class QListWidget;
class QListWidgetItem;

namespace bw {

/// A button that opens a list of options with a search line; one or several can be chosen. What is typed and
/// not in the list can be chosen too. UI thread.
class ChoiceButton final : public QToolButton
{
    Q_OBJECT
public:
    explicit ChoiceButton(QWidget *parent = nullptr);
    void setOptions(const QStringList &options);
    void setMulti(bool multi) { m_multi = multi; }
    /// Offers "All"; chosen(empty) means it.
    void setAllOffered(bool offered) { m_allOffered = offered; }
    void setValues(const QStringList &values);
    const QStringList &values() const { return m_values; }
    void openList();

signals:
    /// What was chosen, once the list closes. Empty: all.
    void chosen(const QStringList &values);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fill(const QString &filter);
    void take(QListWidgetItem *item);
    void closeList();
    void updateText();

    QStringList m_options, m_values, m_pending;
    bool m_multi = false, m_allOffered = false;
    QFrame *m_popup;
    QLineEdit *m_search;
    QListWidget *m_list;
};

} // namespace bw
