// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelslot_p.h>

#include <domain/metrics/exemplars.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
namespace {

// 15 min: the value of a day ago does not change, only the moment moves on; a hundredth of the distance.
constexpr Nanoseconds kReferenceEvery = 15min;
constexpr int kReferenceParts = 96;
// 1 min: a question in the background that failed is no hurry.
constexpr Nanoseconds kReferenceRetry = 1min;
// 1 min: exemplars are examples; the newest second of them is worth no question of its own.
constexpr Nanoseconds kExemplarsEvery = 1min;

} // namespace

/// The same question some time ago (option `compare`): asked rarely, because the past stays as it was.
void PanelController::askReference(Slot &slot)
{
    const Result<Nanoseconds> back = parseDuration(m_panel.options.value(u"compare"_s).toString());
    const QStringList only = m_panel.options.value(u"compare_queries"_s).toStringList();
    if (!back || *back <= 0ns || slot.query->type != "promql"_L1
        || (!only.isEmpty() && !only.contains(slot.query->id)))
        return;
    const BootTime now = m_ports.clock.bootNow();
    // Live, the moment moves on with the clock; else it is the range's end, whatever was asked before.
    const auto fixedEnd = m_environment.isLive ? std::nullopt : std::optional(m_range.end);
    const bool isSame = slot.referenceIdentity == slot.dataIdentity && slot.referenceEnd == fixedEnd;
    if (!isSame)
        slot.reference.reset(); // of another question
    const Nanoseconds every = std::max(kReferenceEvery, *back / kReferenceParts);
    if (isSame && slot.referenceAt && now - *slot.referenceAt < every)
        return;
    slot.referenceAt = now;
    slot.referenceIdentity = slot.dataIdentity;
    slot.referenceEnd = fixedEnd;
    const Timestamp end = fixedEnd.value_or(m_ports.clock.utcNow());
    const TimeRange moment = TimeRange{end - *back, end - *back}.snappedTo(1min);
    slot.referenceTicket =
        m_ports.executor.submit({slot.asked->spec.source, InstantQuery{slot.asked->expression, moment.begin}},
            {Priority::Background, AskedBy::Poll, 15min}, this,
            [this, asked = &slot, every](const Result<QueryResult> &answer) {
                if (!answer) { // the number stands without its change, or with the one known so far
                    asked->referenceAt = m_ports.clock.bootNow() - every + kReferenceRetry;
                    return;
                }
                asked->reference = *answer;
                markDirty();
            });
}

/// Traces behind the numbers: the panel's own expression over its range. A server that keeps none, or does
/// not know the question, is no failure of the panel.
void PanelController::askExemplars(Slot &slot)
{
    const auto *range = std::get_if<RangeQuery>(&slot.asked->spec.body);
    if (!slot.query->exemplars || !range)
        return;
    const BootTime now = m_ports.clock.bootNow();
    // By its selectors and whole minutes, so that panels about the same series share one answer.
    const auto selectors = exemplarExpression(slot.asked->expression);
    const TimeRange whole =
        TimeRange{m_range.begin, m_range.end + kExemplarsEvery}.snappedTo(kExemplarsEvery);
    const bool isSame = slot.exemplarIdentity == slot.dataIdentity
        && slot.exemplarRange.span() == whole.span() && m_environment.isLive;
    if (isSame && slot.exemplarsAt && now - *slot.exemplarsAt < kExemplarsEvery)
        return;
    if (slot.exemplarIdentity != slot.dataIdentity)
        slot.exemplars.reset();
    slot.exemplarsAt = now;
    slot.exemplarIdentity = slot.dataIdentity;
    slot.exemplarRange = whole;
    slot.isAskingExemplars = true;
    slot.exemplarTicket = m_ports.executor.submit(
        {slot.asked->spec.source, ExemplarQuery{selectors.value_or(slot.asked->expression), whole}},
        {Priority::Background, AskedBy::Poll, 30s}, this,
        [this, asked = &slot](const Result<QueryResult> &answer) {
            asked->isAskingExemplars = false;
            if (answer)
                asked->exemplars = *answer;
            markDirty();
        });
}

/// Own series hold their past themselves: what the newest sample was that much earlier (option `compare`).
std::optional<QueryResult> PanelController::ownReference(const Slot &slot) const
{
    const Result<Nanoseconds> back = parseDuration(m_panel.options.value(u"compare"_s).toString());
    const MetricData *held = dataAs<MetricData>(slot.result);
    if (!back || *back <= 0ns || !held)
        return std::nullopt;
    MetricData earlier;
    for (const Series &series : held->series) {
        const auto &times = series.times;
        const auto end = times.empty()
            ? times.end()
            : std::upper_bound(times.begin(), times.end(), times.back() - back->count());
        if (end == times.begin() || times.empty())
            continue;
        Series past;
        past.labels = series.labels;
        past.times.push_back(*std::prev(end));
        past.values.push_back(series.values[size_t(end - times.begin()) - 1]);
        earlier.series.push_back(std::move(past));
    }
    QueryResult result = slot.result;
    result.data = std::make_shared<const QueryData>(std::move(earlier));
    return result;
}

} // namespace bw
