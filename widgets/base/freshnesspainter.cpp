// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/freshnesspainter.h>

#include <QCoreApplication>
#include <QFontMetrics>
#include <QImage>
#include <QPainter>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

enum class Hatch : quint8 { Forward, Crossed, Dots };

/// An 8 × 8 tile whose pixels are opaque or absent: drawn over data it dims every second pixel and lays the
/// pattern on top.
QImage hatchTile(Hatch hatch, const QColor &ground, const QColor &line)
{
    QImage tile(8, 8, QImage::Format_ARGB32_Premultiplied);
    tile.fill(Qt::transparent);
    for (int y = 0; y < 8; ++y) {
        for (int x = 0; x < 8; ++x) {
            const bool forward = (x + y) % 8 < 2;
            const bool back = (x - y + 8) % 8 < 2;
            const bool dot = (x % 4 == 1) && (y % 4 == 1);
            const bool onLine = hatch == Hatch::Dots ? dot : forward || (hatch == Hatch::Crossed && back);
            if (onLine)
                tile.setPixelColor(x, y, line);
            else if ((x + y) % 2 == 0)
                tile.setPixelColor(x, y, ground);
        }
    }
    return tile;
}

void paintHatch(QPainter &painter, const QRect &rect, Hatch hatch, const QColor &color, const Theme &theme)
{
    const QImage tile = hatchTile(hatch, theme.surface, mixed(color, theme.surface, 0.4));
    painter.save();
    painter.setBrushOrigin(rect.topLeft());
    painter.fillRect(rect, QBrush(tile));
    painter.restore();
}

/// Shape, word and sentence on an opaque band along the lower edge; the sentence wraps once where it must, so
/// that the age stays readable in narrow panels.
void paintBand(
    QPainter &painter, const QRect &rect, const Mark &mark, const FreshnessText &text, const Theme &theme)
{
    const QFontMetrics metrics = painter.fontMetrics();
    const QFont plain = painter.font();
    QFont bold = plain;
    bold.setBold(true);
    const int box = metrics.ascent();
    const int wordWidth = QFontMetrics(bold).horizontalAdvance(text.word);
    const int textLeft = rect.left() + 14 + box + wordWidth + 8;
    const int room = rect.right() - 5 - textLeft;
    const bool wraps =
        metrics.horizontalAdvance(text.sentence) > room && rect.height() > 5 * metrics.height();
    const int height = metrics.height() * (wraps ? 2 : 1) + 6;
    const QRect band(rect.left(), rect.bottom() + 1 - height, rect.width(), height);
    const QColor color = roleColor(theme, mark.role);
    painter.fillRect(band, mixed(color, theme.raised, 0.12));
    painter.fillRect(QRect(band.topLeft(), QSize(3, band.height())), color);
    const int firstLine = band.top() + 3;
    paintShape(painter, QRectF(band.left() + 8, firstLine + (metrics.height() - box) / 2.0, box, box),
        mark.shape, color);
    painter.setFont(bold);
    painter.setPen(color);
    painter.drawText(QRect(band.left() + 14 + box, firstLine, wordWidth + 1, metrics.height()),
        Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text.word);
    painter.setFont(plain);
    painter.setPen(theme.text);
    if (room <= 20)
        return;
    if (wraps) {
        painter.drawText(QRect(textLeft, firstLine, room, 2 * metrics.height()),
            Qt::AlignLeft | Qt::TextWordWrap, text.sentence);
        return;
    }
    painter.drawText(QRect(textLeft, firstLine, room, metrics.height()),
        Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
        metrics.elidedText(text.sentence, Qt::ElideRight, room));
}

/// Shape, word and wrapped sentence in the middle of an empty ground: there is nothing to show behind it.
void paintCard(
    QPainter &painter, const QRect &rect, const Mark &mark, const FreshnessText &text, const Theme &theme)
{
    painter.fillRect(rect, theme.surface);
    const QColor color = roleColor(theme, mark.role);
    const QFontMetrics metrics = painter.fontMetrics();
    const QFont plain = painter.font();
    QFont bold = plain;
    bold.setBold(true);
    const int icon = std::clamp(rect.height() / 5, metrics.height(), std::max(34, metrics.height()));
    const QRect inner = rect.adjusted(10, 4, -10, -4);
    const int maxText = std::max(metrics.height(), inner.height() - icon - metrics.height() - 10);
    QRect sentence = metrics.boundingRect(QRect(0, 0, std::max(20, inner.width()), maxText),
        Qt::AlignHCenter | Qt::TextWordWrap, text.sentence);
    sentence.setHeight(std::min(sentence.height(), maxText));
    const int total = icon + 4 + metrics.height() + 2 + sentence.height();
    int y = inner.top() + std::max(0, (inner.height() - total) / 2);
    paintShape(painter, QRectF(inner.center().x() - icon / 2.0, y, icon, icon), mark.shape, color);
    y += icon + 4;
    painter.setFont(bold);
    painter.setPen(color);
    painter.drawText(QRect(inner.left(), y, inner.width(), metrics.height()), Qt::AlignCenter, text.word);
    y += metrics.height() + 2;
    painter.setFont(plain);
    painter.setPen(theme.text);
    painter.drawText(QRect(inner.left(), y, inner.width(), sentence.height()),
        Qt::AlignHCenter | Qt::TextWordWrap, text.sentence);
}

void paintOutline(QPainter &painter, const QRect &rect, const QColor &color, const Theme &theme)
{
    painter.setPen(QPen(mixed(color, theme.surface, 0.7), 1, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect.adjusted(1, 1, -2, -2));
}

void paintPaused(
    QPainter &painter, const QRect &rect, const Mark &mark, const FreshnessText &text, const Theme &theme)
{
    const QFontMetrics metrics = painter.fontMetrics();
    const int height = std::min(rect.height(), metrics.height() + 12);
    const QRect band(rect.left(), rect.center().y() - height / 2, rect.width(), height);
    const QColor color = roleColor(theme, mark.role);
    const QColor ink = readableOn(color);
    painter.fillRect(band, color);
    const int box = metrics.ascent();
    paintShape(
        painter, QRectF(band.left() + 10, band.top() + (height - box) / 2.0, box, box), mark.shape, ink);
    QFont bold = painter.font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(ink);
    const QString line =
        text.sentence.startsWith(text.word) ? text.sentence : text.word + u" – "_s + text.sentence;
    const QRect room = band.adjusted(18 + box, 0, -8, 0);
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
        QFontMetrics(bold).elidedText(line, Qt::ElideRight, room.width()));
}

QString badgeText(const Freshness &freshness, BootTime now, const Mark &mark)
{
    switch (freshness.state) {
    case Freshness::State::Fresh:
    case Freshness::State::Refreshing:
        return {};
    case Freshness::State::Partial:
        if (freshness.asked > 0)
            return QCoreApplication::translate("Freshness", "%1 of %2")
                .arg(freshness.answered)
                .arg(freshness.asked);
        break;
    default:
        break;
    }
    const QString word = describe(freshness, now).word;
    return word.isEmpty() ? mark.word : word;
}

} // namespace

Mark freshnessGlyph(Freshness::State state)
{
    switch (state) {
    case Freshness::State::Never:
        return {Shape::DashedRing, u"◌"_s, u"no answer yet"_s, u"neutral"_s};
    case Freshness::State::Fresh:
        return {Shape::Dot, u"●"_s, QString(), u"good"_s};
    case Freshness::State::Refreshing:
        return {Shape::Arc, u"↻"_s, u"refreshing"_s, u"neutral"_s};
    case Freshness::State::Stale:
        return {Shape::Hourglass, u"⧗"_s, u"stale"_s, u"warning"_s};
    case Freshness::State::Error:
        return {Shape::Cross, u"✕"_s, u"error"_s, u"critical"_s};
    case Freshness::State::Empty:
        return {Shape::Slash, u"∅"_s, u"none"_s, u"neutral"_s};
    case Freshness::State::Partial:
        return {Shape::HalfDot, u"◐"_s, u"partial"_s, u"notice"_s};
    case Freshness::State::NeedsAuth:
        return {Shape::Lock, u"⚿"_s, u"needs sign-in"_s, u"unknown"_s};
    case Freshness::State::Paused:
        return {Shape::Bars, u"⏸"_s, u"paused"_s, u"notice"_s};
    }
    return {};
}

void paintFreshness(
    QPainter &painter, const QRect &rect, const Freshness &freshness, BootTime now, const Theme &theme)
{
    if (rect.width() < 4 || rect.height() < 4)
        return;
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    const Mark mark = freshnessGlyph(freshness.state);
    FreshnessText text = describe(freshness, now);
    if (text.word.isEmpty())
        text.word = mark.word;
    const QColor color = roleColor(theme, mark.role);
    const bool hasData = freshness.lastGood.has_value();
    switch (freshness.state) {
    case Freshness::State::Fresh:
        break;
    case Freshness::State::Refreshing:
        paintShape(painter, QRectF(rect.right() - 13, rect.top() + 3, 10, 10), mark.shape, color);
        break;
    case Freshness::State::Never:
        paintCard(painter, rect, mark, text, theme);
        paintOutline(painter, rect, color, theme);
        break;
    case Freshness::State::Empty:
        paintCard(painter, rect, mark, text, theme);
        break;
    case Freshness::State::Stale:
        paintHatch(painter, rect, Hatch::Forward, color, theme);
        paintBand(painter, rect, mark, text, theme);
        break;
    case Freshness::State::Error:
    case Freshness::State::NeedsAuth:
        if (hasData) {
            paintHatch(painter, rect,
                freshness.state == Freshness::State::Error ? Hatch::Crossed : Hatch::Dots, color, theme);
            paintBand(painter, rect, mark, text, theme);
        } else {
            paintCard(painter, rect, mark, text, theme);
        }
        break;
    case Freshness::State::Partial:
        paintFreshnessBadge(painter,
            QRect(rect.left(), rect.top() + 2, rect.width() - 4, painter.fontMetrics().height() + 4),
            freshness, now, theme);
        break;
    case Freshness::State::Paused:
        paintHatch(painter, rect, Hatch::Dots, color, theme);
        paintPaused(painter, rect, mark, text, theme);
        break;
    }
    painter.restore();
}

int paintFreshnessBadge(
    QPainter &painter, const QRect &rect, const Freshness &freshness, BootTime now, const Theme &theme)
{
    if (freshness.state == Freshness::State::Fresh)
        return 0;
    const Mark mark = freshnessGlyph(freshness.state);
    const QString text = badgeText(freshness, now, mark);
    const QFontMetrics metrics = painter.fontMetrics();
    const int box = metrics.ascent();
    const int textWidth = text.isEmpty() ? 0 : metrics.horizontalAdvance(text) + 5;
    const int height = std::min(rect.height(), metrics.height() + 2);
    int width = box + textWidth + 10;
    const bool shapeAlone = width > rect.width();
    if (shapeAlone)
        width = std::min(box + 10, rect.width());
    const QRect badge(rect.right() + 1 - width, rect.top() + (rect.height() - height) / 2, width, height);
    const QColor color = roleColor(theme, mark.role);
    painter.save();
    if (freshness.state != Freshness::State::Refreshing) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(mixed(color, theme.raised, 0.14));
        painter.drawRoundedRect(badge, 3, 3);
    }
    paintShape(
        painter, QRectF(badge.left() + 5, badge.top() + (height - box) / 2.0, box, box), mark.shape, color);
    if (!shapeAlone && textWidth > 0) {
        painter.setPen(color);
        painter.drawText(
            badge.adjusted(box + 10, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text);
    }
    painter.restore();
    return width;
}

} // namespace bw
