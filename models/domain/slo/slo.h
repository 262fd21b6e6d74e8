// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/base/timerange.h>

#include <QMap>
#include <QString>
#include <QStringList>

#include <vector>

namespace bw {

/// Over which time an objective is judged.
struct SloPeriod
{
    enum class Kind : quint8 { Rolling, Week, Month, Quarter, Year };
    Kind kind = Kind::Rolling;
    Nanoseconds length = std::chrono::hours(30 * 24); ///< rolling only
    QString zone; ///< calendar only: IANA name; empty is UTC
    bool operator==(const SloPeriod &) const = default;
};
/// Hours are kept no longer, so nothing may look further back.
constexpr Nanoseconds kLongestSloPeriod = std::chrono::hours(400 * 24);
/// The period that `now` lies in: [now − length, now) when rolling, else the whole calendar unit in its zone,
/// which ends after `now`. A day of 23 or 25 hours is as long as it is.
TimeRange periodAt(const SloPeriod &period, Timestamp now);
/// "30d", "month (Europe/Paris)".
QString describe(const SloPeriod &period);
/// The rolling length, or that of a usual calendar unit (7, 30, 91, 365 days): what burn factors scale with.
Nanoseconds nominalLength(const SloPeriod &period);

/// Whether busy hours count more than quiet ones.
enum class SloWeighting : quint8 {
    Event, ///< sums of events over the period
    Time ///< the mean of the hours' ratios
};
QString weightingName(SloWeighting weighting);

/// What is measured. Every expression carries $__window where its range stands; see expandWindow().
struct SloIndicator
{
    enum class Kind : quint8 {
        Ratio, ///< bad and total, or good and total
        Latency, ///< from a histogram: good is at or below the threshold
        Raw, ///< an error ratio, 0…1
        Gauge ///< a state, 1 is good, 0 is bad
    };
    /// Per-second values are multiplied by their window before they are called events.
    enum class Unit : quint8 { Detect, Count, PerSecond };
    Kind kind = Kind::Ratio;
    QString bad, good, total; ///< ratio, one of bad and good is empty; latency, when the file has them ready
    Unit unit = Unit::Detect;
    QString histogram; ///< latency: selector of the buckets, or of the native histogram
    QString histogramTotal; ///< latency, classic: selector of the counter; empty: the +Inf bucket
    double threshold = 0; ///< latency: an existing `le`, in the histogram's own unit
    bool isNative = false; ///< latency
    QString errorRatio; ///< raw
    QString state; ///< gauge
    bool operator==(const SloIndicator &) const = default;
};
QString kindName(SloIndicator::Kind kind);

/// One row of the multi-window, multi-burn-rate table. Fires when the burn rate of both windows is above
/// `factor`. Source: Google SRE workbook, chapter 5.
struct BurnRow
{
    enum class Severity : quint8 { Page, Ticket };
    Severity severity = Severity::Page;
    Nanoseconds longWindow{0}, shortWindow{0};
    double factor = 0;
    bool operator==(const BurnRow &) const = default;
};
QString severityName(BurnRow::Severity severity);

/// One service level objective, wherever it was read from. A plain value; crosses threads.
struct Slo
{
    enum class Origin : quint8 { Own, Sloth, Pyrra, OpenSlo };
    QString id; ///< unique in the list; `sloth_id` for Sloth
    QString title, description, service, owner, runbook;
    QString datasource; ///< empty: the default metric source
    QMap<QString, QString> labels;
    double target = 0.999; ///< 0…1, both exclusive
    SloPeriod period;
    SloIndicator indicator;
    SloWeighting weighting = SloWeighting::Event;
    QStringList groupBy; ///< labels that tell the members apart: one objective per set of values
    std::vector<BurnRow> burn; ///< never empty after reading, unless the file switches all rows off
    double pageBurnOver = 2; ///< the page rule: burn of 1h and 5m above this, and …
    Nanoseconds pageWithin = std::chrono::hours(24); ///< … the budget gone within this
    bool isGlobal = true; ///< counts in the global figures
    /// Series another tool records for it; shown beside our own, and used for short windows when fresh.
    enum class Dialect : quint8 { None, Sloth, Pyrra } recordedDialect = Dialect::None;
    QString recordedId;
    QStringList incidents; ///< services whose incidents are charged to it; empty: its own service
    Origin origin = Origin::Own;
    QString file;
    int line = 0;
    QStringList approximated, notTaken; ///< what the reader did with the rest of the file, in words
    bool operator==(const Slo &) const = default;

    double budget() const { return 1 - target; } ///< share that may be bad
};
/// Names the figures kept for an objective. Changes when they answer another question (indicator, unit,
/// grouping) or come from another server: `source` is the resolved datasource's id, `address` where it is.
QByteArray specHash(const Slo &slo, const QString &source, const QString &address);
/// Two such names are of the same server.
bool isSameSource(const QByteArray &one, const QByteArray &other);
QString originName(Slo::Origin origin);

/// The four standard rows for a period: windows 1h/5m, 6h/30m, 1d/2h, 3d/6h that spend 2, 5, 10 and 10 % of
/// the budget, so the factor is share · period / window; below four weeks never under 1.
std::vector<BurnRow> standardBurnRows(Nanoseconds period);
/// Pyrra's table: the windows scale with the period (4 weeks: 1h, 6h, 1d, 4d), a minute at least; factors are
/// 14, 7, 2, 1.
std::vector<BurnRow> pyrraBurnRows(Nanoseconds period);

/// What has to be asked for one objective: `bad` or `good` with `total`, or `ratio` alone, each with
/// $__window.
struct SloQueries
{
    QString bad, good, total, ratio;
    bool isPerSecond = false; ///< bad, good and total are rates
    bool operator==(const SloQueries &) const = default;
};
SloQueries queriesOf(const Slo &slo);
/// Puts a window in place of $__window, {{.window}}, $window and ${window}; "[1h]" stands in brackets in the
/// expression itself.
QString expandWindow(const QString &expression, Nanoseconds window);
bool hasWindow(const QString &expression);
/// `0.5` → `0.5`; `1` → `1|1\.0`: both spellings of an integer bound, as a regular expression for le=~"…".
QString boundPattern(double bound);
/// `metric` or `metric{…}`, without functions or a range; spaces around do not matter.
bool isSelector(const QString &text);
/// The selector `metric{a="b"}` with more matchers: `metric{a="b",c="d"}`. For whole expressions:
/// withMatchers().
QString selectorWith(const QString &selector, const QString &matchers);

/// What is wrong with one objective beyond its file's syntax: errors make it unusable, the rest are remarks.
struct SloRemark
{
    bool isError = false;
    QString text;
    bool operator==(const SloRemark &) const = default;
};
std::vector<SloRemark> check(const Slo &slo);

} // namespace bw
