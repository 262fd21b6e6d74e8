// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <vector>

namespace bw {

/// The name with whatever makes one call differ from the next replaced by "*": runs of digits, UUIDs, and
/// hexadecimal ids of eight digits or more with at least one decimal digit. `GET /item/123` → `GET /item/*`.
/// Digits right behind a letter stay when they are one or two (`http2`, `v1`, `s3`).
QString normalizedName(QStringView name);
Untrusted normalizedName(const Untrusted &name);

/// Children of one parent that do the same thing: what a viewer writes as "412 × SELECT … 3.1 s".
struct SiblingGroup
{
    int parent = -1; ///< -1: they are roots
    std::vector<int> rows; ///< ascending, which is by start
    Untrusted name; ///< normalised operation; service and kind are those of the first row
    Nanoseconds total{0}; ///< sum of durations
    Nanoseconds covered{0}; ///< time in which at least one of them ran
    Nanoseconds longest{0};
    int errors = 0; ///< members that failed themselves
    bool operator==(const SiblingGroup &) const = default;
};

/// Groups of at least `atLeast` (2 or more) siblings of one service, normalised operation and kind; ascending
/// by first row. A row is in one group at most. O(n log n); any thread.
std::vector<SiblingGroup> siblingGroups(const Trace &trace, int atLeast = 5);

} // namespace bw
