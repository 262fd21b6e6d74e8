// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>
#include <datasources/matrixscanner.h>

namespace bw {

/// What the decoder needs to know of the source it reads.
struct PrometheusContext
{
    ClusterId cluster; ///< id as configured
    DatasourceId member; ///< who answered
    SeriesLimits limits;
};

/// Decodes the body of a Prometheus answer to `spec`, whatever its HTTP status was. Errors: Invalid,
/// Timeout, Overload, NotFound or Http for an error the server reports, Decode with the JSON path for
/// anything it should not have sent, TooLarge for a cap, Cancelled when stopped. Warnings make the answer
/// partial, infos do not; invalid samples are left out, counted and warned of, never 0. Pure; any thread.
[[nodiscard]] Result<Datasource::Answer> decodePrometheus(const QuerySpec &spec, const QByteArray &body,
    const PrometheusContext &context, const std::stop_token &stop = {});

/// The same for range answers without the fast path: what the fast path is compared with.
[[nodiscard]] Result<Datasource::Answer> decodePrometheusGeneral(const QuerySpec &spec,
    const QByteArray &body, const PrometheusContext &context, const std::stop_token &stop = {});

/// An error a Prometheus reports in its envelope, as ours. `status` is the HTTP status.
Error prometheusError(const QString &type, const QString &text, int status);

} // namespace bw
