// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/ondemand.h>
#include <domain/query/queryresult.h>

namespace bw {

/// `data` of /status/buildinfo: version, and which of the compatible products it most likely is. Also takes
/// the data of a query, which is what a server without build information is asked instead; it then has no
/// version.
[[nodiscard]] Result<ServerStatus> readBuildInfo(od::Value data);

} // namespace bw
