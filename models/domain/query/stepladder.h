// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>

namespace bw {

/// What a panel of `width` pixels asks for a range.
struct StepPlan
{
    TimeRange range; ///< snapped to step
    Nanoseconds step{0}, interval{0}, rateInterval{0};
    int points = 0; ///< the width rounded up to 256, 512, 1024 or 2048
};

/// 1. points = width rounded up; 2. interval by Grafana's rounding table, not below `minInterval`;
/// 3. step at least range/11000 (servers refuse more); 4. both ends floored to the step.
/// rateInterval = max(interval + scrape, 4 × scrape).
StepPlan planSteps(const TimeRange &range, int width, Nanoseconds minInterval, Nanoseconds scrapeInterval);
/// Grafana's rounding table for intervals (10.3): <10 ms → 1 ms … else 1 y.
Nanoseconds roundedInterval(Nanoseconds interval);

} // namespace bw
