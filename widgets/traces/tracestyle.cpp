// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/tracestyle.h>

#include <domain/base/format.h>
#include <domain/traces/tracefilter.h>

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

// Names are few in honest traces; a hostile one may have a new name for every span.
constexpr size_t kMostTexts = 20'000;
constexpr qreal kLeastRoom = 8; // pixels; less shows no letter

QString tr(const char *text) { return QCoreApplication::translate("bw::Traces", text); }

} // namespace

QString durationText(Nanoseconds duration) { return formatValue(double(duration.count()) / 1e9, u"s"); }

QString counted(int count, const QString &one, const QString &many)
{
    return QLocale(QLocale::English).toString(count) + u' ' + (count == 1 ? one : many);
}

QString kindName(SpanKind kind)
{
    switch (kind) {
    case SpanKind::Unspecified:
        return {};
    case SpanKind::Internal:
        return tr("internal");
    case SpanKind::Server:
        return tr("server");
    case SpanKind::Client:
        return tr("client");
    case SpanKind::Producer:
        return tr("producer");
    case SpanKind::Consumer:
        return tr("consumer");
    }
    return {};
}

QString marksText(SpanMarks marks)
{
    QStringList words;
    const auto add = [&](SpanMark mark, const char *text) {
        if (marks.testFlag(mark))
            words += tr(text);
    };
    add(SpanMark::Orphan, "its parent is not in this trace");
    add(SpanMark::Cycle, "its parents form a circle, cut here to show it");
    add(SpanMark::Duplicate, "another span has the same id");
    add(SpanMark::Skewed,
        "begins before its parent, or after its end: the clocks of the two services differ");
    add(SpanMark::Outlives, "ends after its parent");
    add(SpanMark::NoTime, "has no usable time of its own; drawn at its parent's start");
    return words.join(u'\n');
}

ServiceColors::ServiceColors(const Trace &trace)
    : m_order(trace.names().size(), -1)
{
    for (int row = 0; row < trace.size(); ++row) {
        int &order = m_order[size_t(trace.serviceIndex(row))];
        if (order < 0) {
            order = int(m_services.size());
            m_services.push_back(trace.serviceIndex(row));
        }
    }
}

void NameTexts::reset(const Trace &trace, const QFont &font)
{
    m_trace = trace;
    m_font = font;
    m_texts.clear();
    m_cut.clear();
    m_own.clear();
}

const NameTexts::Text &NameTexts::of(int nameIndex)
{
    if (const auto known = m_texts.find(nameIndex); known != m_texts.end())
        return known->second;
    if (m_texts.size() >= kMostTexts)
        m_texts.clear();
    return m_texts.emplace(nameIndex, laidOut(render::line(m_trace.names()[size_t(nameIndex)], kShownName)))
        .first->second;
}

const NameTexts::Text &NameTexts::within(int nameIndex, qreal room)
{
    const Text &whole = of(nameIndex);
    if (whole.width <= room)
        return whole;
    // Names begin where their depth puts them, so rooms repeat; steps of four pixels keep their number small.
    const int steps = room < kLeastRoom ? 0 : int(room / 4);
    const quint64 key = quint64(quint32(nameIndex)) << 32 | quint32(steps);
    if (const auto known = m_cut.find(key); known != m_cut.end())
        return known->second;
    if (m_cut.size() >= kMostTexts)
        m_cut.clear();
    const QString cut =
        steps ? QFontMetricsF(m_font).elidedText(whole.text, Qt::ElideRight, steps * 4) : QString();
    return m_cut.emplace(key, laidOut(cut)).first->second;
}

const NameTexts::Text &NameTexts::of(const QString &text)
{
    if (const auto known = m_own.constFind(text); known != m_own.constEnd())
        return *known;
    if (m_own.size() >= qsizetype(kMostTexts))
        m_own.clear();
    return *m_own.insert(text, laidOut(text));
}

NameTexts::Text NameTexts::laidOut(const QString &line) const
{
    Text text;
    text.text = line;
    text.laidOut.setText(line);
    text.laidOut.setTextFormat(Qt::PlainText);
    text.laidOut.prepare({}, m_font);
    text.width = text.laidOut.size().width();
    return text;
}

void ShapeStamps::paint(QPainter &painter, const QRectF &box, Shape shape, const QColor &color)
{
    const qreal ratio = painter.device()->devicePixelRatioF();
    const int size = int(std::ceil(std::min(box.width(), box.height())));
    QPixmap &stamp = m_stamps[{shape, size, color.rgba(), ratio}];
    if (stamp.isNull()) {
        stamp = QPixmap(QSize(size, size) * ratio);
        stamp.setDevicePixelRatio(ratio);
        stamp.fill(Qt::transparent);
        QPainter inner(&stamp);
        paintShape(inner, QRectF(0, 0, size, size), shape, color);
    }
    painter.drawPixmap(box.topLeft().toPoint(), stamp);
}

} // namespace bw
