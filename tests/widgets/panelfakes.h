// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelports.h>

#include <QHash>
#include <QPointer>

#include <cmath>
#include <list>
#include <utility>
#include <vector>

namespace bw::test {

/// Ticks by hand; utc and boot run together.
class FakeClock final : public Clock
{
public:
    Timestamp utcNow() const override { return Timestamp(std::chrono::hours(490'000)) + m_since; }
    BootTime bootNow() const override { return {std::chrono::hours(10) + m_since}; }
    void advance(Nanoseconds by) { m_since += by; }

private:
    Nanoseconds m_since{0};
};

/// Keeps every question until the test answers it.
class FakeExecutor final : public QueryExecutor
{
public:
    struct Asked
    {
        QuerySpec spec;
        QueryOptions options;
        QPointer<const QObject> receiver;
        Callback done;
        std::shared_ptr<bool> isOpen = std::make_shared<bool>(true); ///< shared with the ticket
    };
    QueryTicket submit(QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done) override
    {
        Asked question;
        question.spec = std::move(spec);
        question.options = options;
        question.receiver = receiver;
        question.done = std::move(done);
        asked.push_back(std::move(question));
        return QueryTicket([open = asked.back().isOpen] { *open = false; });
    }
    int open() const
    {
        int count = 0;
        for (const Asked &question : asked)
            count += *question.isOpen;
        return count;
    }
    std::vector<QString> openExpressions() const
    {
        std::vector<QString> list;
        for (const Asked &question : asked) {
            if (*question.isOpen)
                list.push_back(expressionOf(question.spec));
        }
        return list;
    }
    static QString expressionOf(const QuerySpec &spec)
    {
        if (const auto *range = std::get_if<RangeQuery>(&spec.body))
            return range->expression;
        if (const auto *instant = std::get_if<InstantQuery>(&spec.body))
            return instant->expression;
        if (const auto *label = std::get_if<LabelQuery>(&spec.body))
            return QStringLiteral("label ") + label->label + label->matches.join(QLatin1Char(','));
        return QStringLiteral("other");
    }
    /// Answers every open question with what `answer` makes of it; new ones that come of it stay open.
    void answerAll(const std::function<Result<QueryResult>(const QuerySpec &)> &answer)
    {
        std::vector<std::list<Asked>::iterator> now;
        for (auto it = asked.begin(); it != asked.end(); ++it) {
            if (*it->isOpen)
                now.push_back(it);
        }
        for (auto it : now) {
            if (!std::exchange(*it->isOpen, false) || !it->receiver)
                continue;
            it->done(answer(it->spec));
        }
    }
    /// Forgets what was asked and answered so far.
    void clear()
    {
        asked.remove_if([](const Asked &question) { return !*question.isOpen; });
    }

    std::list<Asked> asked;
};

/// Topics the test publishes.
class FakeOwn final : public OwnData
{
public:
    QueryResult current(const OwnDataQuery &query) const override
    {
        QueryResult none;
        none.freshness.reason = QStringLiteral("nothing published");
        return m_topics.value(query.topic, none);
    }
    void publish(const QString &topic, QueryData data, const Freshness &freshness)
    {
        QueryResult result;
        result.data = std::make_shared<const QueryData>(std::move(data));
        result.freshness = freshness;
        m_topics.insert(topic, result);
        emit changed(topic);
    }

private:
    QHash<QString, QueryResult> m_topics;
};

/// A cache in memory.
class FakeCache final : public LastGoodCache
{
public:
    void keep(const QueryResult &result) override
    {
        kept.insert(identityOf(result.spec), result);
        ++keeps;
    }
    void fetch(std::vector<QuerySpec> specs, const QObject *receiver, Loaded done) override
    {
        Q_UNUSED(receiver)
        std::vector<QueryResult> found;
        for (const QuerySpec &spec : specs) {
            const auto at = kept.constFind(identityOf(spec));
            if (at == kept.cend())
                continue;
            QueryResult old = *at;
            old.freshness.state = Freshness::State::Stale;
            found.push_back(old);
        }
        pending.push_back([found, done] { done(found); });
    }
    void deliver()
    {
        for (const auto &run : std::exchange(pending, {}))
            run();
    }
    QHash<QByteArray, QueryResult> kept;
    std::vector<std::function<void()>> pending;
    int keeps = 0;
};

inline Labels labelsOf(const QMap<QString, QString> &pairs)
{
    std::vector<Labels::Pair> list;
    for (auto pair = pairs.begin(); pair != pairs.end(); ++pair)
        list.emplace_back(Untrusted(pair.key()), Untrusted(pair.value()));
    return Labels::fromPairs(std::move(list));
}

inline Series seriesFrom(
    const QMap<QString, QString> &labels, const TimeRange &range, Nanoseconds step, double value)
{
    Series series;
    series.labels = labelsOf(labels);
    for (Timestamp t = range.begin; t <= range.end; t += step) {
        series.times.push_back(toNs(t));
        series.values.push_back(value);
    }
    return series;
}

/// A good answer to a metric question: one series with `value` throughout, or none at all.
inline QueryResult metricAnswer(const QuerySpec &spec, const Clock &clock, std::vector<Series> series)
{
    MetricData data;
    data.shape =
        std::holds_alternative<RangeQuery>(spec.body) ? MetricData::Shape::Matrix : MetricData::Shape::Vector;
    data.series = std::move(series);
    QueryResult result;
    result.spec = spec;
    result.fetchedAt = clock.utcNow();
    result.freshness = afterSuccess(clock.bootNow(), clock.utcNow(), data.series.empty());
    result.data = std::make_shared<const QueryData>(std::move(data));
    return result;
}
inline QueryResult constantAnswer(const QuerySpec &spec, const Clock &clock, double value = 1)
{
    const QMap<QString, QString> labels{{QStringLiteral("service"), QStringLiteral("checkout")}};
    if (const auto *range = std::get_if<RangeQuery>(&spec.body))
        return metricAnswer(spec, clock, {seriesFrom(labels, range->range, range->step, value)});
    const Timestamp now = clock.utcNow();
    return metricAnswer(spec, clock, {seriesFrom(labels, {now, now}, std::chrono::seconds(1), value)});
}

/// Everything a dashboard needs, with one fresh Prometheus.
struct Session
{
    Session()
    {
        SourceInfo info;
        info.id = {QStringLiteral("prom")};
        info.source = QStringLiteral("prom");
        info.kind = QStringLiteral("prometheus");
        info.isDefault = true;
        info.freshness = afterSuccess(clock.bootNow(), clock.utcNow(), false);
        info.profile.found = true;
        info.profile.families = {QStringLiteral("up")};
        sources.update(info);
    }
    DashboardPorts ports(LastGoodCache *withCache = nullptr)
    {
        return {executor, own, sources, clock, withCache};
    }
    void answerAll(double value = 1)
    {
        executor.answerAll(
            [&](const QuerySpec &spec) -> Result<QueryResult> { return constantAnswer(spec, clock, value); });
    }
    void failAll(Error::Kind kind = Error::Kind::Timeout)
    {
        executor.answerAll([&](const QuerySpec &) -> Result<QueryResult> {
            return fail(kind, QStringLiteral("prom: timeout after 10 s; trying again"));
        });
    }

    FakeClock clock;
    FakeExecutor executor;
    FakeOwn own;
    SourceBoard sources;
};

/// Strings that are something else in a widget that looks for markup.
inline QStringList hostileTexts()
{
    return {QStringLiteral("<b>bold</b>"), QStringLiteral("<img src=\"file:///etc/passwd\">"),
        QStringLiteral("<a href=\"javascript:alert(1)\">x</a>"), QStringLiteral("&lt;b&gt;"),
        QStringLiteral("\u202Egpj.exe"), QStringLiteral("a\u200Bb"), QStringLiteral("\x1b[31mred\x1b[0m"),
        QStringLiteral("=cmd|'/c calc'!A0"), QStringLiteral("![x](file:///etc/passwd)"),
        QStringLiteral("line\nbreak"), QStringLiteral("{{__name__}}"), QStringLiteral("${__sel.requests}"),
        QString(5000, QLatin1Char('x'))};
}

} // namespace bw::test
