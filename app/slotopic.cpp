// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/slotopic.h>

#include <domain/slo/sloviews.h>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {
// The engine's own pace, and how long a server may take.
constexpr Nanoseconds kInterval = 60s, kTimeout = 30s;
} // namespace

SloTopic::SloTopic(const SloBoard &slos, const Clock &clock, OwnBoard &board, QObject *parent)
    : QObject(parent)
    , m_slos(slos)
    , m_clock(clock)
{
    board.provide(u"slo"_s, [this](const OwnDataQuery &query) { return answer(query); });
    connect(&slos, &SloBoard::changed, this, [this, &board] {
        m_made.clear();
        board.announce(u"slo"_s);
    });
}

QueryResult SloTopic::answer(const OwnDataQuery &query)
{
    QueryResult result;
    result.spec = {{}, query};
    const QString name = query.topic.section(u':', 1); // views have colons of their own
    auto made = m_made.constFind(name);
    if (made == m_made.constEnd()) {
        const auto view = sloView(m_slos, name, m_clock.utcNow());
        made = m_made.insert(name,
            view ? Result<std::shared_ptr<const QueryData>>(std::make_shared<const QueryData>(*view))
                 : tl::make_unexpected(view.error()));
    }
    if (!*made) {
        result.freshness = afterFailure({}, made->error());
        return result;
    }
    result.data = **made;
    result.fetchedAt = m_slos.fetchedAt();
    result.freshness = aged(m_slos.freshness(), m_clock.bootNow(), kInterval, kTimeout);
    if (!m_slos.progress().isEmpty()) {
        if (result.freshness.state == Freshness::State::Fresh)
            result.freshness.state = Freshness::State::Partial;
        result.freshness.reason = m_slos.progress();
    }
    // Nothing fires, nothing is exhausted: that is an answer. Only a list without objectives is empty.
    if (!m_slos.statuses().empty() && result.freshness.state == Freshness::State::Empty)
        result.freshness.state = Freshness::State::Fresh;
    return result;
}

} // namespace bw
