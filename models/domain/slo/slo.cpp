// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/slo.h>

#include <domain/base/format.h>

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr Nanoseconds kDay = 24h;

QTimeZone zoneOf(const SloPeriod &period)
{
    const QTimeZone zone(period.zone.toLatin1());
    return period.zone.isEmpty() || !zone.isValid() ? QTimeZone::utc() : zone;
}

/// Midnight at the begin of `day`; a midnight that does not exist moves to the first moment that does.
Timestamp startOf(QDate day, const QTimeZone &zone) { return fromDateTime(day.startOfDay(zone)); }

QString text(const char *what) { return QCoreApplication::translate("bw::Slo", what); }

/// "by (a, b) " or nothing.
QString byClause(const QStringList &labels)
{
    return labels.isEmpty() ? QString() : u"by (%1) "_s.arg(labels.join(u", "_s));
}

SloQueries latencyQueries(const Slo &slo)
{
    const SloIndicator &indicator = slo.indicator;
    const QString by = byClause(slo.groupBy);
    SloQueries queries;
    if (!indicator.good.isEmpty()) { // the file had them ready
        queries.good = indicator.good;
        queries.total = indicator.total;
        return queries;
    }
    if (indicator.isNative) {
        const QString sum = u"sum %1(increase(%2[$__window]))"_s.arg(by, indicator.histogram);
        queries.total = u"histogram_count(%1)"_s.arg(sum);
        queries.good = u"histogram_fraction(0, %1, %2) * histogram_count(%2)"_s.arg(
            formatExact(indicator.threshold), sum);
        return queries;
    }
    const QString counted = indicator.histogramTotal.isEmpty()
        ? selectorWith(indicator.histogram, u"le=\"+Inf\""_s)
        : indicator.histogramTotal;
    const QString good =
        selectorWith(indicator.histogram, u"le=~\"%1\""_s.arg(boundPattern(indicator.threshold)));
    queries.total = u"sum %1(increase(%2[$__window]))"_s.arg(by, counted);
    queries.good = u"sum %1(increase(%2[$__window]))"_s.arg(by, good);
    return queries;
}

bool looksPerSecond(const QString &expression)
{
    static const QRegularExpression rate(u"\\bi?rate\\s*\\("_s);
    return rate.match(expression).hasMatch();
}

} // namespace

TimeRange periodAt(const SloPeriod &period, Timestamp now)
{
    if (period.kind == SloPeriod::Kind::Rolling)
        return {now - period.length, now};
    const QTimeZone zone = zoneOf(period);
    const QDate today = toDateTime(now).toTimeZone(zone).date();
    QDate begin(today.year(), today.month(), 1), end;
    switch (period.kind) {
    case SloPeriod::Kind::Week:
        begin = today.addDays(1 - today.dayOfWeek());
        end = begin.addDays(7);
        break;
    case SloPeriod::Kind::Quarter:
        begin = QDate(today.year(), (today.month() - 1) / 3 * 3 + 1, 1);
        end = begin.addMonths(3);
        break;
    case SloPeriod::Kind::Year:
        begin = QDate(today.year(), 1, 1);
        end = begin.addYears(1);
        break;
    default:
        end = begin.addMonths(1);
    }
    return {startOf(begin, zone), startOf(end, zone)};
}

Nanoseconds nominalLength(const SloPeriod &period)
{
    switch (period.kind) {
    case SloPeriod::Kind::Rolling:
        return period.length;
    case SloPeriod::Kind::Week:
        return 7 * kDay;
    case SloPeriod::Kind::Month:
        return 30 * kDay;
    case SloPeriod::Kind::Quarter:
        return 91 * kDay;
    case SloPeriod::Kind::Year:
        return 365 * kDay;
    }
    return period.length;
}

QString describe(const SloPeriod &period)
{
    const QString zone = period.zone.isEmpty() ? u"UTC"_s : period.zone;
    switch (period.kind) {
    case SloPeriod::Kind::Rolling:
        return period.length % kDay == 0ns ? u"%1d"_s.arg(period.length / kDay) : promDuration(period.length);
    case SloPeriod::Kind::Week:
        return text("week (%1)").arg(zone);
    case SloPeriod::Kind::Month:
        return text("month (%1)").arg(zone);
    case SloPeriod::Kind::Quarter:
        return text("quarter (%1)").arg(zone);
    case SloPeriod::Kind::Year:
        return text("year (%1)").arg(zone);
    }
    return {};
}

QString weightingName(SloWeighting weighting)
{
    return weighting == SloWeighting::Event ? u"event"_s : u"time"_s;
}

QString kindName(SloIndicator::Kind kind)
{
    switch (kind) {
    case SloIndicator::Kind::Ratio:
        return u"ratio"_s;
    case SloIndicator::Kind::Latency:
        return u"latency"_s;
    case SloIndicator::Kind::Raw:
        return u"raw"_s;
    case SloIndicator::Kind::Gauge:
        return u"gauge"_s;
    }
    return {};
}

QString severityName(BurnRow::Severity severity)
{
    return severity == BurnRow::Severity::Page ? u"page"_s : u"ticket"_s;
}

QString originName(Slo::Origin origin)
{
    switch (origin) {
    case Slo::Origin::Own:
        return u"own"_s;
    case Slo::Origin::Sloth:
        return u"sloth"_s;
    case Slo::Origin::Pyrra:
        return u"pyrra"_s;
    case Slo::Origin::OpenSlo:
        return u"openslo"_s;
    }
    return {};
}

namespace {

constexpr qsizetype kSourceBytes = 8, kQuestionBytes = 16;

QByteArray hashOf(const QStringList &parts, qsizetype bytes)
{
    return QCryptographicHash::hash(parts.join(QChar(0)).toUtf8(), QCryptographicHash::Sha256).first(bytes);
}

} // namespace

QByteArray specHash(const Slo &slo, const QString &source, const QString &address)
{
    const SloQueries queries = queriesOf(slo);
    const QStringList question{queries.bad, queries.good, queries.total, queries.ratio,
        queries.isPerSecond ? u"s"_s : u"c"_s, slo.groupBy.join(u',')};
    return hashOf({source, address}, kSourceBytes) + hashOf(question, kQuestionBytes);
}

bool isSameSource(const QByteArray &one, const QByteArray &other)
{
    // What was kept before sources had a name of their own is of nobody knows whom.
    return one.size() == kSourceBytes + kQuestionBytes && one.size() == other.size()
        && one.first(kSourceBytes) == other.first(kSourceBytes);
}

std::vector<BurnRow> standardBurnRows(Nanoseconds period)
{
    using Severity = BurnRow::Severity;
    const auto row = [period](
                         Severity severity, Nanoseconds longWindow, Nanoseconds shortWindow, double share) {
        const double factor = share * double(period.count()) / double(longWindow.count());
        // A tenth of a week's budget in three days is slower than even: nobody is woken, or works, for that.
        return BurnRow{severity, longWindow, shortWindow, period < 28 * 24h ? std::max(1.0, factor) : factor};
    };
    return {row(Severity::Page, 1h, 5min, 0.02), row(Severity::Page, 6h, 30min, 0.05),
        row(Severity::Ticket, 24h, 2h, 0.10), row(Severity::Ticket, 72h, 6h, 0.10)};
}

std::vector<BurnRow> pyrraBurnRows(Nanoseconds period)
{
    using Severity = BurnRow::Severity;
    // Rounded to whole minutes, as its generator does, which gives periods of a day a window of nothing; the
    // short window is a twelfth and less of the long.
    const auto part = [period](int divisor) {
        return std::max(std::chrono::round<std::chrono::minutes>(period / divisor), std::chrono::minutes(1));
    };
    return {{Severity::Page, part(28 * 24), part(28 * 24 * 12), 14},
        {Severity::Page, part(28 * 4), part(28 * 24 * 2), 7}, {Severity::Ticket, part(28), part(28 * 12), 2},
        {Severity::Ticket, part(7), part(28 * 4), 1}};
}

SloQueries queriesOf(const Slo &slo)
{
    const SloIndicator &indicator = slo.indicator;
    SloQueries queries;
    switch (indicator.kind) {
    case SloIndicator::Kind::Ratio:
        queries.bad = indicator.bad;
        queries.good = indicator.good;
        queries.total = indicator.total;
        queries.isPerSecond = indicator.unit == SloIndicator::Unit::PerSecond
            || (indicator.unit == SloIndicator::Unit::Detect && looksPerSecond(indicator.total));
        break;
    case SloIndicator::Kind::Latency:
        queries = latencyQueries(slo);
        break;
    case SloIndicator::Kind::Raw:
        queries.ratio = indicator.errorRatio;
        break;
    case SloIndicator::Kind::Gauge: {
        // An expression that is no selector needs a subquery; a minute is finer than any alert.
        const QString range = isSelector(indicator.state) ? indicator.state.trimmed() + u"[$__window]"_s
                                                          : u"(%1)[$__window:1m]"_s.arg(indicator.state);
        queries.ratio = u"1 - avg %1(avg_over_time(%2))"_s.arg(byClause(slo.groupBy), range);
        break;
    }
    }
    return queries;
}

QString expandWindow(const QString &expression, Nanoseconds window)
{
    static const QRegularExpression place(
        u"\\$__window\\b|\\{\\{\\s*\\.\\s*window\\s*\\}\\}|\\$window\\b|\\$\\{window\\}"_s);
    QString out = expression;
    return out.replace(place, promDuration(window));
}

bool hasWindow(const QString &expression) { return expandWindow(expression, 1h) != expression; }

QString boundPattern(double bound)
{
    const QString exact = formatExact(bound);
    const QString escaped = QRegularExpression::escape(exact).replace(u'\\', u"\\\\"_s);
    if (bound != std::floor(bound) || std::abs(bound) >= 1e15)
        return escaped;
    const QString whole = QString::number(qint64(bound));
    return u"%1|%1\\\\.0"_s.arg(whole); // the backslash itself is escaped inside a PromQL string
}

bool isSelector(const QString &text)
{
    static const QRegularExpression form(
        u"^[A-Za-z_:][A-Za-z0-9_:]*\\s*(\\{(?:[^{}\"]|\"(?:[^\"\\\\]|\\\\.)*\")*\\})?\\z"_s);
    return form.match(text.trimmed()).hasMatch();
}

QString selectorWith(const QString &selector, const QString &matchers)
{
    QString out = selector.trimmed();
    if (!out.endsWith(u'}'))
        return out + u'{' + matchers + u'}';
    out.chop(1);
    out = out.trimmed();
    if (!out.endsWith(u'{') && !out.endsWith(u','))
        out += u',';
    return out + matchers + u'}';
}

std::vector<SloRemark> check(const Slo &slo)
{
    std::vector<SloRemark> remarks;
    const auto error = [&remarks](const QString &what) { remarks.push_back({true, what}); };
    const auto remark = [&remarks](const QString &what) { remarks.push_back({false, what}); };
    if (!(slo.target > 0 && slo.target < 1))
        error(text("the target is %1 %; it must lie between 0 and 100, both excluded").arg(slo.target * 100));
    const Nanoseconds length = slo.period.length;
    if (slo.period.kind == SloPeriod::Kind::Rolling && (length < 1h || length > kLongestSloPeriod))
        error(text("the period is %1; it must be an hour at least and 400 days at most")
                  .arg(promDuration(length)));
    if (slo.period.kind != SloPeriod::Kind::Rolling && !slo.period.zone.isEmpty()
        && !QTimeZone(slo.period.zone.toLatin1()).isValid())
        error(text("there is no time zone %1; use an IANA name such as Europe/Paris").arg(slo.period.zone));
    const SloQueries queries = queriesOf(slo);
    for (const auto &[name, expression] :
        {std::pair(u"bad"_s, queries.bad), std::pair(u"good"_s, queries.good),
            std::pair(u"total"_s, queries.total), std::pair(u"error_ratio"_s, queries.ratio)}) {
        if (!expression.isEmpty() && !hasWindow(expression))
            error(text("%1 has no $__window: the same number would be added up hour after hour").arg(name));
    }
    for (const BurnRow &row : slo.burn) {
        if (row.longWindow <= 0ns || row.shortWindow <= 0ns)
            error(text("burn row %1/%2: a window must be longer than nothing")
                      .arg(promDuration(row.longWindow), promDuration(row.shortWindow)));
        else if (row.longWindow > kLongestSloPeriod)
            error(
                text("burn row %1: no window may be longer than 400 days").arg(promDuration(row.longWindow)));
        else if (row.longWindow <= row.shortWindow)
            error(text("burn row %1/%2: the long window must be longer than the short one")
                      .arg(promDuration(row.longWindow), promDuration(row.shortWindow)));
        if (!(row.factor > 0))
            error(text("burn row %1: the factor must be above 0").arg(promDuration(row.longWindow)));
        else if (slo.target < 1 && row.factor > 1 / slo.budget())
            remark(text(
                "burn row %1: the factor %2 cannot be reached; with this target no burn rate is above %3")
                       .arg(promDuration(row.longWindow), formatValue(row.factor, u"short"),
                           formatValue(1 / slo.budget(), u"short")));
    }
    return remarks;
}

} // namespace bw
