// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entry.h>

#include <tuple>

namespace bw {

bool recordedBefore(const TimelineEntry &a, const TimelineEntry &b)
{
    return std::tie(a.hlc, a.writer, a.id) < std::tie(b.hlc, b.writer, b.id);
}

bool happenedBefore(const TimelineEntry &a, const TimelineEntry &b)
{
    return std::tie(a.at, a.hlc, a.id) < std::tie(b.at, b.hlc, b.id);
}

} // namespace bw
