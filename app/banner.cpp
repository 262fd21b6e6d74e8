// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>

#include <app/banner.h>

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace bw {

namespace {
constexpr int kSign = 12;
}

Banner::Banner(const QString &role, QWidget *parent)
    : QFrame(parent)
    , m_role(role)
    , m_label(new PlainLabel(this))
    , m_button(new QPushButton(this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12 + kSign + 8, 5, 8, 5);
    row->addWidget(m_label, 1);
    row->addWidget(m_button);
    m_label->setWordWrap(true);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_button->hide();
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_run)
            m_run();
    });
    applyColors();
    hide();
}

void Banner::setText(const QString &text)
{
    if (text != m_label->text())
        m_label->setText(text);
    setVisible(!text.isEmpty());
}

QString Banner::text() const { return m_label->text(); }

void Banner::setAction(const QString &title, std::function<void()> run)
{
    m_run = std::move(run);
    m_button->setText(title);
    m_button->setVisible(!title.isEmpty());
}

void Banner::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && event->spontaneous())
        applyColors();
    QFrame::changeEvent(event);
}

void Banner::applyColors()
{
    const Theme &theme = themeOf(parentWidget());
    QPalette colors = m_label->palette();
    colors.setColor(QPalette::WindowText, theme.text);
    m_label->setPalette(colors);
}

void Banner::paintEvent(QPaintEvent *)
{
    const Theme &theme = themeOf(parentWidget());
    const QColor color = roleColor(theme, m_role);
    QPainter painter(this);
    painter.fillRect(rect(), mixed(color, theme.surface, 0.16));
    painter.fillRect(QRect(0, 0, 3, height()), color);
    painter.fillRect(QRect(0, height() - 1, width(), 1), mixed(color, theme.surface, 0.4));
    painter.setRenderHint(QPainter::Antialiasing);
    paintShape(painter, QRectF(12, (height() - kSign) / 2.0, kSign, kSign), roleGlyph(m_role).shape, color);
}

} // namespace bw
