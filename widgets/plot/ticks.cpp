// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/ticks.h>

#include <domain/base/format.h>

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <qcustomplot.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kDay = 86400;

/// The smallest of `steps` that is not below `wanted`, or the last.
template<size_t N> double stepFrom(const double (&steps)[N], double wanted)
{
    const double *at = std::lower_bound(steps, steps + N, wanted);
    return at == steps + N ? steps[N - 1] : *at;
}

/// Ticks on the wall clock of one zone. Plain value, no widget: used on workers.
class ZoneTicker final : public QCPAxisTicker
{
public:
    explicit ZoneTicker(const QTimeZone &zone)
        : m_zone(zone)
    {
    }
    double step() const { return m_step; }

protected:
    double getTickStep(const QCPRange &range) override
    {
        static constexpr double steps[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
            15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, kDay, 2 * kDay, 7 * kDay,
            14 * kDay, 30 * kDay, 91 * kDay, 365 * kDay};
        m_step = stepFrom(steps, range.size() / std::max(1, tickCount()));
        return m_step;
    }
    int getSubTickCount(double) override { return 0; }
    QVector<double> createTickVector(double step, const QCPRange &range) override
    {
        return step < kDay ? withinDays(step, range) : wholeDays(step, range);
    }
    QString getTickLabel(double tick, const QLocale &, QChar, int) override
    {
        const QDateTime at = QDateTime::fromMSecsSinceEpoch(qint64(std::llround(tick * 1000)), m_zone);
        if (m_step >= 365 * kDay)
            return at.toString(u"yyyy"_s);
        if (m_step >= 28 * kDay)
            return QLocale::c().toString(at, at.date().month() == 1 ? u"yyyy"_s : u"MMM"_s);
        if (at.time() == QTime(0, 0) && m_step >= 60)
            return QLocale::c().toString(at, u"d MMM"_s);
        if (m_step < 1)
            return at.toString(u"HH:mm:ss.zzz"_s);
        return at.toString(m_step < 60 ? u"HH:mm:ss"_s : u"HH:mm"_s);
    }

private:
    double offset(double seconds) const
    {
        return m_zone.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(qint64(seconds * 1000), Qt::UTC));
    }
    QVector<double> withinDays(double step, const QCPRange &range) const
    {
        QVector<double> ticks;
        double shift = offset(range.lower);
        double at = std::ceil((range.lower + shift) / step - 1e-9) * step - shift;
        while (at <= range.upper + step * 1e-9 && ticks.size() < 1000) {
            ticks.append(at);
            at += step;
            if (const double now = offset(at); step > 900 && now != shift) {
                // The clocks were changed: back onto the round hours of the new offset.
                shift = now;
                const double aligned = std::round((at + shift) / step) * step - shift;
                at = aligned > ticks.back() ? aligned : aligned + step;
            }
        }
        return ticks;
    }
    QVector<double> wholeDays(double step, const QCPRange &range) const
    {
        QVector<double> ticks;
        QDate day = QDateTime::fromMSecsSinceEpoch(qint64(range.lower * 1000), m_zone).date();
        const int days = int(std::lround(step / kDay));
        if (days >= 28)
            day = QDate(day.year(), days >= 365 ? 1 : day.month(), 1);
        else if (days == 7 || days == 14)
            day = day.addDays(1 - day.dayOfWeek());
        const int months = days >= 365 ? 12 : days >= 91 ? 3 : 1;
        if (days >= 28 && months == 3)
            day = QDate(day.year(), (day.month() - 1) / 3 * 3 + 1, 1);
        for (int guard = 0; guard < 2000; ++guard) {
            const double at = double(day.startOfDay(m_zone).toMSecsSinceEpoch()) / 1000;
            if (at > range.upper)
                break;
            if (at >= range.lower)
                ticks.append(at);
            day = days >= 28 ? day.addMonths(months) : day.addDays(days);
        }
        return ticks;
    }

    QTimeZone m_zone;
    double m_step = 60;
};

/// Round values for a unit.
class UnitTicker final : public QCPAxisTicker
{
public:
    UnitTicker(const QString &unit, int decimals)
        : m_unit(unit)
        , m_decimals(decimals)
    {
    }
    double getTickStep(const QCPRange &range) override
    {
        const double wanted = range.size() / std::max(1, tickCount());
        if (isBinary())
            return wanted <= 1 ? 1 : std::exp2(std::ceil(std::log2(wanted)));
        if (m_unit == u"s" && wanted > 20) {
            static constexpr double steps[] = {30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600,
                43200, kDay, 2 * kDay, 7 * kDay, 14 * kDay, 28 * kDay};
            if (wanted < 28 * kDay)
                return stepFrom(steps, wanted);
        }
        // Between 0 and 1 of what is counted there is no label.
        return isCounted() ? std::ceil(roundedUp(wanted)) : roundedUp(wanted);
    }
    QString getTickLabel(double tick, const QLocale &, QChar, int) override
    {
        // Sums of steps end beside zero, and "-1.2e-17" is not a label.
        return formatValue(std::abs(tick) < m_step * 1e-6 ? 0 : tick, m_unit, m_decimals);
    }
    QVector<double> createTickVector(double step, const QCPRange &range) override
    {
        m_step = step;
        QVector<double> ticks;
        const double first = std::ceil(range.lower / step - 1e-6);
        for (int i = 0; i < 200; ++i) {
            const double at = (first + i) * step;
            if (at > range.upper + step * 1e-6)
                break;
            ticks.append(at);
        }
        return ticks;
    }
    int getSubTickCount(double) override { return 0; }

private:
    bool isCounted() const
    {
        return m_decimals == 0 && (m_unit.isEmpty() || m_unit == u"short" || m_unit == u"none");
    }
    bool isBinary() const
    {
        return m_unit == u"bytes" || m_unit == u"kbytes" || m_unit == u"mbytes" || m_unit == u"gbytes"
            || m_unit == u"binBps" || m_unit == u"binbps" || m_unit == u"bits";
    }
    static double roundedUp(double wanted)
    {
        const double magnitude = std::pow(10, std::floor(std::log10(wanted)));
        for (const double mantissa : {1.0, 2.0, 2.5, 5.0}) {
            if (wanted <= mantissa * magnitude * (1 + 1e-9))
                return mantissa * magnitude;
        }
        return 10 * magnitude;
    }

    QString m_unit;
    int m_decimals;
    double m_step = 1;
};

Ticks collected(QCPAxisTicker &ticker, const QCPRange &range)
{
    QVector<double> at;
    QVector<QString> labels;
    ticker.generate(range, QLocale::c(), QLatin1Char('g'), 6, at, nullptr, &labels);
    Ticks out;
    for (qsizetype i = 0; i < at.size(); ++i) {
        if (at[i] >= range.lower - range.size() * 1e-9 && at[i] <= range.upper + range.size() * 1e-9)
            out.ticks.push_back({at[i], i < labels.size() ? labels[i] : QString()});
    }
    return out;
}

} // namespace

Ticks timeTicks(qint64 begin, qint64 end, const QTimeZone &zone, int count)
{
    if (end <= begin)
        return {};
    ZoneTicker ticker(zone.isValid() ? zone : QTimeZone::utc());
    ticker.setTickCount(std::max(1, count));
    Ticks out = collected(ticker, QCPRange(double(begin) / 1e9, double(end) / 1e9));
    out.step = ticker.step();
    return out;
}

Ticks valueTicks(double min, double max, const QString &unit, int decimals, bool logarithmic, int count)
{
    if (!(max > min) || !std::isfinite(min) || !std::isfinite(max))
        return {};
    if (logarithmic && min > 0 && max / min >= 10) {
        QCPAxisTickerLog ticker;
        ticker.setTickCount(std::max(2, count));
        Ticks out = collected(ticker, QCPRange(min, max));
        for (Ticks::Tick &tick : out.ticks)
            tick.label = formatValue(tick.at, unit, decimals);
        return out;
    }
    UnitTicker ticker(unit, decimals);
    ticker.setTickCount(std::max(1, count));
    const QCPRange range(min, max);
    Ticks out = collected(ticker, range);
    out.step = ticker.getTickStep(range);
    return out;
}

void widenToTicks(double &min, double &max, const QString &unit, int count)
{
    if (!(max > min))
        return;
    UnitTicker ticker(unit, -1);
    ticker.setTickCount(std::max(1, count));
    const bool wasPositive = min >= 0, wasNegative = max <= 0;
    const double step = ticker.getTickStep(QCPRange(min, max));
    min = std::floor(min / step + 1e-9) * step;
    max = std::ceil(max / step - 1e-9) * step;
    if (wasPositive)
        min = std::max(min, 0.0);
    if (wasNegative)
        max = std::min(max, 0.0);
}

} // namespace bw
