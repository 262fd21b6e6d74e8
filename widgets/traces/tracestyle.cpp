// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/tracestyle.h>

#include <domain/base/format.h>

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kLongestName = 300;
// Names are few in honest traces; a hostile one may have a new name for every span.
constexpr size_t kMostTexts = 20'000;

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
    m_own.clear();
}

const NameTexts::Text &NameTexts::of(int nameIndex)
{
    if (const auto known = m_texts.find(nameIndex); known != m_texts.end())
        return known->second;
    if (m_texts.size() >= kMostTexts)
        m_texts.clear();
    return m_texts.emplace(nameIndex, laidOut(render::line(m_trace.names()[size_t(nameIndex)], kLongestName)))
        .first->second;
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

qreal paintName(QPainter &painter, const NameTexts::Text &text, QPointF topLeft, qreal room)
{
    if (text.width <= room) {
        painter.drawStaticText(topLeft, text.laidOut);
        return text.width;
    }
    if (room < 8)
        return 0;
    const QFontMetricsF metrics(painter.font());
    painter.drawText(QPointF(topLeft.x(), topLeft.y() + metrics.ascent()),
        metrics.elidedText(text.text, Qt::ElideRight, room));
    return room;
}

} // namespace bw
