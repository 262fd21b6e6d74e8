// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloanswers.h>

#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

const QString kSloLabel = u"bw_slo"_s, kPartLabel = u"bw_part"_s;
constexpr QChar kUnitSeparator(0x1f), kRecordSeparator(0x1e);

/// Line breaks around the expression: it may end in a comment.
QString marked(const QString &expression, Nanoseconds window, size_t index, const QString &part)
{
    return u"label_replace(label_replace((\n%1\n), \"%2\", \"%3\", \"\", \"\"), \"%4\", \"%5\", \"\", \"\")"_s
        .arg(expandWindow(expression, window), kSloLabel, QString::number(index), kPartLabel, part);
}

Labels groupOf(const Labels &labels, const QStringList &groupBy)
{
    std::vector<Labels::Pair> pairs;
    for (const QString &name : groupBy) {
        if (const Untrusted *value = labels.find(name))
            pairs.emplace_back(Untrusted(name), *value);
    }
    return Labels::fromPairs(std::move(pairs));
}

/// The series of one group, by part.
struct Parts
{
    const Series *bad = nullptr, *good = nullptr, *total = nullptr, *ratio = nullptr;
    const Series **at(const QString &part)
    {
        return part == u"bad"_s ? &bad : part == u"good"_s ? &good : part == u"total"_s ? &total : &ratio;
    }
};

std::optional<double> valueAt(const Series *series, qint64 time)
{
    if (!series)
        return {};
    const auto at = std::lower_bound(series->times.begin(), series->times.end(), time);
    if (at == series->times.end() || *at != time)
        return {};
    return series->values[size_t(at - series->times.begin())];
}

double counted(std::optional<double> value, double scale)
{
    return value && std::isfinite(*value) && *value > 0 ? *value * scale : 0;
}

std::vector<SloPoint> pointsOf(const Parts &parts, double scale)
{
    std::vector<SloPoint> points;
    if (parts.ratio) {
        for (size_t i = 0; i < parts.ratio->times.size(); ++i) {
            const double ratio = parts.ratio->values[i];
            const bool hadTraffic = std::isfinite(ratio);
            points.push_back({parts.ratio->times[i], hadTraffic ? std::clamp(ratio, 0.0, 1.0) : 0,
                hadTraffic ? 1.0 : 0.0, false});
        }
        return points;
    }
    std::vector<qint64> times;
    for (const Series *series : {parts.total, parts.bad}) {
        if (series)
            times.insert(times.end(), series->times.begin(), series->times.end());
    }
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    for (const qint64 time : times) {
        const auto total = valueAt(parts.total, time);
        SloPoint point{time, counted(valueAt(parts.bad, time), scale), counted(total, scale), !total};
        if (parts.good && total)
            point.bad = std::max(0.0, point.total - counted(valueAt(parts.good, time), scale));
        else if (!parts.bad && !parts.good)
            point.bad = 0;
        points.push_back(point);
    }
    return points;
}

std::optional<Nanoseconds> windowOf(const QString &name, QStringView before)
{
    const qsizetype at = name.lastIndexOf(before);
    if (at < 0)
        return {};
    const auto window = parseDuration(name.mid(at + before.size()));
    return window ? std::optional(*window) : std::nullopt;
}

/// A recorded period; nullopt when no objective can have it.
std::optional<Nanoseconds> periodOf(double seconds)
{
    const bool isPossible = seconds > 0 && seconds <= double(kLongestSloPeriod / 1s);
    return isPossible ? std::optional(Nanoseconds(qint64(seconds * 1e9))) : std::nullopt;
}

/// False: there was one of this name already.
bool take(RecordedAnswer &answer, const QString &name, double value, bool isSloth)
{
    if (name == u"slo:period_error_budget_remaining:ratio"_s)
        return !std::exchange(answer.figures.remaining, value);
    if (name == u"slo:time_period:days"_s)
        return !std::exchange(answer.figures.period, periodOf(value * 86400));
    if (name == u"pyrra_availability"_s)
        return !std::exchange(answer.figures.attained, value);
    if (name == u"pyrra_window"_s)
        return !std::exchange(answer.figures.period, periodOf(value));
    const auto window = windowOf(name, isSloth ? u"ratio_rate"_s : u":burnrate"_s);
    return !window || answer.windows.insert({*window, {value, 1, true}}).second;
}

} // namespace

QString unionQuery(std::span<const Slo *const> slos, Nanoseconds window)
{
    QStringList parts;
    for (size_t i = 0; i < slos.size(); ++i) {
        const SloQueries queries = queriesOf(*slos[i]);
        for (const auto &[part, expression] :
            {std::pair(u"bad"_s, queries.bad), std::pair(u"good"_s, queries.good),
                std::pair(u"total"_s, queries.total), std::pair(u"ratio"_s, queries.ratio)}) {
            if (!expression.isEmpty())
                parts += marked(expression, window, i, part);
        }
    }
    return parts.join(u"\nor "_s);
}

std::vector<UnionAnswer> readUnion(
    std::span<const Slo *const> slos, const SeriesSet &series, Nanoseconds window)
{
    std::vector<std::map<Labels, Parts>> found(slos.size());
    std::vector<UnionAnswer> answers(slos.size());
    for (const Series &one : series) {
        bool isNumber = false;
        const size_t index = one.labels.text(kSloLabel).toULongLong(&isNumber);
        if (!isNumber || index >= slos.size())
            continue;
        const QString part = one.labels.text(kPartLabel);
        const Series **place = found[index][groupOf(one.labels, slos[index]->groupBy)].at(part);
        if (*place)
            answers[index].problem = u"the query of '%1' gives several series; add sum(…) around it, or name "
                                     u"the labels that tell them "
                                     u"apart in group_by"_s.arg(part);
        *place = &one;
    }
    for (size_t i = 0; i < slos.size(); ++i) {
        if (!answers[i].problem.isEmpty())
            continue;
        const double scale = queriesOf(*slos[i]).isPerSecond ? double(window.count()) / 1e9 : 1;
        for (const auto &[group, parts] : found[i])
            answers[i].groups.push_back({group, pointsOf(parts, scale)});
    }
    return answers;
}

HourBuckets bucketsFrom(
    const std::vector<SloPoint> &points, qint64 first, qint64 last, bool isPartial, Timestamp fetchedAt)
{
    HourBuckets buckets;
    auto point = points.begin();
    for (qint64 hour = first; hour <= last; ++hour) {
        const qint64 end = toNs(startOfHour(hour + 1));
        while (point != points.end() && point->time < end)
            ++point;
        HourBucket bucket{hour, 0, 0, BucketState::Missing, fetchedAt};
        if (point != points.end() && point->time == end) {
            bucket.bad = point->bad;
            bucket.total = point->total;
            bucket.state = isPartial || point->isHalf ? BucketState::Partial : BucketState::Complete;
        }
        buckets.push_back(bucket);
    }
    return buckets;
}

QString recordedQuery(std::span<const Slo *const> slos, Slo::Dialect dialect)
{
    QStringList ids;
    for (const Slo *slo : slos) {
        if (slo->recordedDialect == dialect && !slo->recordedId.isEmpty())
            ids += render::promql(Untrusted(QRegularExpression::escape(slo->recordedId)));
    }
    if (ids.isEmpty() || dialect == Slo::Dialect::None)
        return {};
    if (dialect == Slo::Dialect::Sloth)
        return u"{__name__=~\"slo:sli_error:ratio_rate(5m|30m|1h|2h|6h|1d|3d)|slo:period_error_budget_"
               u"remaining:ratio"
               u"|slo:time_period:days\",sloth_id=~\"%1\"}"_s.arg(ids.join(u'|'));
    return u"{__name__=~\"pyrra_availability|pyrra_window|.+:burnrate[0-9]+[smhdw]\",slo=~\"%1\"}"_s.arg(
        ids.join(u'|'));
}

std::map<QString, RecordedAnswer> readRecorded(const SeriesSet &series, Slo::Dialect dialect)
{
    std::map<QString, RecordedAnswer> answers;
    std::map<QString, QString> twice; // id → name
    const bool isSloth = dialect == Slo::Dialect::Sloth;
    for (const Series &one : series) {
        if (one.values.empty() || !std::isfinite(one.values.back()))
            continue;
        const QString id = one.labels.text(isSloth ? u"sloth_id"_s : u"slo"_s),
                      name = one.labels.text(u"__name__"_s);
        if (!take(answers[id], name, one.values.back(), isSloth))
            twice[id] = name;
    }
    for (const auto &[id, name] : twice) {
        answers[id] = {};
        answers[id].figures.problem =
            u"several series are recorded as %1 for %2; our own figures are used"_s.arg(name, id);
    }
    return answers;
}

QString groupKey(const Labels &group)
{
    QStringList pairs;
    for (const auto &[name, value] : group.pairs())
        pairs += verbatim(name) + kUnitSeparator + verbatim(value);
    return pairs.join(kRecordSeparator);
}

Labels groupFrom(const QString &key)
{
    std::vector<Labels::Pair> pairs;
    if (!key.isEmpty()) {
        for (const QString &pair : key.split(kRecordSeparator)) {
            const qsizetype at = pair.indexOf(kUnitSeparator);
            pairs.emplace_back(Untrusted(pair.left(at)), Untrusted(at < 0 ? QString() : pair.mid(at + 1)));
        }
    }
    return Labels::fromPairs(std::move(pairs));
}

} // namespace bw
