// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracesearch.h>

#include <domain/traces/tracesignature.h>

namespace bw {

namespace {

std::vector<ServiceShare> servicesOf(const Trace &trace)
{
    std::vector<ServiceShare> out;
    std::vector<int> at(trace.names().size(), -1);
    for (int row = 0; row < trace.size(); ++row) {
        int &index = at[size_t(trace.serviceIndex(row))];
        if (index < 0) {
            index = int(out.size());
            out.push_back({trace.service(row), 0, 0});
        }
        ++out[size_t(index)].spans;
        out[size_t(index)].errors += trace.isError(row);
    }
    return out;
}

} // namespace

TraceSummary summaryOf(const Trace &trace)
{
    TraceSummary out;
    out.id = trace.id();
    out.start = trace.startedAt();
    out.duration = trace.duration();
    out.spans = trace.facts().spans;
    out.errors = trace.facts().errors;
    out.services = servicesOf(trace);
    const int root = trace.mainRoot();
    if (root >= 0 && !trace.marks(root).testFlag(SpanMark::Orphan)) {
        out.rootService = trace.service(root);
        out.rootOperation = trace.operation(root);
    }
    if (const int failing = failingRow(trace); failing >= 0) {
        out.failedService = trace.service(failing);
        out.failedOperation = trace.operation(failing);
        out.failedSpan = trace.spanId(failing);
        out.exceptionType = failureOf(trace.detail(failing));
    }
    return out;
}

} // namespace bw
