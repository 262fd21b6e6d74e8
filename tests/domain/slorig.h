// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/sloengine.h>

#include <support/fakeclock.h>

#include <QRegularExpression>
#include <QTest>

#include <cmath>
#include <deque>

namespace bw {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

/// A server whose answers follow a rule: events a second by name of the metric in the expression.
class RuleServer final : public QueryExecutor
{
public:
    struct Asked
    {
        QuerySpec spec;
        Callback done;
        std::shared_ptr<bool> isWanted;
    };
    [[nodiscard]] QueryTicket submit(QuerySpec spec, QueryOptions, const QObject *, Callback done) override
    {
        auto isWanted = std::make_shared<bool>(true);
        log += lineOf(spec);
        asked += expressionOf(spec);
        queue.push_back({std::move(spec), std::move(done), isWanted});
        mostAtOnce = std::max(mostAtOnce, int(queue.size()));
        return QueryTicket([isWanted] { *isWanted = false; });
    }

    /// Answers everything that is asked, also what the answers make the engine ask.
    void run()
    {
        for (int rounds = 0; !queue.empty() && rounds < 1000; ++rounds)
            runOne();
    }
    void runOne()
    {
        const Asked next = queue.front();
        queue.pop_front();
        if (took)
            took();
        if (*next.isWanted)
            next.done(answer(next.spec));
    }

    /// "range 168 3" hours and objectives, "instant 5m 3".
    QStringList log;
    std::deque<Asked> queue;
    int mostAtOnce = 0;
    QMap<QString, double> perSecond; ///< metric → events a second; a metric that is not there has no series
    QString broken; ///< expressions with this are refused
    bool isDown = false, isPartial = false;
    std::optional<Timestamp> holdsFrom; ///< retention
    SeriesSet recorded;
    QMap<QString, QStringList> groups; ///< metric → values of its label g; else it has one series
    QStringList warnings; ///< of every answer
    QString wide; ///< expressions with this have more series than our cap
    QString slow; ///< expressions with this time out …
    int slowFrom = 0; ///< … in ranges of so many steps; instants do too when it is 0
    bool hasUp = true; ///< a series `up`, for as long as the server holds anything
    QStringList asked; ///< expressions
    std::function<Timestamp()> now;
    std::function<void()> took; ///< called with every answer

private:
    static QString expressionOf(const QuerySpec &spec)
    {
        const auto *range = std::get_if<RangeQuery>(&spec.body);
        return range ? range->expression : std::get<InstantQuery>(spec.body).expression;
    }
    static QString lineOf(const QuerySpec &spec)
    {
        const QString expression = expressionOf(spec);
        if (expression.startsWith(u"{__name__"_s))
            return u"recorded"_s;
        if (expression.contains(u"count(up)"_s))
            return u"reach"_s;
        static const QRegularExpression window(u"\\[([0-9a-z]+)\\]"_s), number(u"\"bw_slo\", \"(\\d+)\""_s);
        QSet<QString> slos;
        for (auto it = number.globalMatch(expression); it.hasNext();)
            slos += it.next().captured(1);
        if (const auto *range = std::get_if<RangeQuery>(&spec.body))
            return u"range %1 %2"_s.arg(range->range.span() / range->step + 1).arg(slos.size());
        return u"instant %1 %2"_s.arg(window.match(expression).captured(1)).arg(slos.size());
    }

    SeriesSet reach(const QString &expression) const
    {
        static const QRegularExpression offset(u"offset (\\w+)\\)"_s);
        const auto ago = parseDuration(offset.match(expression).captured(1));
        SeriesSet set;
        for (const QString &part : {u"now"_s, u"then"_s}) {
            if (!hasUp || (part == u"then"_s && holdsFrom && now() - *ago < *holdsFrom))
                continue;
            Series series;
            series.labels = Labels::fromPairs({{Untrusted(u"bw_part"_s), Untrusted(part)}});
            series.times.push_back(0);
            series.values.push_back(3);
            set.push_back(std::move(series));
        }
        return set;
    }

    Result<QueryResult> answer(const QuerySpec &spec)
    {
        if (isDown)
            return fail(Error::Kind::Network, u"refused by the test"_s);
        const QString expression = expressionOf(spec);
        if (!broken.isEmpty() && expression.contains(broken))
            return fail(Error::Kind::Invalid, u"parse error at %1"_s.arg(broken));
        const auto *asRange = std::get_if<RangeQuery>(&spec.body);
        const qint64 steps = asRange ? asRange->range.span() / asRange->step + 1 : 0;
        if (!slow.isEmpty() && expression.contains(slow) && steps >= slowFrom)
            return fail(Error::Kind::Timeout, u"query timed out"_s);
        MetricData data;
        if (!wide.isEmpty() && expression.contains(wide))
            data.left = 7;
        if (expression.contains(u"count(up)"_s))
            data.series = reach(expression);
        if (expression.startsWith(u"{__name__"_s))
            data.series = recorded;
        static const QRegularExpression part(
            u"\\(\\(\\n(\\w+)\\[([0-9a-z]+)\\]\\n\\), \"bw_slo\", \"(\\d+)\", \"\", \"\"\\), \"bw_part\", \"(\\w+)\""_s);
        for (auto it = part.globalMatch(expression); it.hasNext();) {
            const auto match = it.next();
            if (!perSecond.contains(match.captured(1)))
                continue;
            const double value =
                perSecond[match.captured(1)] * double(parseDuration(match.captured(2))->count()) / 1e9;
            for (const QString &group : groups.value(match.captured(1), {QString()})) {
                Series series;
                series.labels = Labels::fromPairs({{Untrusted(u"bw_slo"_s), Untrusted(match.captured(3))},
                    {Untrusted(u"bw_part"_s), Untrusted(match.captured(4))},
                    {Untrusted(u"g"_s), Untrusted(group)}});
                if (const auto *range = std::get_if<RangeQuery>(&spec.body)) {
                    for (Timestamp t = range->range.begin; t <= range->range.end; t += range->step) {
                        if (holdsFrom && t <= *holdsFrom)
                            continue;
                        series.times.push_back(toNs(t));
                        series.values.push_back(value);
                    }
                } else {
                    series.times.push_back(0);
                    series.values.push_back(value);
                }
                data.series.push_back(std::move(series));
            }
        }
        QueryResult result;
        result.spec = spec;
        if (isPartial)
            result.warnings = {Untrusted(u"a store did not answer"_s)};
        for (const QString &warning : warnings)
            result.warnings.emplace_back(warning);
        result.data = std::make_shared<const QueryData>(std::move(data));
        return result;
    }
};

class MemoryHistory final : public SloHistory
{
public:
    void load(QStringList slos, qint64 fromHour, const QObject *, Loaded done) override
    {
        std::vector<KeptBuckets> found;
        for (const KeptBuckets &one : kept) {
            if (!slos.contains(one.slo))
                continue;
            KeptBuckets copy = one;
            std::erase_if(
                copy.buckets, [fromHour](const HourBucket &bucket) { return bucket.hour < fromHour; });
            found.push_back(copy);
        }
        done(found);
    }
    void keep(std::vector<KeptBuckets> fresh) override
    {
        for (KeptBuckets &one : fresh) {
            const auto at = std::find_if(kept.begin(), kept.end(), [&](const KeptBuckets &other) {
                return other.slo == one.slo && other.group == one.group && other.specHash == one.specHash;
            });
            if (at == kept.end())
                kept.push_back(std::move(one));
            else
                mergeBuckets(at->buckets, one.buckets);
        }
    }
    void prune(qint64 beforeHour) override { pruned += beforeHour; }
    QString problem() const override { return wrong; }
    /// Hours of an objective that are in it, by group, each with its state's letter.
    QString lettersOf(const QString &slo) const
    {
        QStringList out;
        for (const KeptBuckets &one : kept) {
            QString letters = one.group.section(QChar(0x1f), 1) + u':';
            for (const HourBucket &bucket : one.buckets)
                letters += u"cpom"_s[int(bucket.state)];
            if (one.slo == slo)
                out += letters;
        }
        return out.join(u' ');
    }
    QList<qint64> pruned;
    QString wrong;
    std::vector<KeptBuckets> kept;
};

inline Slo objective(const QString &id, const QString &bad, const QString &total, Nanoseconds period = 720h)
{
    Slo slo;
    slo.id = slo.title = id;
    slo.target = 0.99;
    slo.period.length = period;
    slo.indicator.bad = bad + u"[$__window]"_s;
    slo.indicator.total = total + u"[$__window]"_s;
    slo.burn = standardBurnRows(period);
    return slo;
}

inline const DatasourceId kProm{u"prom"_s};

struct Rig
{
    explicit Rig(SloHistory *history = nullptr)
        : engine(server, clock, board, history)
    {
        server.perSecond = {{u"b"_s, 0.05}, {u"t"_s, 10}};
        server.now = [this] { return clock.utcNow(); };
    }
    void set(const std::vector<Slo> &slos, const QString &address = u"http://prom:9090"_s)
    {
        engine.setSlos(slos, {{kProm, address}}, kProm);
    }
    void ask()
    {
        engine.refresh();
        settle();
    }
    /// Runs until nothing is due, and lets the board hear of it.
    void settle()
    {
        server.run();
        QTRY_VERIFY(engine.isSettled());
    }
    const SloStatus &status(const QString &id = u"a"_s) const { return *board.find(id); }
    FakeClock clock; // 2026-11-21T12:00:00Z
    RuleServer server;
    SloBoard board;
    SloEngine engine;
};

inline bool near(double a, double b) { return std::abs(a - b) < 1e-9; }

} // namespace bw
