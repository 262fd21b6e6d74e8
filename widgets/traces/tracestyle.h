// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>
#include <widgets/base/theme.h>

#include <QHash>
#include <QPixmap>
#include <QStaticText>

#include <map>
#include <tuple>
#include <unordered_map>

namespace bw {

/// "412 ms", "3.1 s": a duration of a span.
QString durationText(Nanoseconds duration);
/// "1 span", "412 spans".
QString counted(int count, const QString &one, const QString &many);
/// "server", "client" …; empty for unspecified.
QString kindName(SpanKind kind);
/// What is odd about a span, in words, one a line; empty when nothing is.
QString marksText(SpanMarks marks);
/// Services get the series colours in the order of their first span, so that the root's is the first. A value
/// made once a trace.
class ServiceColors
{
public:
    ServiceColors() = default;
    explicit ServiceColors(const Trace &trace);
    QColor colorOf(int serviceIndex, const Theme &theme) const
    {
        return seriesColor(theme, m_order.empty() ? 0 : m_order[size_t(serviceIndex)]);
    }
    /// Name indices of the services, in order.
    const std::vector<int> &services() const { return m_services; }

private:
    std::vector<int> m_order; ///< by name index; services only
    std::vector<int> m_services;
};

/// Names of a trace made inert and laid out once: painting a line costs two look-ups instead of shaping.
class NameTexts
{
public:
    struct Text
    {
        QString text;
        QStaticText laidOut;
        qreal width = 0;
    };
    void reset(const Trace &trace, const QFont &font);
    /// Valid until the next call.
    const Text &of(int nameIndex);
    /// The same, cut with an ellipsis where it is wider than `room`; empty where nothing fits.
    const Text &within(int nameIndex, qreal room);
    /// A text of ours that comes again, such as a duration. Valid until the next call.
    const Text &of(const QString &text);

private:
    Trace m_trace;
    QFont m_font;
    Text laidOut(const QString &text) const;

    std::unordered_map<int, Text> m_texts;
    std::unordered_map<quint64, Text> m_cut; ///< by name and room
    QHash<QString, Text> m_own;
};

/// Small shapes drawn once and copied ever after: a stroked ring costs as much as three words. UI thread.
class ShapeStamps
{
public:
    /// The top left corner of the box is rounded to whole pixels.
    void paint(QPainter &painter, const QRectF &box, Shape shape, const QColor &color);

private:
    std::map<std::tuple<Shape, int, QRgb, qreal>, QPixmap> m_stamps; ///< shape, size, colour, pixel ratio
};

} // namespace bw
