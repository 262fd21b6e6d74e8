// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/sloshares.h>

namespace bw {

using SharedBuckets = std::shared_ptr<const HourBuckets>;

/// What the engine knows at one moment, for a worker to judge.
struct SloSnapshot
{
    /// One objective, or one group of it.
    struct Member
    {
        SharedSlo slo;
        QString group; ///< groupKey()
        SharedBuckets buckets; ///< null: none
        std::optional<HourBucket> open; ///< the running hour
        ShortWindows windows;
        std::optional<Timestamp> windowsAt;
        RecordedAnswer recorded;
        BackendReach reach = BackendReach::Unknown; ///< at the period's begin
        QString problem;
        bool isRefilling = false;
        int hoursKnown = 0, hoursWanted = 0;
    };
    std::vector<Member> members;
    Timestamp now{};
};

/// One status a member. Pure; any thread.
std::vector<SloStatus> evaluated(const SloSnapshot &snapshot);

/// How long after its period's begin something is known first; nullopt when it is known from there on (or
/// nothing is at all).
std::optional<Nanoseconds> unknownAtFirst(const Slo &slo, const HourBuckets &buckets, Timestamp now);

} // namespace bw
