// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/refreshphase.h>

#include <algorithm>
#include <climits>
#include <vector>

namespace bw {

namespace {

// 288: a day of a dashboard that refreshes every five minutes; what meets later than that meets rarely.
constexpr int kHorizon = 288;

} // namespace

int quietestInterval(std::span<const RefreshPhase> others, int every, int questions)
{
    every = std::clamp(every, 1, kHorizon);
    int longest = every;
    for (const RefreshPhase &other : others)
        longest = std::max(longest, std::clamp(other.every, 1, kHorizon));
    // Twice the longest rhythm: by then each has met each of the shorter ones.
    std::vector<int> load(size_t(std::min(2 * longest, kHorizon)) + 1, 0);
    for (const RefreshPhase &other : others) {
        for (int at = std::max(0, other.next); at < int(load.size()); at += std::max(1, other.every))
            load[size_t(at)] += other.questions;
    }
    int best = every, quietest = INT_MAX;
    for (int candidate = every; candidate >= 1; --candidate) {
        int busiest = 0;
        for (int at = candidate; at < int(load.size()); at += every)
            busiest = std::max(busiest, load[size_t(at)] + questions);
        if (busiest < quietest) {
            quietest = busiest;
            best = candidate;
        }
    }
    return best;
}

} // namespace bw
