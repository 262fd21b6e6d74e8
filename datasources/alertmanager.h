// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>

namespace bw {

/// The "alertmanager" kind: API v2, read only.
DatasourceKind alertmanagerKind();

} // namespace bw
