// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/sloport.h>
#include <widgets/base/background.h>

namespace bw {

/// Judges objectives on the session's pool.
class SloWorkshop final : public SloWorker
{
public:
    explicit SloWorkshop(QThreadPool &pool)
        : m_background(pool)
    {
    }
    void run(Work work) override
    {
        m_background.run(std::move(work), [](const Home &home) { home(); });
    }

private:
    Background m_background;
};

} // namespace bw
