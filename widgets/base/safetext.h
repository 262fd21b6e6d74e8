// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/untrusted.h>

#include <QLabel>
#include <QMessageBox>
#include <QTextDocument>

#include <functional>

class QAction;

namespace bw {

/// Text for any tooltip: forced to be rich text and escaped, so that markup in it is shown, not obeyed. For
/// Qt::ToolTipRole too. Empty stays empty.
QString tip(const QString &plain);
QString tip(const Untrusted &text);
/// The only callers of QWidget::setToolTip().
void setTip(QWidget *widget, const QString &plain);
void setTip(QAction *action, const QString &plain);

/// A label that never interprets what it shows, and can cut it with an ellipsis. UI thread.
class PlainLabel : public QLabel
{
    Q_OBJECT
public:
    explicit PlainLabel(QWidget *parent = nullptr);
    explicit PlainLabel(const QString &text, QWidget *parent = nullptr);
    /// One line, with controls and direction marks made visible.
    void setUntrusted(const Untrusted &text);
    /// Qt::ElideNone (the start) takes the width the text needs; any other mode cuts, and the tooltip has the
    /// whole text.
    void setElideMode(Qt::TextElideMode mode);
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    Qt::TextElideMode m_elide = Qt::ElideNone;
};

/// A message box that shows plain text, opened without a nested event loop. Deletes itself when closed.
class PlainMessageBox final : public QMessageBox
{
    Q_OBJECT
public:
    PlainMessageBox(Icon icon, const QString &title, const QString &text, QWidget *parent);
    /// Tells; `detail` is folded away behind a button.
    static PlainMessageBox *inform(
        QWidget *parent, Icon icon, const QString &title, const QString &text, const QString &detail = {});
    /// Asks; `accepted` runs only for `button`. Escape and the default say no.
    static PlainMessageBox *ask(QWidget *parent, const QString &title, const QString &text,
        const QString &button, std::function<void()> accepted);
};

/// A document that loads nothing: no local file, no network, whatever its images and style sheets name.
/// Only ":/…" and "qrc:" resources of the program are read.
class SafeTextDocument final : public QTextDocument
{
    Q_OBJECT
public:
    using QTextDocument::QTextDocument;
    /// HTML of our own making, with text from outside already escaped in it.
    void setOwnHtml(const QString &html) { setHtml(html); }

protected:
    QVariant loadResource(int type, const QUrl &name) override;
};

} // namespace bw
