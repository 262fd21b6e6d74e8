// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelslot_p.h>
#include <widgets/panels/tailrefresh.h>

#include <domain/base/format.h>
#include <domain/metrics/promqltext.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
namespace {

// 1 min: the past stays as it was. Only the moment moves on, and a failure is worth another try.
constexpr Nanoseconds kPastEvery = 1min;
// 15 min: an answer about a day ago that another panel got does as well.
constexpr std::chrono::milliseconds kYoungPast = 15min;
// 2 min: what a server took in later than that is rare enough to be missed.
constexpr Nanoseconds kSettledAfter = 2min;
// 11,000 samples a series: above it servers refuse a range.
constexpr int kMaxSteps = 11'000;

bool contains(const TimeRange &outer, const TimeRange &inner)
{
    return outer.begin <= inner.begin && inner.end <= outer.end;
}

} // namespace

void PanelController::setCompare(Compare compare)
{
    if (!m_view || !m_view->comparesWithPast() || m_compare == compare)
        return;
    m_compare = compare;
    for (auto &slot : m_slots)
        slot->past = {};
    markDirty();
}

/// Own data and traces have no past to ask for.
bool PanelController::isCompared(const Slot &slot) const
{
    return m_compare != Compare::Off && slot.asked && !showsOwn(slot)
        && (std::holds_alternative<RangeQuery>(slot.asked->spec.body)
            || std::holds_alternative<InstantQuery>(slot.asked->spec.body));
}

void PanelController::askPast()
{
    for (auto &slot : m_slots) {
        if (slot->hadOutcome && !slot->isAsking)
            askPast(*slot);
    }
}

/// What stays while only time goes on: an expression that has the range's ends in it is another one each
/// time.
QByteArray PanelController::pastIdentity(const Slot &slot) const
{
    const SourceInfo *source = sourceFor(slot);
    if (!slot.asked->followsRange || !source)
        return slot.asked->identity;
    StepPlan steps = slot.asked->steps;
    steps.range = {Timestamp(), Timestamp() + steps.range.span()};
    const Result<QString> fixed = expandMacros(slot.expressions[slot.attempt], contextFor(*source, steps));
    return source->id.id.toUtf8() + '\n' + QByteArray::number(qint64(steps.step.count())) + '\n'
        + fixed.value_or(QString()).toUtf8();
}

/// The present question over the shifted range, as a question of its own: macros see the shifted range.
void PanelController::askPast(Slot &slot)
{
    if (!isCompared(slot) || slot.attempt >= slot.expressions.size())
        return;
    Slot::Past &past = slot.past;
    const BootTime now = m_ports.clock.bootNow();
    const TimeRange range = slot.asked->steps.range;
    const QByteArray identity = pastIdentity(slot);
    const bool isSame = past.compare == m_compare && past.identity == identity;
    const bool isYoung = past.askedAt && now - *past.askedAt < kPastEvery;
    const bool isCovered = past.isExact ? past.covers == range : contains(past.covers, range);
    const bool hasMovedOn = past.isExact ? m_environment.isLive && past.covers.span() == range.span()
                                         : past.covers.begin <= range.begin && past.covers.span() > 0ns;
    if (isSame && !past.hasFailed && (isCovered || (isYoung && hasMovedOn)))
        return;
    if (isSame && past.hasFailed && isYoung)
        return; // tried again with a later refresh
    const Nanoseconds back = spanOf(m_compare);
    Result<Plan> plan = planFor(slot, slot.expressions[slot.attempt], back);
    if (!plan)
        return; // the present has said so
    if (!isSame)
        past = {};
    const Timestamp settled = m_ports.clock.utcNow() - kSettledAfter;
    QuerySpec spec = plan->spec;
    past.covers = range;
    past.isExact = true;
    past.hasFailed = false;
    if (auto *asked = std::get_if<RangeQuery>(&spec.body); asked && !plan->followsRange) {
        asked->range = pastRange(range, plan->steps.step, back,
            m_environment.isLive ? std::optional(settled) : std::nullopt, kMaxSteps);
        past.covers = {asked->range.begin + back, std::min(asked->range.end, settled) + back};
        past.isExact = false;
    } else if (auto *moment = std::get_if<InstantQuery>(&spec.body); moment && !moment->at) {
        const Timestamp at = m_ports.clock.utcNow() - back;
        moment->at = TimeRange{at, at}.snappedTo(kPastEvery).begin; // so that panels share an answer
    }
    past.compare = m_compare;
    past.identity = identity;
    past.askedAt = now;
    past.sent = spec;
    past.isAsking = true;
    past.ticket =
        m_ports.executor.submit(std::move(spec), {Priority::Background, m_options.askedBy, kYoungPast}, this,
            [this, asked = &slot](const Result<QueryResult> &answer) { pastAnswered(*asked, answer); });
}

void PanelController::pastAnswered(Slot &slot, const Result<QueryResult> &answer)
{
    Slot::Past &past = slot.past;
    past.isAsking = false;
    past.shown.reset();
    if (!answer) {
        past.hasFailed = true;
        past.result.freshness = afterFailure(past.result.freshness, answer.error());
        markDirty();
        return;
    }
    past.result = *answer;
    past.inspection = inspectionOf(*answer);
    if (past.result.freshness.state == Freshness::State::Never)
        past.result.freshness =
            afterSuccess(m_ports.clock.bootNow(), m_ports.clock.utcNow(), !hasRows(past.result));
    markDirty();
}

std::optional<QueryResult> PanelController::pastToShow(Slot &slot, const TimeRange &range) const
{
    if (!isCompared(slot))
        return std::nullopt;
    Slot::Past &past = slot.past;
    if (past.shown && past.shownFor == range) {
        past.shown->freshness = past.result.freshness;
        return past.shown;
    }
    past.shown = past.result;
    past.shownFor = range;
    if (const MetricData *data = dataAs<MetricData>(past.result))
        past.shown->data =
            std::make_shared<const QueryData>(broughtForward(*data, spanOf(past.compare), range));
    return past.shown;
}

QString PanelController::compareNote() const
{
    if (m_compare == Compare::Off)
        return {};
    const QString when = textOf(m_compare);
    int compared = 0, waiting = 0, empty = 0;
    const Freshness *bad = nullptr;
    for (const auto &slot : m_slots) {
        if (!isCompared(*slot))
            continue;
        ++compared;
        const Freshness &freshness = slot->past.result.freshness;
        const bool isOld = freshness.state == Freshness::State::Stale && slot->past.result.data;
        waiting += freshness.state == Freshness::State::Never;
        empty += freshness.state == Freshness::State::Empty;
        if (isOld || freshness.state == Freshness::State::Error
            || freshness.state == Freshness::State::NeedsAuth || freshness.state == Freshness::State::Partial)
            bad = &freshness;
    }
    if (compared == 0)
        return m_askedAt ? tr("%1: nothing here can be compared").arg(when) : when;
    if (bad)
        return u"%1: %2"_s.arg(when, describe(*bad, m_ports.clock.bootNow()).word);
    if (waiting > 0)
        return tr("%1: loading").arg(when);
    if (empty == compared)
        return tr("%1: no data").arg(when);
    const int sides = int(m_slots.size());
    if (compared < sides)
        return tr("%1: %2 of %3 questions").arg(when).arg(compared).arg(sides);
    const Nanoseconds shift = clockShift(m_compare, m_range.end, m_environment.zone);
    if (shift != 0ns)
        return tr("%1, by the clock %2 %3")
            .arg(when, formatAge(std::chrono::abs(shift)), shift > 0ns ? tr("later") : tr("earlier"));
    return when;
}

QString PanelController::withCompare(const QString &text) const
{
    const QString compared = compareNote();
    return text.isEmpty() || compared.isEmpty() ? text + compared : text + u" · "_s + compared;
}

/// The server counts in the expression as it was sent; the text has macros where that has their values.
std::optional<qsizetype> PanelController::problemPlace(const Slot &slot) const
{
    const SourceInfo *source = sourceFor(slot);
    if (slot.problem.isEmpty() || !slot.asked || !source || slot.attempt != 0)
        return std::nullopt; // a fallback has a text of its own
    const QString &text = slot.expressions.front();
    const MacroContext context = contextFor(*source, slot.asked->steps);
    // Matchers that were put in beside moved everything behind them.
    const Result<QString> expanded = expandMacros(text, context);
    const std::optional<qsizetype> at = promqlErrorPosition(slot.problem, slot.asked->expression);
    if (!at || !expanded || *expanded != slot.asked->expression)
        return std::nullopt;
    return placeBefore(text, context, *at);
}

QueryInspection PanelController::pastInspection(const Slot &slot) const
{
    const Slot::Past &past = slot.past;
    QueryInspection entry = past.inspection;
    entry.id = slot.query->id;
    entry.isPast = true;
    entry.spec = past.sent;
    entry.source = past.sent.source.id;
    const auto *range = std::get_if<RangeQuery>(&past.sent.body);
    const auto *moment = std::get_if<InstantQuery>(&past.sent.body);
    entry.expression = range ? range->expression : moment ? moment->expression : QString();
    entry.kind = range
        ? tr("compare, %1, range, step %2").arg(textOf(past.compare), promDuration(range->step))
        : tr("compare, %1, instant").arg(textOf(past.compare));
    const FreshnessText text = describe(past.result.freshness, m_ports.clock.bootNow());
    entry.freshness = text.sentence.isEmpty() ? text.word : text.word + u", "_s + text.sentence;
    return entry;
}

} // namespace bw
