// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/ports.h>

namespace bw {

/// The cache with the ages of its answers on this boot's clock. A file can only know the wall clock;
/// everything that shows freshness counts from the clock that runs on. An answer from before the boot has a
/// time before zero, and so its true age. Lives with the cache, on the same thread.
class StampedCache final : public LastGoodCache
{
public:
    StampedCache(LastGoodCache &behind, const Clock &clock)
        : m_behind(behind)
        , m_clock(clock)
    {
    }
    void keep(const QueryResult &result) override { m_behind.keep(result); }
    void fetch(std::vector<QuerySpec> specs, const QObject *receiver, Loaded done) override
    {
        m_behind.fetch(std::move(specs), receiver,
            [&clock = m_clock, done = std::move(done)](const std::vector<QueryResult> &kept) {
                std::vector<QueryResult> stamped = kept;
                for (QueryResult &result : stamped) {
                    const Nanoseconds age =
                        std::max<Nanoseconds>(clock.utcNow() - result.fetchedAt, Nanoseconds(0));
                    result.freshness.lastGood = clock.bootNow() - age;
                }
                done(stamped);
            });
    }

private:
    LastGoodCache &m_behind;
    const Clock &m_clock;
};

} // namespace bw
