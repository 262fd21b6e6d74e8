// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/sloreport.h>

#include <domain/base/format.h>
#include <domain/slo/slotext.h>

#include <app/cli/slojson.h>

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

Timestamp midnight(QDate day) { return fromDateTime(day.startOfDay(Qt::UTC)); }

std::optional<TimeRange> calendarRange(const QString &text)
{
    static const QRegularExpression month(u"^(\\d{4})-(\\d{2})\\z"_s), quarter(u"^(\\d{4})-Q([1-4])\\z"_s),
        year(u"^(\\d{4})\\z"_s), week(u"^(\\d{4})-W(\\d{2})\\z"_s);
    QDate begin, end;
    if (const auto match = month.match(text); match.hasMatch()) {
        begin = QDate(match.captured(1).toInt(), match.captured(2).toInt(), 1);
        end = begin.addMonths(1);
    } else if (const auto quarters = quarter.match(text); quarters.hasMatch()) {
        begin = QDate(quarters.captured(1).toInt(), quarters.captured(2).toInt() * 3 - 2, 1);
        end = begin.addMonths(3);
    } else if (const auto years = year.match(text); years.hasMatch()) {
        begin = QDate(years.captured(1).toInt(), 1, 1);
        end = begin.addYears(1);
    } else if (const auto weeks = week.match(text); weeks.hasMatch()) {
        // The week with the year's first Thursday is its first.
        const QDate fourth(weeks.captured(1).toInt(), 1, 4);
        begin = fourth.addDays(1 - fourth.dayOfWeek() + 7 * (weeks.captured(2).toInt() - 1));
        end = begin.addDays(7);
    }
    if (!begin.isValid())
        return {};
    return TimeRange{midnight(begin), midnight(end)};
}

std::optional<Timestamp> pointOf(const QString &text)
{
    if (const auto moment = parseRfc3339(text))
        return moment;
    const QDate day =
        QDate::fromString(text, u"yyyy-MM-dd"_s); // the ISO form would take the begin of a time too
    return day.isValid() ? std::optional(midnight(day)) : std::nullopt;
}

QString md(const QString &text)
{
    QString out;
    for (const QChar c : render::line(Untrusted(text))) {
        if (QStringView(u"\\`*_{}[]<>()#+-.!|&").contains(c) && c != u'-' && c != u'.')
            out += u'\\';
        out += c;
    }
    return out;
}
QString html(const QString &text) { return render::html(Untrusted(text)); }

QString day(Timestamp t) { return toDateTime(t).toString(u"yyyy-MM-dd hh:mm"_s); }
QString rangeText(const TimeRange &range) { return u"%1 to %2 UTC"_s.arg(day(range.begin), day(range.end)); }

QString globalText(const GlobalFigures &all)
{
    QString text = u"%1 of %2 objectives met"_s.arg(all.met).arg(all.withTraffic);
    if (all.noTraffic > 0)
        text += u", %1 without traffic"_s.arg(all.noTraffic);
    if (all.noData > 0)
        text += u", %1 without data"_s.arg(all.noData);
    if (all.trafficWeighted)
        text += u". Of all events, %1 were good (traffic-weighted over %2 objectives)"_s
                    .arg(percentText(all.trafficWeighted, 3))
                    .arg(all.weightedOver);
    return text + u'.';
}

/// The budget's way through the period, at eight heights.
QString sparkline(const std::vector<BudgetPoint> &points)
{
    static const QString steps = u"▁▂▃▄▅▆▇█"_s;
    QString out;
    constexpr int kCells = 30;
    for (int i = 0; i < kCells && !points.empty(); ++i) {
        const BudgetPoint &point =
            points[std::min(points.size() - 1, points.size() * size_t(i + 1) / kCells)];
        out += point.isKnown ? steps[int(std::clamp(point.remaining, 0.0, 1.0) * 7)] : QChar(u'·');
    }
    return out;
}

/// The same as a drawing: 0 % is the lower edge, and the dashed line is an even spending.
QString drawing(const std::vector<BudgetPoint> &points)
{
    if (points.size() < 2)
        return {};
    const double span = double((points.back().at - points.front().at).count());
    QString path;
    bool isOpen = false;
    for (const BudgetPoint &point : points) {
        if (!point.isKnown) {
            isOpen = false;
            continue;
        }
        const double x = 300 * double((point.at - points.front().at).count()) / span;
        const double y = 60 - 60 * std::clamp(point.remaining, -0.1, 1.0);
        path += u"%1%2 %3"_s.arg(isOpen ? u"L"_s : u"M"_s).arg(x, 0, 'f', 1).arg(y, 0, 'f', 1);
        isOpen = true;
    }
    return u"<svg viewBox=\"-2 -2 304 70\" width=\"300\" height=\"68\" role=\"img\" aria-label=\"budget left "
           u"over the period\">"
           u"<line x1=\"0\" y1=\"60\" x2=\"300\" y2=\"60\" stroke=\"#888\"/>"
           u"<line x1=\"0\" y1=\"0\" x2=\"300\" y2=\"60\" stroke=\"#888\" stroke-dasharray=\"4 4\"/>"
           u"<path d=\"%1\" fill=\"none\" stroke=\"#2060c0\" stroke-width=\"2\"/></svg>"_s.arg(path);
}

QStringList notesOf(const SloStatus &status)
{
    QStringList notes;
    if (!status.retentionWarning.isEmpty())
        notes += status.retentionWarning;
    if (!status.problem.isEmpty())
        notes += status.problem;
    for (const QString &note : status.slo.approximated)
        notes += u"approximated: "_s + note;
    return notes;
}

QStringList cells(const SloStatus &status)
{
    return {titleOf(status), status.slo.service, stateText(status), percentText(status.slo.target, -1),
        percentText(status.budget.attained, 3), percentText(status.budget.remaining, 1),
        status.countsEvents ? formatValue(status.budget.sum.bad, u"short") : u"—"_s,
        status.countsEvents ? formatValue(status.budget.sum.total, u"short") : u"—"_s,
        percentText(status.budget.sum.coverage(), 1), weightingName(status.slo.weighting), status.slo.owner};
}
const QStringList kHeads{u"objective"_s, u"service"_s, u"state"_s, u"target"_s, u"attained"_s,
    u"budget left"_s, u"bad"_s, u"events"_s, u"known"_s, u"weighting"_s, u"owner"_s};

} // namespace

Result<ReportPeriod> reportPeriod(const QString &text, Timestamp now)
{
    ReportPeriod period{text, {}};
    if (text == u"last-month"_s) {
        const QDate today = toDateTime(now).date();
        const QDate first(today.year(), today.month(), 1);
        period.range = {midnight(first.addMonths(-1)), midnight(first)};
        period.name = first.addMonths(-1).toString(u"yyyy-MM"_s);
    } else if (const auto calendar = calendarRange(text)) {
        period.range = *calendar;
    } else if (const qsizetype dots = text.indexOf(".."_L1); dots > 0) {
        const auto begin = pointOf(text.left(dots)), end = pointOf(text.mid(dots + 2));
        if (begin && end)
            period.range = {*begin, *end};
    } else if (const auto span = parseDuration(text); span && *span >= 1h) {
        period.range = {now - *span, now};
        period.name = u"last "_s + text;
    }
    period.range.end = std::min(period.range.end, now);
    if (period.range.span() < 1h || period.range.span() > 400 * 24h)
        return fail(Error::Kind::Invalid,
            u"--period %1: give a past period of an hour to 400 days as 30d, 2026-10, 2026-Q4, 2026, "
            u"2026-W47, "
            u"last-month, or 2026-10-01..2026-10-15"_s.arg(text));
    return period;
}

SloReport reportOf(const std::vector<SloStatus> &statuses, const ReportPeriod &period, Timestamp now,
    const std::function<HourBuckets(const QString &key)> &bucketsOf)
{
    SloReport report{period, now, {}, {}, {}};
    for (const SloStatus &known : statuses) {
        Slo slo = known.slo;
        slo.period = {SloPeriod::Kind::Rolling, period.range.span(), {}};
        slo.burn.clear(); // of now, and the report is about then
        SloStatus status = evaluated(slo, known.group, bucketsOf(known.key), {}, period.range.end);
        status.problem = known.problem;
        status.retentionWarning = period.range.end == now ? known.retentionWarning : QString();
        if (!known.problem.isEmpty())
            report.problems += u"%1: %2"_s.arg(titleOf(known), known.problem);
        report.statuses.push_back(std::move(status));
    }
    std::sort(report.statuses.begin(), report.statuses.end(), isWorse);
    report.global = globalFigures(report.statuses);
    return report;
}

QByteArray reportMarkdown(const SloReport &report)
{
    QString out = u"# Service levels: %1\n\n%2. Made %3 UTC.\n\n%4\n\n"_s.arg(md(report.period.name),
        rangeText(report.period.range), day(report.madeAt), md(globalText(report.global)));
    out += u"| %1 | budget |\n|%2---|\n"_s.arg(
        kHeads.join(u" | "_s), QString(u"---|"_s).repeated(kHeads.size()));
    for (const SloStatus &status : report.statuses) {
        QStringList row;
        for (const QString &cell : cells(status))
            row += md(cell);
        out += u"| %1 | %2 |\n"_s.arg(row.join(u" | "_s), sparkline(status.trend));
    }
    out +=
        u"\nThe budget column runs from the period's begin to its end; full is 100 % left, a dot is not known.\n"_s;
    for (const QString &problem : report.problems)
        out += u"\n**Not complete:** %1\n"_s.arg(md(problem));
    if (!report.global.leftOut.isEmpty()) {
        out += u"\n## Left out of the traffic-weighted figure\n\n"_s;
        for (const QString &line : report.global.leftOut)
            out += u"- %1\n"_s.arg(md(line));
    }
    out += u"\n## How each figure is made\n\n"_s;
    for (const SloStatus &status : report.statuses) {
        out += u"- **%1**: %2. Known: %3."_s.arg(
            md(titleOf(status)), md(formulaText(status)), md(coverageText(status)));
        if (status.budget.exhaustedSince)
            out += u" Budget gone since %1 UTC."_s.arg(day(*status.budget.exhaustedSince));
        for (const QString &note : notesOf(status))
            out += u' ' + md(note) + u'.';
        out += u'\n';
    }
    return out.toUtf8();
}

QByteArray reportHtml(const SloReport &report)
{
    QString out =
        u"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Service levels: "
        u"%1</title>\n<style>"
        "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 "
        "1em;color:#1a1a1a;background:#fff}"
        "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35em "
        ".6em;border-bottom:1px solid #ddd}"
        "td.n{text-align:right;font-variant-numeric:tabular-nums}.missed{font-weight:600;color:#a4161a}."
        "quiet{color:#666}"
        "@media print{body{margin:0;max-width:none}}</style></head><body>\n"_s.arg(html(report.period.name));
    out +=
        u"<h1>Service levels: %1</h1>\n<p>%2. Made %3 UTC.</p>\n<p>%4</p>\n"_s.arg(html(report.period.name),
            html(rangeText(report.period.range)), day(report.madeAt), html(globalText(report.global)));
    out += u"<table><thead><tr>"_s;
    for (const QString &head : kHeads)
        out += u"<th>%1</th>"_s.arg(head);
    out += u"<th>budget left over the period</th></tr></thead><tbody>\n"_s;
    for (const SloStatus &status : report.statuses) {
        const QString css = status.state == SloStatus::State::Missed ? u"missed"_s
            : status.state == SloStatus::State::Met                  ? QString()
                                                                     : u"quiet"_s;
        out += u"<tr class=\"%1\">"_s.arg(css);
        const QStringList row = cells(status);
        for (qsizetype i = 0; i < row.size(); ++i)
            out += u"<td%1>%2</td>"_s.arg(i >= 3 && i <= 8 ? u" class=\"n\""_s : QString(), html(row[i]));
        out += u"<td>%1</td></tr>\n"_s.arg(drawing(status.trend));
    }
    out += u"</tbody></table>\n"_s;
    for (const QString &problem : report.problems)
        out += u"<p><strong>Not complete:</strong> %1</p>\n"_s.arg(html(problem));
    if (!report.global.leftOut.isEmpty()) {
        out += u"<h2>Left out of the traffic-weighted figure</h2>\n<ul>\n"_s;
        for (const QString &line : report.global.leftOut)
            out += u"<li>%1</li>\n"_s.arg(html(line));
        out += u"</ul>\n"_s;
    }
    out += u"<h2>How each figure is made</h2>\n<ul>\n"_s;
    for (const SloStatus &status : report.statuses) {
        QString line = u"<strong>%1</strong>: %2. Known: %3."_s.arg(
            html(titleOf(status)), html(formulaText(status)), html(coverageText(status)));
        if (status.budget.exhaustedSince)
            line += u" Budget gone since %1 UTC."_s.arg(day(*status.budget.exhaustedSince));
        for (const QString &note : notesOf(status))
            line += u' ' + html(note) + u'.';
        out += u"<li>%1</li>\n"_s.arg(line);
    }
    return (out + u"</ul>\n</body></html>\n"_s).toUtf8();
}

QByteArray reportJson(const SloReport &report)
{
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/slo-report/1"_s).member(u"period", report.period.name);
    json.member(u"begin", report.period.range.begin).member(u"end", report.period.range.end);
    json.member(u"madeAt", report.madeAt).member(u"problems", report.problems);
    json.key(u"global");
    writeGlobal(json, report.global);
    json.key(u"slos").beginArray();
    for (const SloStatus &status : report.statuses)
        writeSlo(json, status);
    return json.endArray().endObject().take();
}

} // namespace bw
