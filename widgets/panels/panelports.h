// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/owndata.h>
#include <domain/query/ports.h>
#include <domain/query/sourceboard.h>

namespace bw {

/// What panels, variables and detail views are given by a session. Everything outlives them.
struct DashboardPorts
{
    QueryExecutor &executor;
    OwnData &own;
    SourceBoard &sources;
    const Clock &clock;
    LastGoodCache *cache = nullptr; ///< may be null
};

} // namespace bw
