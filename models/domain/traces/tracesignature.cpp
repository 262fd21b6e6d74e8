// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracesignature.h>

#include <domain/traces/siblinggroups.h>

#include <QHash>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr size_t kSamples = 3;
constexpr int kLongestMessage = 120;

/// The value of the last event "exception" that has a type.
const Untrusted *exceptionOf(const SpanDetail &detail)
{
    for (auto event = detail.events.rbegin(); event != detail.events.rend(); ++event) {
        if (verbatim(event->name) != "exception"_L1)
            continue;
        for (const SpanAttribute &one : event->attributes) {
            if (verbatim(one.key) == "exception.type"_L1 && !one.value.isEmpty())
                return &one.value;
        }
    }
    return nullptr;
}

/// "HTTP 503" where the attribute is a number of at least `least`; else empty.
Untrusted codeOf(const SpanDetail &detail, QStringView key, const QString &protocol, int least)
{
    const Untrusted *value = detail.find(key);
    bool isNumber = false;
    const int code = value ? verbatim(*value).toInt(&isNumber) : 0;
    return isNumber && code >= least ? Untrusted(protocol + u' ' + QString::number(code)) : Untrusted();
}

} // namespace

size_t qHash(const TraceSignature &signature, size_t seed) noexcept
{
    return qHashMulti(seed, signature.rootService, signature.rootOperation, signature.failedService,
        signature.failedOperation, signature.exceptionType);
}

int failingRow(const Trace &trace)
{
    int best = -1, nextError = trace.size();
    for (int row = trace.size() - 1; row >= 0; --row) {
        if (!trace.isError(row))
            continue;
        const bool isDeepest = nextError >= trace.subtreeEnd(row);
        nextError = row;
        if (isDeepest && (best < 0 || trace.start(row) <= trace.start(best)))
            best = row;
    }
    return best;
}

Untrusted failureOf(const SpanDetail &detail)
{
    if (const Untrusted *type = exceptionOf(detail))
        return *type;
    if (const Untrusted *type = detail.find(u"error.type"); type && !type->isEmpty())
        return *type;
    for (const auto &key : {u"http.response.status_code"_s, u"http.status_code"_s}) {
        if (Untrusted code = codeOf(detail, key, u"HTTP"_s, 400); !code.isEmpty())
            return code;
    }
    if (Untrusted code = codeOf(detail, u"rpc.grpc.status_code", u"gRPC"_s, 1); !code.isEmpty())
        return code;
    return Untrusted(normalizedName(verbatim(detail.statusMessage)).left(kLongestMessage));
}

std::optional<TraceSignature> signatureOf(const Trace &trace)
{
    if (trace.facts().errors == 0)
        return std::nullopt;
    return signatureOf(summaryOf(trace));
}

TraceSignature signatureOf(const TraceSummary &summary)
{
    return {summary.rootService, normalizedName(summary.rootOperation), summary.failedService,
        normalizedName(summary.failedOperation), summary.exceptionType};
}

std::vector<SignatureGroup> groupedBySignature(const std::vector<TraceSummary> &summaries)
{
    std::vector<SignatureGroup> out;
    std::vector<std::vector<const TraceSummary *>> members;
    QHash<TraceSignature, size_t> indexes;
    for (const TraceSummary &summary : summaries) {
        const TraceSignature signature = signatureOf(summary);
        const auto at = indexes.constFind(signature);
        const size_t index = at != indexes.constEnd() ? *at : out.size();
        if (index == out.size()) {
            indexes.insert(signature, index);
            out.push_back({signature, 0, summary.start, summary.duration, summary.duration, {}});
            members.emplace_back();
        }
        SignatureGroup &group = out[index];
        ++group.count;
        group.newest = std::max(group.newest, summary.start);
        group.shortest = std::min(group.shortest, summary.duration);
        group.longest = std::max(group.longest, summary.duration);
        members[index].push_back(&summary);
    }
    for (size_t i = 0; i < out.size(); ++i) {
        std::stable_sort(members[i].begin(), members[i].end(),
            [](const TraceSummary *a, const TraceSummary *b) { return a->start > b->start; });
        for (size_t k = 0; k < std::min(kSamples, members[i].size()); ++k)
            out[i].samples.push_back(*members[i][k]);
    }
    std::stable_sort(out.begin(), out.end(), [](const SignatureGroup &a, const SignatureGroup &b) {
        return a.count != b.count ? a.count > b.count : a.newest > b.newest;
    });
    return out;
}

} // namespace bw
