// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/tracedecode.h>

namespace bw {

/// A file with traces, as somebody exported it.
struct TraceFile
{
    QString format; ///< "OTLP", "Jaeger" or "Zipkin"
    std::vector<Trace> traces; ///< at least one
    std::vector<Untrusted> warnings;
};

/// Recognises the format by content, never by name: OTLP JSON (also one document a line), Jaeger JSON, Zipkin
/// v2 JSON; a byte order mark is forgiven. Decode says what the bytes are instead where that can be told
/// (compressed, a web page, metrics, a search answer). `bytes` must own its memory, since the traces keep it.
/// No I/O; any thread.
[[nodiscard]] Result<TraceFile> readTraceFile(const QByteArray &bytes, const TraceLimits &limits = {});

} // namespace bw
