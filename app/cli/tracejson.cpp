// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/traces/criticalpath.h>

#include <app/cli/tracejson.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

QString kindText(SpanKind kind)
{
    static const QStringList names{
        u"unspecified"_s, u"internal"_s, u"server"_s, u"client"_s, u"producer"_s, u"consumer"_s};
    return names.value(int(kind));
}

QString statusText(SpanStatus status)
{
    static const QStringList names{u"unset"_s, u"ok"_s, u"error"_s};
    return names.value(int(status));
}

QStringList markNames(SpanMarks marks)
{
    static const std::pair<SpanMark, QString> known[] = {{SpanMark::Orphan, u"orphan"_s},
        {SpanMark::Cycle, u"cycle"_s}, {SpanMark::Duplicate, u"duplicate"_s}, {SpanMark::Skewed, u"skewed"_s},
        {SpanMark::Outlives, u"outlives"_s}, {SpanMark::NoTime, u"no-time"_s}};
    QStringList names;
    for (const auto &[mark, name] : known) {
        if (marks.testFlag(mark))
            names += name;
    }
    return names;
}

QString durationText(Nanoseconds duration) { return formatValue(double(duration.count()) / 1e9, u"s"); }

void writeSpan(JsonWriter &json, const Trace &trace, int row)
{
    const int parent = trace.parent(row);
    json.beginObject().member(u"spanId", spanIdToHex(trace.spanId(row)));
    json.member(u"parentId", parent < 0 ? QString() : spanIdToHex(trace.spanId(parent)));
    json.member(u"service", verbatim(trace.service(row)))
        .member(u"operation", verbatim(trace.operation(row)));
    json.member(u"kind", kindText(trace.kind(row))).member(u"status", statusText(trace.status(row)));
    json.member(u"startNs", qint64(trace.start(row).count()));
    json.member(u"durationNs", qint64(trace.duration(row).count())).member(u"depth", trace.depth(row));
    json.member(u"marks", markNames(trace.marks(row))).endObject();
}

} // namespace

void writeTrace(JsonWriter &json, const Trace &trace)
{
    const Trace::Facts &facts = trace.facts();
    json.beginObject().member(u"traceId", trace.id().toHex()).member(u"start", trace.startedAt());
    json.member(u"durationNs", qint64(trace.duration().count()));
    json.member(u"spans", facts.spans).member(u"services", facts.services).member(u"roots", facts.roots);
    json.member(u"errors", facts.errors).member(u"orphans", facts.orphans).member(u"cycles", facts.cycles);
    json.member(u"duplicates", facts.duplicates).member(u"skewed", facts.skewed);
    json.member(u"depth", facts.depth);
    json.key(u"criticalPath").beginArray();
    for (const PathSegment &segment : criticalPath(trace)) {
        json.beginObject().member(u"service", verbatim(trace.service(segment.row)));
        json.member(u"operation", verbatim(trace.operation(segment.row)));
        json.member(u"spanId", spanIdToHex(trace.spanId(segment.row)));
        json.member(u"beginNs", qint64(segment.begin.count())).member(u"endNs", qint64(segment.end.count()));
        json.endObject();
    }
    json.endArray().key(u"spanList").beginArray();
    for (int row = 0; row < trace.size(); ++row)
        writeSpan(json, trace, row);
    json.endArray().endObject();
}

void writeSummary(JsonWriter &json, const TraceSummary &summary)
{
    const auto number = [&json](QStringView name, std::optional<int> value) {
        json.key(name);
        value ? json.value(*value) : json.null();
    };
    json.beginObject().member(u"traceId", summary.id.toHex());
    json.member(u"rootService", verbatim(summary.rootService));
    json.member(u"rootOperation", verbatim(summary.rootOperation)).member(u"start", summary.start);
    json.member(u"durationNs", qint64(summary.duration.count()));
    number(u"spans", summary.spans);
    number(u"errors", summary.errors);
    json.key(u"services").beginArray();
    for (const ServiceShare &share : summary.services) {
        json.beginObject().member(u"service", verbatim(share.service)).member(u"spans", share.spans);
        json.member(u"errors", share.errors).endObject();
    }
    json.endArray();
    json.member(u"failedService", verbatim(summary.failedService));
    json.member(u"failedOperation", verbatim(summary.failedOperation));
    json.member(u"exceptionType", verbatim(summary.exceptionType)).endObject();
}

QByteArray traceText(const Trace &trace, int lines)
{
    const Trace::Facts &facts = trace.facts();
    QString out = u"trace %1  %2  %3\n"_s.arg(
        trace.id().toHex(), isoUtc(trace.startedAt()), durationText(trace.duration()));
    out += u"%1 spans, %2 services, %3 roots, %4 failed, depth %5\n"_s.arg(facts.spans)
               .arg(facts.services)
               .arg(facts.roots)
               .arg(facts.errors)
               .arg(facts.depth);
    if (facts.orphans || facts.cycles || facts.duplicates || facts.skewed)
        out += u"odd: %1 without their parent, %2 circles, %3 ids twice, %4 with another clock\n"_s
                   .arg(facts.orphans)
                   .arg(facts.cycles)
                   .arg(facts.duplicates)
                   .arg(facts.skewed);
    for (int row = 0; row < std::min(trace.size(), lines); ++row) {
        out +=
            u"%1 %2%3  %4 %5\n"_s.arg(durationText(trace.duration(row)), 10)
                .arg(QString(std::min(trace.depth(row), 40) * 2, u' '), trace.isError(row) ? u"✗"_s : u"·"_s,
                    render::line(trace.service(row), 60), render::line(trace.operation(row), 200));
    }
    if (trace.size() > lines)
        out += u"… %1 more spans; --json has all of them\n"_s.arg(trace.size() - lines);
    return out.toUtf8();
}

QByteArray summariesText(const TraceSummaries &found)
{
    QString out;
    for (const TraceSummary &trace : found.traces) {
        out += u"%1  %2 %3  %4 %5  %6 %7\n"_s.arg(trace.id.toHex(), isoUtc(trace.start))
                   .arg(durationText(trace.duration), 10)
                   .arg(trace.spans ? u"%1 spans"_s.arg(*trace.spans) : u"? spans"_s,
                       trace.errors.value_or(0) > 0 ? u"%1 failed"_s.arg(*trace.errors) : u""_s,
                       render::line(trace.rootService, 60), render::line(trace.rootOperation, 200));
    }
    return out.toUtf8();
}

} // namespace bw
