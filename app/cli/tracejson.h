// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/jsonwriter.h>
#include <domain/traces/trace.h>
#include <domain/traces/tracesearch.h>

namespace bw {

/// One trace: its facts, its critical path, and every span in the order of the waterfall.
void writeTrace(JsonWriter &json, const Trace &trace);
void writeSummary(JsonWriter &json, const TraceSummary &summary);
/// The same for people: facts, then a tree of at most `lines` spans.
QByteArray traceText(const Trace &trace, int lines);
QByteArray summariesText(const TraceSummaries &found);

} // namespace bw
