// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include <functional>

class QPushButton;

namespace bw {

class PlainLabel;

/// A band across the window that says what is wrong, with a sign, in a role's colours, and at most one thing
/// to do about it. Hidden while it has no text. UI thread.
class Banner : public QFrame
{
    Q_OBJECT
public:
    /// `role`: critical, warning, notice …
    Banner(const QString &role, QWidget *parent);

    /// An empty text hides it.
    void setText(const QString &text);
    QString text() const;
    /// Replaces the button; an empty title removes it.
    void setAction(const QString &title, std::function<void()> run);

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void applyColors();

    QString m_role;
    PlainLabel *m_label;
    QPushButton *m_button;
    std::function<void()> m_run;
};

} // namespace bw
