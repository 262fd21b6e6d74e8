// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>
#include <datasources/requestlimits.h>
#include <datasources/tracedecode.h>

namespace bw {

class JsonReader;

/// What the three trace backends have in common: their errors, pages they do not have, and who answers
/// instead of them. Pure; any thread.
namespace limits {
inline constexpr qint64 kTraceSearchBytes = 32LL << 20;
inline constexpr qint64 kTraceBytes = 256LL << 20;
} // namespace limits

/// As classifyAnswer, and with the backend's own words where it gives some: Jaeger's two JSON forms, plain
/// text of Tempo and Zipkin.
[[nodiscard]] Result<void> classifyTraceAnswer(const HttpResponse &response, const QString &product);
/// The server does not have the page that was asked: a plain 404, or the page of its own user interface,
/// which Jaeger sends for every path it does not know. A "not found" about the trace is no missing page.
bool isMissingPage(const HttpResponse &response);
/// Whether the answer is to a request for this path, whatever the endpoint's own path is.
bool isAnswerTo(const HttpResponse &response, QByteArrayView path);

/// After none of a backend's own pages was there: asks for pages that tell other products, one after the
/// other. The next request, or the Error that says what answers here and what to do.
[[nodiscard]] Result<Datasource::Decoded> whoElse(const HttpResponse &response, const QString &endpoint,
    const QString &kind, std::chrono::milliseconds deadline);

/// The asked trace among those of an answer; NotFound-like Invalid when it is not there.
[[nodiscard]] Result<Datasource::Decoded> traceAnswer(DecodedTraces decoded, const TraceId &id);
tl::unexpected<Error> noSuchTrace(const TraceId &id);
/// Hits from whole traces: newest first, at most `limit`, those with errors only when asked for.
TraceSummaries summariesOf(const std::vector<Trace> &traces, const TraceSearch &search);
void sortAndCut(TraceSummaries &summaries, const TraceSearch &search);

/// A number of a protobuf answer: a string, a number, or absent for 0.
qint64 integerOf(const JsonReader &json, const char *key);
/// "2026-11-21T12:00:00.000000001Z".
QByteArray rfc3339(Timestamp at);

} // namespace bw
