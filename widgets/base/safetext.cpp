// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/safetext.h>

#include <QAction>
#include <QHelpEvent>
#include <QImage>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QStyleOption>
#include <QToolTip>
#include <QUrl>

namespace bw {
using namespace Qt::Literals::StringLiterals;

QString tip(const QString &plain)
{
    if (plain.isEmpty())
        return {};
    QString body = plain.toHtmlEscaped();
    body.replace(u'\n', u"<br/>"_s);
    return u"<qt>"_s + body + u"</qt>"_s;
}

QString tip(const Untrusted &text) { return tip(render::plain(text)); }

void setTip(QWidget *widget, const QString &plain) { widget->setToolTip(tip(plain)); }

void setTip(QAction *action, const QString &plain) { action->setToolTip(tip(plain)); }

PlainLabel::PlainLabel(QWidget *parent)
    : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
}

PlainLabel::PlainLabel(const QString &text, QWidget *parent)
    : PlainLabel(parent)
{
    setText(text);
}

void PlainLabel::setUntrusted(const Untrusted &text) { setText(render::line(text)); }

void PlainLabel::setElideMode(Qt::TextElideMode mode)
{
    m_elide = mode;
    updateGeometry();
    update();
}

QSize PlainLabel::minimumSizeHint() const
{
    const QSize hint = QLabel::minimumSizeHint();
    return m_elide == Qt::ElideNone ? hint : QSize(fontMetrics().horizontalAdvance(u"M…"_s), hint.height());
}

void PlainLabel::paintEvent(QPaintEvent *event)
{
    if (m_elide == Qt::ElideNone) {
        QLabel::paintEvent(event);
        return;
    }
    QPainter painter(this);
    const QRect box = contentsRect().adjusted(margin(), margin(), -margin(), -margin());
    const QString cut = fontMetrics().elidedText(text(), m_elide, box.width());
    style()->drawItemText(
        &painter, box, int(alignment()) | Qt::TextSingleLine, palette(), isEnabled(), cut, foregroundRole());
}

bool PlainLabel::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && m_elide != Qt::ElideNone && toolTip().isEmpty()) {
        const bool isCut = fontMetrics().horizontalAdvance(text()) > contentsRect().width() - 2 * margin();
        QToolTip::showText(
            static_cast<QHelpEvent *>(event)->globalPos(), isCut ? tip(text()) : QString(), this);
        return true;
    }
    return QLabel::event(event);
}

PlainMessageBox::PlainMessageBox(Icon icon, const QString &title, const QString &text, QWidget *parent)
    : QMessageBox(icon, title, QString(), NoButton, parent)
{
    // Format before text: the text is sniffed when it is set. Informative text stays unused, because its
    // label has no format switch.
    setTextFormat(Qt::PlainText);
    setText(text);
    setAttribute(Qt::WA_DeleteOnClose);
}

PlainMessageBox *PlainMessageBox::inform(
    QWidget *parent, Icon icon, const QString &title, const QString &text, const QString &detail)
{
    auto *box = new PlainMessageBox(icon, title, text, parent);
    box->setDetailedText(detail);
    box->setStandardButtons(Ok);
    box->open();
    return box;
}

PlainMessageBox *PlainMessageBox::ask(QWidget *parent, const QString &title, const QString &text,
    const QString &button, std::function<void()> accepted)
{
    auto *box = new PlainMessageBox(Question, title, text, parent);
    const QPushButton *yes = box->addButton(button, AcceptRole);
    QPushButton *no = box->addButton(Cancel);
    box->setDefaultButton(no);
    box->setEscapeButton(no);
    if (accepted)
        connect(yes, &QPushButton::clicked, box, std::move(accepted));
    box->open();
    return box;
}

QVariant SafeTextDocument::loadResource(int type, const QUrl &name)
{
    if (name.scheme() == "qrc"_L1 || (name.scheme().isEmpty() && name.path().startsWith(u":/")))
        return QTextDocument::loadResource(type, name);
    // Valid placeholders: an invalid answer makes Qt look for a local file by itself.
    if (type == ImageResource) {
        QImage pixel(1, 1, QImage::Format_ARGB32_Premultiplied);
        pixel.fill(Qt::transparent);
        return pixel;
    }
    return QByteArray(" ");
}

} // namespace bw
