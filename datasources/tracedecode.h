// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/traces/trace.h>

#include <QByteArray>

#include <stop_token>
#include <vector>

namespace bw {

struct TraceLimits
{
    qint64 bytes = 256LL << 20; ///< of the body
    int spans = 1'000'000; ///< of all traces together
};

/// What the decoders of traces answer: laid out, in the order in which each trace appears first.
struct DecodedTraces
{
    std::vector<Trace> traces;
    std::vector<Untrusted> warnings; ///< of the server, about a trace as a whole
    bool partial = false; ///< the server itself said so
};

/// Spans in one pass over the body into columns, grouped by trace id. The body must own its bytes (no
/// fromRawData): it is kept by the traces, which read attributes, events and links from it when a span is
/// looked at. Decode names the path and the byte of what is wrong, or which format the document has instead;
/// TooLarge and Cancelled. Pure; any thread.
///
/// OTLP: "resourceSpans", "batches", both also under "trace" or "result"; several documents one behind the
/// other; ids in hexadecimal or base64.
[[nodiscard]] Result<DecodedTraces> decodeOtlp(
    const QByteArray &body, const TraceLimits &limits = {}, std::stop_token stop = {});
/// Jaeger's own JSON: {"data": […]}, an array of traces, or one trace.
[[nodiscard]] Result<DecodedTraces> decodeJaeger(
    const QByteArray &body, const TraceLimits &limits = {}, std::stop_token stop = {});
/// Zipkin v2: an array of spans, or of arrays of spans.
[[nodiscard]] Result<DecodedTraces> decodeZipkin(
    const QByteArray &body, const TraceLimits &limits = {}, std::stop_token stop = {});

} // namespace bw
