// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/compare.h>

#include <domain/base/format.h>

#include <QDateTime>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Nanoseconds spanOf(Compare compare)
{
    switch (compare) {
    case Compare::Day:
        return 24h;
    case Compare::Week:
        return 168h;
    case Compare::Off:
        break;
    }
    return 0ns;
}

QString nameOf(Compare compare)
{
    return compare == Compare::Day ? u"day"_s : compare == Compare::Week ? u"week"_s : u"off"_s;
}

std::optional<Compare> compareNamed(QStringView name)
{
    for (const Compare compare : {Compare::Off, Compare::Day, Compare::Week}) {
        if (name == nameOf(compare))
            return compare;
    }
    return std::nullopt;
}

Compare nextOf(Compare compare)
{
    return compare == Compare::Off ? Compare::Day : compare == Compare::Day ? Compare::Week : Compare::Off;
}

QString textOf(Compare compare)
{
    return compare == Compare::Off ? QString()
        : compare == Compare::Day  ? u"24 h earlier"_s
                                   : u"168 h earlier"_s;
}

Compare chosenFor(const CompareChoices &choices, const QString &panel)
{
    return choices.value(panel, choices.value(kEveryPanel, Compare::Off));
}

CompareChoices withChoice(CompareChoices choices, const QString &panel, Compare compare)
{
    if (panel == kEveryPanel) // holds for all, whatever was chosen for one
        choices.clear();
    choices.insert(panel, compare);
    const Compare every = choices.value(kEveryPanel, Compare::Off);
    choices.removeIf([every](const CompareChoices::iterator &choice) {
        return choice.key() == kEveryPanel ? every == Compare::Off : choice.value() == every;
    });
    return choices;
}

Nanoseconds clockShift(Compare compare, Timestamp at, const QTimeZone &zone)
{
    if (compare == Compare::Off)
        return 0ns;
    const auto offsetAt = [&](Timestamp moment) { return zone.offsetFromUtc(toDateTime(moment)); };
    return std::chrono::seconds(offsetAt(at - spanOf(compare)) - offsetAt(at));
}

TimeRange pastRange(
    const TimeRange &range, Nanoseconds step, Nanoseconds back, std::optional<Timestamp> settled, int limit)
{
    TimeRange past{range.begin - back, range.end - back};
    if (!settled || step <= 0ns)
        return past;
    const qint64 room = limit - past.span() / step;
    const qint64 wanted = std::max<qint64>(past.span() / step / 10, 1);
    const qint64 there = (*settled - past.end) / step;
    past.end += step * std::max<qint64>(0, std::min({room, wanted, there}));
    return past;
}

MetricData broughtForward(const MetricData &data, Nanoseconds back, const TimeRange &range)
{
    MetricData out;
    out.shape = data.shape;
    out.left = data.left;
    const bool isCut = data.shape == MetricData::Shape::Matrix;
    const qint64 by = back.count(), first = toNs(range.begin), last = toNs(range.end);
    for (const Series &series : data.series) {
        Series moved;
        moved.labels = series.labels;
        for (size_t i = 0; i < series.times.size(); ++i) {
            const qint64 time = series.times[i] + by;
            if (isCut && (time < first || time > last))
                continue;
            moved.times.push_back(time);
            moved.values.push_back(series.values[i]);
        }
        if (!moved.times.empty())
            out.series.push_back(std::move(moved));
    }
    return out;
}

Difference differenceOf(double now, double before)
{
    Difference out{now, before, now - before, std::nullopt};
    if (std::isfinite(before) && before != 0 && std::isfinite(now))
        out.relative = (now - before) / std::abs(before);
    return out;
}

QString differenceText(const Difference &difference, const QString &unit, int decimals)
{
    if (!std::isfinite(difference.absolute))
        return u"—"_s;
    if (difference.absolute == 0)
        return u"="_s;
    const QString sign = difference.absolute > 0 ? u"+"_s : u"−"_s;
    const double amount = std::abs(difference.absolute);
    if (unit == "percentunit"_L1 || unit == "percent"_L1) // a percentage of percent misleads
        return sign + formatValue(unit == "percentunit"_L1 ? amount * 100 : amount, u"short", decimals)
            + u" pp"_s;
    QString text = sign + formatValue(amount, unit, decimals);
    if (difference.relative)
        text += u" (%1%2)"_s.arg(sign,
            formatValue(std::abs(*difference.relative), u"percentunit",
                std::abs(*difference.relative) < 0.1 ? 1 : 0));
    return text;
}

} // namespace bw
