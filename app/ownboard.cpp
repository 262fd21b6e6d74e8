// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/ownboard.h>

using namespace Qt::Literals::StringLiterals;

using namespace std::chrono_literals;

namespace bw {

namespace {
constexpr Nanoseconds kStillNow = 5min;
}

OwnBoard::OwnBoard(const Clock &clock, const SourceBoard &sources, QObject *parent)
    : OwnData(parent)
    , m_clock(clock)
    , m_sources(sources)
{
    connect(&sources, &SourceBoard::changed, this, &OwnBoard::mirrorSources);
}

QueryResult OwnBoard::current(const OwnDataQuery &query) const
{
    if (const auto provider = m_providers.constFind(query.topic.section(u':', 0, 0));
        provider != m_providers.constEnd())
        return (*provider)(query);
    QueryResult result;
    result.spec = {{}, query};
    emit wanted(query.topic);
    const auto at = m_topics.constFind(query.topic);
    if (at == m_topics.constEnd()) {
        result.freshness.reason = tr("nothing is recorded about %1 yet").arg(query.topic);
        return result;
    }
    result.fetchedAt = at->fetchedAt;
    result.data = at->data;
    result.freshness = at->interval.count() > 0
        ? aged(at->freshness, m_clock.bootNow(), at->interval, at->timeout)
        : at->freshness;
    const auto *items = dataAs<OwnItems>(result);
    // Sources are as they are now, and changes are about now, whatever range is on screen.
    if (!items || !query.range || query.topic == u"sources"_s || query.topic == u"changes"_s)
        return result;
    // A range that ends now was cut to whole steps; what happened since belongs to it.
    TimeRange range = *query.range;
    if (m_clock.utcNow() - range.end < kStillNow)
        range.end = std::max(range.end, m_clock.utcNow() + kStillNow);
    OwnItems inRange;
    inRange.note = items->note;
    std::copy_if(items->items.begin(), items->items.end(), std::back_inserter(inRange.items),
        [&range](const OwnItem &item) { return range.contains(item.at); });
    if (inRange.items.empty() && result.freshness.state == Freshness::State::Fresh)
        result.freshness.state = Freshness::State::Empty;
    result.data = std::make_shared<const QueryData>(std::move(inRange));
    return result;
}

void OwnBoard::publish(const QString &topic, std::shared_ptr<const QueryData> data,
    const Freshness &freshness, Timestamp fetchedAt, Nanoseconds interval, Nanoseconds timeout)
{
    m_topics.insert(topic, {std::move(data), freshness, fetchedAt, interval, timeout});
    emit changed(topic.section(u':', 0, 0));
}

void OwnBoard::mirrorSources()
{
    OwnItems items;
    const Timestamp now = m_clock.utcNow();
    for (const SourceInfo &source : m_sources.sources()) {
        OwnItem item;
        item.id = source.id.id;
        item.at = source.freshness.lastGoodUtc.value_or(Timestamp{});
        item.title = Untrusted(source.title.isEmpty() ? source.id.id : source.title);
        item.text = Untrusted(describe(source.freshness, m_clock.bootNow()).sentence);
        item.kind = source.kind;
        item.state = stateName(source.freshness.state);
        item.value = double(source.latency.count());
        item.labels = Labels::fromPairs({{Untrusted(u"source"_s), Untrusted(source.source)},
            {Untrusted(u"version"_s), Untrusted(source.version)},
            {Untrusted(u"url"_s), Untrusted(source.url)}});
        items.items.push_back(std::move(item));
    }
    const bool empty = items.items.empty();
    publish(u"sources"_s, std::make_shared<const QueryData>(std::move(items)),
        afterSuccess(m_clock.bootNow(), now, empty), now);
}

} // namespace bw
