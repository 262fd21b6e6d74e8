// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>

namespace bw {

/// The "jaeger" kind: Jaeger's query service and what answers like it (VictoriaTraces). Read only.
DatasourceKind jaegerKind();

} // namespace bw
