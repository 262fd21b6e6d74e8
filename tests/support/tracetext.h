// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracebuilder.h>

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QStringList>

#include <memory>
#include <stdexcept>
#include <vector>

/// Traces for tests, drawn as text. One span a line, below the nearest line above it that is indented less:
///
///     api GET /x 0..100 server error #1 ^9 key=value resource.key=value event.key=value message=text
///
/// First word: service; then the operation; begin..end in milliseconds, or "notime"; then in any order a
/// kind, "error", "ok", "shared", "#id", "^parent" (instead of the indentation), attributes. A row is a line,
/// if the lines are in preorder and siblings by start.
namespace tracetext {

using namespace bw;
using namespace Qt::Literals::StringLiterals;

constexpr qint64 kMs = 1'000'000;
/// 0 of the drawing.
constexpr qint64 kZero = 1'795'269'731'000'000'000;

inline Nanoseconds ms(double value) { return Nanoseconds(qint64(value * double(kMs))); }

/// Details kept as values; counts how often they are read.
class Details final : public SpanDetails
{
public:
    SpanDetail detail(int source) const override
    {
        ++reads;
        return all[size_t(source)];
    }
    bool mayMention(int source, QByteArrayView needle) const override
    {
        ++looks;
        QByteArray raw;
        const SpanDetail &one = all[size_t(source)];
        const auto append = [&raw](const std::vector<SpanAttribute> &list) {
            for (const SpanAttribute &attribute : list)
                raw += verbatim(attribute.key).toUtf8() + '\n' + verbatim(attribute.value).toUtf8() + '\n';
        };
        append(one.attributes);
        append(one.resource);
        for (const SpanEvent &event : one.events) {
            raw += verbatim(event.name).toUtf8() + '\n';
            append(event.attributes);
        }
        return raw.toLower().contains(needle.toByteArray().toLower());
    }
    qint64 bytes() const override { return 0; }

    std::vector<SpanDetail> all;
    mutable int reads = 0, looks = 0;
};

struct Drawing
{
    TraceBuilder builder;
    std::shared_ptr<Details> details = std::make_shared<Details>();
    std::vector<SpanRecord> spans;
};

inline void readWord(const QString &word, SpanRecord &span, SpanDetail &detail)
{
    static const QStringList kinds{
        u"unspecified"_s, u"internal"_s, u"server"_s, u"client"_s, u"producer"_s, u"consumer"_s};
    const QString key = word.section(u'=', 0, 0), value = word.section(u'=', 1);
    if (const qsizetype kind = kinds.indexOf(word); kind >= 0)
        span.kind = SpanKind(kind);
    else if (word == u"error")
        span.status = SpanStatus::Error;
    else if (word == u"ok")
        span.status = SpanStatus::Ok;
    else if (word == u"shared")
        span.isShared = true;
    else if (word.startsWith(u'#'))
        span.id = word.mid(1).toULongLong();
    else if (word.startsWith(u'^'))
        span.parent = word.mid(1).toULongLong();
    else if (key == u"message")
        detail.statusMessage = Untrusted(value);
    else if (key.startsWith(u"resource."_s))
        detail.resource.push_back({Untrusted(key.mid(9)), Untrusted(value)});
    else if (key.startsWith(u"event."_s)) {
        if (detail.events.empty())
            detail.events.push_back({{}, Untrusted(u"exception"_s), {}});
        detail.events.front().attributes.push_back({Untrusted(key.mid(6)), Untrusted(value)});
    } else if (word.contains(u'='))
        detail.attributes.push_back({Untrusted(key), Untrusted(value)});
    else
        throw std::invalid_argument(qPrintable(u"tracetext: what is "_s + word));
}

inline Drawing read(const QString &text)
{
    static const QRegularExpression form(
        u"^( *)(\\S*) ?(.*?) ?\\b(?:(notime)|(-?[0-9.]+?)\\.\\.(-?[0-9.]+))((?: +\\S+)*) *$"_s);
    Drawing out;
    std::vector<std::pair<qsizetype, SpanId>> open;
    SpanId next = 1'000'000;
    for (const QString &line : text.split(u'\n')) {
        if (line.trimmed().isEmpty())
            continue;
        const QRegularExpressionMatch match = form.match(line);
        if (!match.hasMatch())
            throw std::invalid_argument(qPrintable(u"tracetext: cannot read "_s + line));
        SpanRecord span;
        SpanDetail detail;
        span.service = out.builder.name(match.captured(2).toStdString());
        span.operation = out.builder.name(match.captured(3).toStdString());
        span.hasTime = match.captured(4).isEmpty();
        const double begin = match.captured(5).toDouble(), end = match.captured(6).toDouble();
        span.start = span.hasTime ? kZero + ms(begin).count() : 0;
        span.duration = span.hasTime ? (ms(end) - ms(begin)).count() : 0;
        span.id = next++;
        span.source = qint32(out.details->all.size());
        const qsizetype indent = match.captured(1).size();
        while (!open.empty() && open.back().first >= indent)
            open.pop_back();
        span.parent = open.empty() ? 0 : open.back().second;
        for (const QString &word : match.captured(7).split(u' ', Qt::SkipEmptyParts))
            readWord(word, span, detail);
        open.emplace_back(indent, span.id);
        out.details->all.push_back(detail);
        out.spans.push_back(span);
    }
    return out;
}

inline Trace finished(Drawing &drawing, const TraceId &id = {1, 2})
{
    for (const SpanRecord &span : drawing.spans)
        drawing.builder.add(span);
    return drawing.builder.finish(id, drawing.details);
}

inline Trace trace(const char *text, const TraceId &id = {1, 2})
{
    Drawing drawing = read(QString::fromUtf8(text));
    return finished(drawing, id);
}

/// Spans with parents, kinds, times and names as dice fall: children before, after, longer than their parent.
inline Trace randomTrace(int spans, quint32 seed, int services = 4)
{
    QRandomGenerator dice(seed);
    TraceBuilder builder;
    for (int i = 0; i < spans; ++i) {
        SpanRecord span;
        span.id = SpanId(i + 1);
        span.parent = i == 0 || dice.bounded(200) == 0 ? 0 : SpanId(1 + dice.bounded(i));
        span.service = builder.name("service " + std::to_string(dice.bounded(services)));
        span.operation = builder.name("operation " + std::to_string(dice.bounded(6)));
        span.start = kZero + dice.bounded(1000) * kMs;
        span.duration = dice.bounded(8) == 0 ? 0 : dice.bounded(600) * kMs;
        span.kind = SpanKind(dice.bounded(6));
        span.status = dice.bounded(10) == 0 ? SpanStatus::Error : SpanStatus::Unset;
        builder.add(span);
    }
    return builder.finish({seed, 1}, nullptr);
}

/// A chain: every span the only child of the one before.
inline Trace deepTrace(int spans)
{
    TraceBuilder builder;
    const quint32 service = builder.name("deep"), operation = builder.name("step");
    for (int i = 0; i < spans; ++i) {
        SpanRecord span;
        span.id = SpanId(i + 1);
        span.parent = SpanId(i);
        span.service = service;
        span.operation = operation;
        span.start = kZero + i;
        span.duration = 2 * (spans - i);
        builder.add(span);
    }
    return builder.finish({7, 7}, nullptr);
}

/// One root with `spans` - 1 children, each a millisecond after the other.
inline Trace wideTrace(int spans)
{
    TraceBuilder builder;
    const quint32 service = builder.name("wide"), operation = builder.name("SELECT 1");
    for (int i = 0; i < spans; ++i) {
        SpanRecord span;
        span.id = SpanId(i + 1);
        span.parent = i ? 1 : 0;
        span.service = service;
        span.operation = operation;
        span.start = kZero + i * kMs;
        span.duration = i ? kMs / 2 : spans * kMs;
        builder.add(span);
    }
    return builder.finish({8, 8}, nullptr);
}

/// The rows again as lines, indented by depth: "service operation begin..end marks".
inline QStringList lines(const Trace &trace)
{
    static const std::pair<SpanMark, QString> marks[] = {{SpanMark::Orphan, u"orphan"_s},
        {SpanMark::Cycle, u"cycle"_s}, {SpanMark::Duplicate, u"duplicate"_s}, {SpanMark::Skewed, u"skewed"_s},
        {SpanMark::Outlives, u"outlives"_s}, {SpanMark::NoTime, u"notime"_s}};
    QStringList out;
    for (int row = 0; row < trace.size(); ++row) {
        QString line = QString(trace.depth(row) * 2, u' ') + verbatim(trace.service(row)) + u' '
            + verbatim(trace.operation(row)) + u' '
            + QString::number(
                double((toNs(trace.startedAt()) + trace.start(row).count() - kZero) / 1000) / 1000)
            + u".."_s
            + QString::number(
                double((toNs(trace.startedAt()) + trace.end(row).count() - kZero) / 1000) / 1000);
        for (const auto &[mark, name] : marks) {
            if (trace.marks(row).testFlag(mark))
                line += u' ' + name;
        }
        out += line;
    }
    return out;
}

} // namespace tracetext
