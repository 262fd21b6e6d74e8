// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>

namespace bw {

/// The "zipkin" kind: Zipkin's API v2. Read only.
DatasourceKind zipkinKind();

} // namespace bw
