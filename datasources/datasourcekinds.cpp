// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/alertmanager.h>
#include <datasources/datasourcekinds.h>
#include <datasources/prometheus.h>

namespace bw {

std::vector<DatasourceKind> builtinDatasourceKinds() { return {prometheusKind(), alertmanagerKind()}; }

} // namespace bw
