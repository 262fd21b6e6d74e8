// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/freshnessoverlay.h>

#include <widgets/base/freshnesspainter.h>
#include <widgets/base/theme.h>

#include <QPainter>

namespace bw {

FreshnessOverlay::FreshnessOverlay(QWidget *parent)
    : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void FreshnessOverlay::showState(const Freshness &freshness, const QString &howToEnable, BootTime now)
{
    m_freshness = freshness;
    m_howToEnable = howToEnable;
    m_now = now;
    // Partial is told by the badge in the title row: the data that is there is as good as ever.
    using State = Freshness::State;
    const bool isQuiet = freshness.state == State::Fresh || freshness.state == State::Refreshing
        || freshness.state == State::Partial;
    setVisible(!isQuiet || !howToEnable.isEmpty());
    update();
}

void FreshnessOverlay::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    if (m_howToEnable.isEmpty()) {
        paintFreshness(painter, rect(), m_freshness, m_now, theme);
        return;
    }
    painter.fillRect(rect(), theme.surface);
    const QRect room = rect().adjusted(14, 8, -14, -8);
    const int box = std::min(24, room.height() / 3);
    paintShape(painter, QRectF(room.center().x() - box / 2.0, room.center().y() - box - 8, box, box),
        Shape::Ring, theme.neutral);
    painter.setPen(theme.textDim);
    painter.drawText(QRect(room.left(), room.center().y(), room.width(), room.bottom() - room.center().y()),
        Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, m_howToEnable);
}

} // namespace bw
