// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/traces/tracesearch.h>

namespace bw {

/// A search as one line, for dashboards and search fields; `range` is left alone:
///   error                       only failed traces
///   service:x operation:x       quotes keep spaces: service:"my shop"
///   key=value                   an attribute, exactly
///   >250ms <2s                  duration
///   limit:50
///   { … }                       the whole line is TraceQL
/// Invalid names the token.
[[nodiscard]] Result<TraceSearch> parseTraceSearch(QStringView text);
/// "250ms", "2s", "80us", "1m30s". Invalid names the text.
[[nodiscard]] Result<Nanoseconds> parseSpanDuration(QStringView text);
/// What parseSpanDuration reads as exactly this: "2500us".
QString spanDurationText(Nanoseconds duration);

} // namespace bw
