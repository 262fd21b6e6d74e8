// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/identity.h>
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
    const AliasTable *aliasTable = nullptr; ///< names that mean the same; may be null

    AliasTable aliases() const { return aliasTable ? *aliasTable : AliasTable(); }
};

} // namespace bw
