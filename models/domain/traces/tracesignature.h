// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracesearch.h>

#include <optional>
#include <vector>

namespace bw {

/// What makes two failed traces the same to a person: what was asked, what failed deepest, and how. Names are
/// normalised.
struct TraceSignature
{
    Untrusted rootService, rootOperation, failedService, failedOperation, exceptionType;
    bool operator==(const TraceSignature &) const = default;
};
size_t qHash(const TraceSignature &signature, size_t seed = 0) noexcept;

/// The failed span without a failed descendant that begins first; -1 when nothing failed.
int failingRow(const Trace &trace);
/// How `row` failed: exception.type of its last event "exception"; else error.type, the HTTP status, the gRPC
/// status of its attributes; else its status message, normalised and cut. Empty when it does not say.
Untrusted failureOf(const SpanDetail &detail);

/// nullopt when nothing failed.
std::optional<TraceSignature> signatureOf(const Trace &trace);
/// From a search's answer; the fields it does not have stay empty.
TraceSignature signatureOf(const TraceSummary &summary);

struct SignatureGroup
{
    TraceSignature signature;
    int count = 0;
    Timestamp newest{};
    Nanoseconds shortest{0}, longest{0};
    std::vector<TraceSummary> samples; ///< the newest three, newest first
    bool operator==(const SignatureGroup &) const = default;
};
/// All summaries grouped, most frequent first, of equal ones the newest.
std::vector<SignatureGroup> groupedBySignature(const std::vector<TraceSummary> &summaries);

} // namespace bw
