# SPDX-License-Identifier: GPL-3.0-or-later
"""Traffic and latency as closed formulas.

Traffic follows the day and the week with a ten-minute ripple on top.  Its
integral is exact, so a counter is the difference of two integrals and never
drifts, whatever the scrape interval.
"""
import math
from functools import lru_cache

DAY = 86400.0
WEEK = 7 * DAY
_WAVES = ((0.35, DAY, -1.6), (0.10, WEEK, 0.0), (0.06, 600.0, 0.0))
_SIGMA = 0.8
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def volume(at):
    """Integral of the traffic shape (mean 1) from the epoch to `at`, in seconds."""
    total = at
    for amplitude, period, phase in _WAVES:
        omega = 2 * math.pi / period
        total -= amplitude / omega * math.cos(omega * at + phase)
    return total


def requests(rps, start, end):
    """Requests served between two instants at a mean rate of `rps`."""
    return rps * (volume(end) - volume(start)) if end > start else 0.0


@lru_cache(maxsize=8192)
def fraction_below(seconds, median_s):
    """Share of requests faster than `seconds`: log-normal around the median."""
    return 0.5 * (1 + math.erf((math.log(seconds) - math.log(median_s)) / (_SIGMA * math.sqrt(2))))


def mean_s(median_s):
    """Mean duration that belongs to a median."""
    return median_s * math.exp(_SIGMA * _SIGMA / 2)


def cumulative_counts(parts, bounds=BUCKETS):
    """Cumulative bucket counts of a mixture [(requests, median_s), …].

    Every term grows with time on its own, so each bucket stays monotonic even
    while an incident mixes slow requests in.  Returns (counts, total, sum).
    """
    counts = [int(sum(n * fraction_below(bound, median) for n, median in parts)) for bound in bounds]
    total = max(int(sum(n for n, _ in parts)), counts[-1] if counts else 0)
    return counts, total, round(sum(n * mean_s(median) for n, median in parts), 4)
