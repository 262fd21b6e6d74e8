// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>

namespace bw {

/// The "prometheus" kind: Prometheus and what speaks its API (Thanos, Mimir, Cortex, VictoriaMetrics).
DatasourceKind prometheusKind();

} // namespace bw
