// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/queryresult.h>

#include <cmath>
#include <limits>

namespace bw::sample {

using namespace Qt::Literals::StringLiterals;

inline Timestamp at(qint64 ms) { return fromUnixMs(ms); }

inline Labels labels(std::initializer_list<std::pair<QString, QString>> pairs)
{
    std::vector<Labels::Pair> list;
    for (const auto &[name, value] : pairs)
        list.emplace_back(Untrusted(name), Untrusted(value));
    return Labels::fromPairs(std::move(list));
}

inline QueryResult result(QuerySpec spec, QueryData data)
{
    QueryResult made;
    made.spec = std::move(spec);
    made.fetchedAt = at(1'795'300'000'123);
    made.freshness.state = Freshness::State::Fresh;
    made.data = std::make_shared<const QueryData>(std::move(data));
    made.warnings = {Untrusted(u"partial \u202e text"_s)};
    made.took = std::chrono::milliseconds(42);
    made.bytes = 12345;
    return made;
}

inline Series series(const QString &service, size_t samples, bool regular)
{
    Series made;
    made.labels = labels({{u"__name__"_s, u"requests"_s}, {u"service"_s, service}});
    for (size_t i = 0; i < samples; ++i) {
        const qint64 seconds = 1'795'300'000 + qint64(i) * 15 + (regular ? 0 : qint64(i * i % 7));
        made.times.push_back(seconds * 1'000'000'000);
        made.values.push_back(i % 5 == 0 ? std::nan("") : i % 7 == 0 ? HUGE_VAL : double(i) / 3);
    }
    return made;
}

inline QueryResult matrix()
{
    MetricData data;
    data.shape = MetricData::Shape::Matrix;
    data.series = {series(u"checkout"_s, 100, true), series(u"cart \ufeff été 🔥"_s, 50, false),
        series(u"\ufeffx"_s, 1, true), Series{}};
    data.series[2].histograms = {{5, 10.5, 3.25, {{0.1, 0.2, 4, 0}, {-HUGE_VAL, 0, 1, 3}}}};
    data.left = 7;
    return result({{u"prom-eu"_s},
                      RangeQuery{u"rate(x[5m])"_s, {at(1'795'300'000'000), at(1'795'303'600'000)},
                          std::chrono::seconds(15)}},
        std::move(data));
}

inline Alert alert(quint64 fingerprint)
{
    Alert made;
    made.key = {{u"am-eu"_s}, fingerprint};
    made.state = AlertState::Silenced;
    made.alertClass = AlertClass::Page;
    made.severity = Severity::Critical;
    made.labels = labels({{u"alertname"_s, u"HighErrorRate"_s}, {u"service"_s, u"checkout"_s}});
    made.annotations = labels({{u"summary"_s, u"it <b>burns</b>"_s}});
    made.startsAt = at(1'795'299'000'000);
    made.updatedAt = at(1'795'299'500'000);
    made.endsAt = at(1'795'310'000'000);
    made.generatorUrl = Untrusted(u"http://prom/graph"_s);
    made.receivers = {u"pager"_s};
    made.silencedBy = {u"s-1"_s, u"s-2"_s};
    made.members = {{{u"am-eu/1"_s}, at(1), at(2)}};
    made.membersAsked = 2;
    return made;
}

/// One answer of every kind there is.
inline std::vector<QueryResult> all()
{
    const TimeRange range{at(1000), at(2000)};
    Rule rule;
    rule.type = Rule::Type::Recording;
    rule.name = Untrusted(u"a:b"_s);
    rule.health = u"err"_s;
    rule.lastError = Untrusted(u"boom"_s);
    rule.forDuration = std::chrono::seconds(5);
    rule.lastEvaluation = at(77);
    rule.alerts = {alert(9)};
    Silence silence;
    silence.id = u"s-1"_s;
    silence.state = u"active"_s;
    silence.matchers = {{Untrusted(u"a"_s), Untrusted(u"b"_s), true, false}};
    silence.createdBy = Untrusted(u"ada"_s);
    OwnItem item;
    item.id = u"o"_s;
    item.at = at(5);
    item.title = Untrusted(u"deploy"_s);
    item.value = -0.5;
    MetricData text;
    text.shape = MetricData::Shape::String;
    text.text = Untrusted(u"hi"_s);
    text.textTime = -5;
    const DatasourceId prom{u"prom-eu"_s};
    QueryResult none = result({prom, InstantQuery{u"absent"_s, {}}}, MetricData{});
    none.freshness.state = Freshness::State::Empty;
    return {matrix(), none, result({prom, InstantQuery{u"\"hi\""_s, at(12)}}, text),
        result({prom, ExemplarQuery{u"x"_s, range}},
            ExemplarSet{{{labels({{u"a"_s, u"b"_s}}), labels({{u"trace_id"_s, u"1"_s}}), 0.5, 99}}}),
        result({prom, LabelQuery{u"job"_s, {u"up"_s}, range}},
            LabelValues{{Untrusted(u"a"_s), Untrusted(u"b"_s)}}),
        result({prom, SeriesQuery{{u"up"_s, u"x"_s}, {}}}, LabelSets{{labels({{u"a"_s, u"b"_s}}), Labels()}}),
        result({prom, MetadataQuery{u"up"_s}},
            MetadataSet{{{Untrusted(u"up"_s), Untrusted(u"gauge"_s), Untrusted(u"help"_s), Untrusted()}}}),
        result({prom, RulesQuery{u"alert"_s}},
            RuleGroups{{{Untrusted(u"g"_s), Untrusted(u"f.yml"_s), std::chrono::seconds(30),
                std::chrono::milliseconds(3), at(6), {rule}}}}),
        result({{u"am-eu/1"_s}, AlertsQuery{}},
            std::vector<Alert>{alert(1), alert(std::numeric_limits<quint64>::max()), Alert{}}),
        result({{u"am-eu/1"_s}, AlertGroupsQuery{}},
            std::vector<AlertGroup>{{labels({{u"g"_s, u"1"_s}}), u"pager"_s, {alert(3)}}}),
        result({{u"am-eu/1"_s}, SilencesQuery{}}, std::vector<Silence>{silence}),
        result({prom, StatusQuery{}},
            ServerStatus{u"prometheus"_s, u"2.42.0"_s, at(8), u"ready"_s, 2, {u"note"_s}}),
        result({{}, OwnDataQuery{u"deploys"_s, range}}, OwnItems{{item, OwnItem{}}, u"how to enable"_s})};
}

} // namespace bw::sample
