// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/stepladder.h>

#include <algorithm>
#include <array>

namespace bw {
using namespace std::chrono_literals;

namespace {

constexpr qint64 kMostSteps = 11'000; ///< servers refuse more

struct Rung
{
    Nanoseconds below, interval;
};
constexpr Nanoseconds kDay = 24h;
constexpr std::array kRungs{Rung{10ms, 1ms}, Rung{15ms, 10ms}, Rung{35ms, 20ms}, Rung{75ms, 50ms},
    Rung{150ms, 100ms}, Rung{350ms, 200ms}, Rung{750ms, 500ms}, Rung{1500ms, 1s}, Rung{3500ms, 2s},
    Rung{7500ms, 5s}, Rung{12'500ms, 10s}, Rung{17'500ms, 15s}, Rung{25s, 20s}, Rung{45s, 30s},
    Rung{90s, 1min}, Rung{210s, 2min}, Rung{450s, 5min}, Rung{750s, 10min}, Rung{1050s, 15min},
    Rung{25min, 20min}, Rung{45min, 30min}, Rung{90min, 1h}, Rung{150min, 2h}, Rung{270min, 3h}, Rung{9h, 6h},
    Rung{kDay, 12h}, Rung{7 * kDay, kDay}, Rung{21 * kDay, 7 * kDay}, Rung{42 * kDay, 30 * kDay}};

} // namespace

Nanoseconds roundedInterval(Nanoseconds interval)
{
    for (const Rung &rung : kRungs) {
        if (interval < rung.below)
            return rung.interval;
    }
    return 365 * kDay;
}

StepPlan planSteps(const TimeRange &range, int width, Nanoseconds minInterval, Nanoseconds scrapeInterval)
{
    StepPlan plan;
    plan.points = 2048;
    for (const int points : {1024, 512, 256}) {
        if (width <= points)
            plan.points = points;
    }
    const Nanoseconds span = std::max(range.span(), Nanoseconds::zero());
    plan.interval = std::max(roundedInterval(span / plan.points), minInterval);
    // Whole milliseconds, because that is what servers keep.
    const qint64 leastMs = (span.count() / 1'000'000 + kMostSteps - 1) / kMostSteps;
    plan.step = std::max({plan.interval, Nanoseconds(std::chrono::milliseconds(leastMs)), Nanoseconds(1ms)});
    plan.range = range.snappedTo(plan.step);
    while (plan.range.span() / plan.step > kMostSteps) {
        plan.step += 1ms;
        plan.range = range.snappedTo(plan.step);
    }
    plan.rateInterval = std::max(plan.interval + scrapeInterval, 4 * scrapeInterval);
    return plan;
}

} // namespace bw
