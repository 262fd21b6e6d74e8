// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/alertmanager.h>
#include <datasources/datasourcekinds.h>
#include <datasources/jaeger.h>
#include <datasources/prometheus.h>
#include <datasources/tempo.h>
#include <datasources/zipkin.h>

namespace bw {

std::vector<DatasourceKind> builtinDatasourceKinds()
{
    return {prometheusKind(), alertmanagerKind(), jaegerKind(), tempoKind(), zipkinKind()};
}

} // namespace bw
