// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>

namespace bw {

/// The "tempo" kind: Grafana Tempo's HTTP API. Read only.
DatasourceKind tempoKind();
/// The TraceQL that a search means; its own when it has one. Texts are escaped.
QString traceqlOf(const TraceSearch &search);

} // namespace bw
