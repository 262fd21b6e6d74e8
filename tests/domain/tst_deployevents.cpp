// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/deployevents.h>

#include <QTest>

#include <algorithm>
#include <limits>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kStart = 1'795'269'600;
const TimeRange kHour{fromNs(kStart * 1'000'000'000), fromNs((kStart + 3600) * 1'000'000'000)};

DeployEvent deploy(const QString &kind, Nanoseconds after, const QString &owner = u"checkout"_s,
    const QString &nameSpace = {})
{
    DeployEvent out;
    out.at = kHour.begin + after;
    out.owner = owner;
    out.nameSpace = nameSpace;
    out.kind = kind;
    out.source = kind + u"-source"_s;
    return out;
}

Series series(const QMap<QString, QString> &labels, std::initializer_list<std::pair<int, double>> samples)
{
    std::vector<Labels::Pair> pairs;
    for (auto label = labels.begin(); label != labels.end(); ++label)
        pairs.emplace_back(Untrusted(label.key()), Untrusted(label.value()));
    Series out;
    out.labels = Labels::fromPairs(std::move(pairs));
    for (const auto &[second, value] : samples) {
        out.times.push_back((kStart + second) * 1'000'000'000);
        out.values.push_back(value);
    }
    return out;
}

Series version(const QString &name, std::initializer_list<int> seconds, const QString &pod = u"p"_s)
{
    Series out = series({{u"__name__"_s, u"app_build_info"_s}, {u"job"_s, u"checkout"_s},
                            {u"version"_s, name}, {u"pod"_s, pod}},
        {});
    for (const int second : seconds) {
        out.times.push_back((kStart + second) * 1'000'000'000);
        out.values.push_back(1);
    }
    return out;
}

/// JSON written with single quotes.
QByteArray json(const char *text) { return QByteArray(text).replace('\'', '"'); }

QString text(const std::vector<DeployEvent> &events)
{
    QStringList out;
    for (const DeployEvent &one : events) {
        out << u"%1+%2 %3 %4>%5"_s.arg(one.owner)
                   .arg(std::chrono::duration_cast<std::chrono::seconds>(one.at - kHour.begin).count())
                   .arg(one.kind, render::plain(one.oldVersion), render::plain(one.newVersion));
    }
    return out.join(u"; "_s);
}

} // namespace

class TestDeployEvents : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void merging_data()
    {
        QTest::addColumn<std::vector<DeployEvent>>("events");
        QTest::addColumn<QString>("expected");
        QTest::newRow("none") << std::vector<DeployEvent>{} << u""_s;
        QTest::newRow("the most certain names it") << std::vector{deploy(u"restart"_s, 10s),
            deploy(u"rollout"_s, 30s), deploy(u"build"_s, 60s), deploy(u"touched"_s, 5s)}
                                                   << u"checkout+30 rollout >"_s;
        QTest::newRow("git above all")
            << std::vector{deploy(u"rollout"_s, 0s), deploy(u"git"_s, 200s)} << u"checkout+200 git >"_s;
        QTest::newRow("five minutes apart") << std::vector{deploy(u"rollout"_s, 0s),
            deploy(u"rollout"_s, 5min)} << u"checkout+0 rollout >; checkout+300 rollout >"_s;
        QTest::newRow("a chain is one") << std::vector{deploy(u"restart"_s, 0s), deploy(u"restart"_s, 4min),
            deploy(u"restart"_s, 8min)} << u"checkout+0 restart >"_s;
        QTest::newRow("other owner") << std::vector{deploy(u"git"_s, 1s, u"cart"_s), deploy(u"git"_s, 0s)}
                                     << u"checkout+0 git >; cart+1 git >"_s;
        QTest::newRow("other namespace")
            << std::vector{deploy(u"git"_s, 0s, u"a"_s, u"x"_s), deploy(u"git"_s, 1s, u"a"_s, u"y"_s)}
            << u"a+0 git >; a+1 git >"_s;
        QTest::newRow("unknown namespace")
            << std::vector{deploy(u"git"_s, 0s, u"a"_s), deploy(u"rollout"_s, 1s, u"a"_s, u"y"_s)}
            << u"a+0 git >"_s;
        QTest::newRow("spelled differently")
            << std::vector{deploy(u"git"_s, 0s, u"Checkout"_s), deploy(u"build"_s, 1s, u"pay/checkout"_s)}
            << u"Checkout+0 git >"_s;
    }
    void merging()
    {
        QFETCH(std::vector<DeployEvent>, events);
        QFETCH(QString, expected);
        std::sort(events.begin(), events.end(),
            [](const DeployEvent &a, const DeployEvent &b) { return a.kind < b.kind; });
        const auto merged = mergedDeploys(events);
        QCOMPARE(text(merged), expected);
        std::reverse(events.begin(), events.end());
        QCOMPARE(mergedDeploys(events), merged);
        QCOMPARE(mergedDeploys(merged).size(), merged.size());
    }

    void mergingFillsWhatIsNotKnown()
    {
        DeployEvent rollout = deploy(u"rollout"_s, 0s, u"checkout"_s, u"pay"_s),
                    build = deploy(u"build"_s, 60s), git = deploy(u"git"_s, 30s);
        build.oldVersion = Untrusted(u"1.0"_s);
        build.newVersion = Untrusted(u"1.1"_s);
        git.newVersion = Untrusted(u"1.1-abc"_s);
        const auto merged = mergedDeploys({build, rollout, git});
        QCOMPARE(text(merged), u"checkout+30 git 1.0>1.1-abc"_s);
        QCOMPARE(merged[0].nameSpace, u"pay"_s);
        QCOMPARE(merged[0].source, u"git-source, rollout-source, build-source"_s);
    }

    void rollouts()
    {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const auto events =
            rolloutsFrom({series({{u"namespace"_s, u"pay"_s}, {u"owner_name"_s, u"checkout"_s}},
                              {{0, double(kStart + 60)}}),
                series({{u"owner_name"_s, u"cart"_s}}, {{0, nan}, {1, 0}, {2, 1e300}}),
                series({{u"pod"_s, u"x"_s}}, {{0, double(kStart)}})});
        QCOMPARE(text(events), u"checkout+60 rollout >"_s);
        QCOMPARE(events[0].nameSpace, u"pay"_s);
        QCOMPARE(events[0].source, u"kube_replicaset_created"_s);
    }

    void versions_data()
    {
        QTest::addColumn<SeriesSet>("set");
        QTest::addColumn<QString>("expected");
        QTest::newRow("there all along") << SeriesSet{version(u"1"_s, {0, 60, 120})} << u""_s;
        QTest::newRow("first step counts as before") << SeriesSet{version(u"1"_s, {60, 120})} << u""_s;
        QTest::newRow("new service") << SeriesSet{version(u"1"_s, {120, 180})} << u"checkout+120 build >1"_s;
        QTest::newRow("upgrade") << SeriesSet{version(u"1"_s, {0, 60, 120}), version(u"2"_s, {120, 180, 240})}
                                 << u"checkout+120 build 1>2"_s;
        QTest::newRow("several pods") << SeriesSet{version(u"1"_s, {0, 60}),
            version(u"2"_s, {120, 180}, u"a"_s), version(u"2"_s, {180, 240}, u"b"_s)}
                                      << u"checkout+120 build 1>2"_s;
        QTest::newRow("hole in the scrape") << SeriesSet{version(u"1"_s, {0, 60, 600, 660})} << u""_s;
        QTest::newRow("rollback") << SeriesSet{version(u"1"_s, {0, 60, 900, 960}),
            version(u"2"_s, {120, 180, 240, 300, 360, 420, 480, 540, 600, 660, 720, 780, 840})}
                                  << u"checkout+120 build 1>2; checkout+900 build 2>1"_s;
        QTest::newRow("no version") << SeriesSet{series({{u"job"_s, u"x"_s}}, {{120, 1}})} << u""_s;
    }
    void versions()
    {
        QFETCH(SeriesSet, set);
        QFETCH(QString, expected);
        const auto events = versionsFrom(set, kHour, 60s);
        QCOMPARE(text(events), expected);
        if (!events.empty())
            QCOMPARE(events[0].source, u"app_build_info"_s);
    }

    void restarts()
    {
        const auto events = restartsFrom(
            {series({{u"job"_s, u"checkout"_s}},
                 {{0, kStart - 500.0}, {60, kStart - 500.0}, {120, kStart + 100.0}, {180, kStart + 100.0}}),
                series({{u"job"_s, u"cart"_s}}, {{0, kStart - 9.0}})},
            kHour);
        QCOMPARE(text(events), u"checkout+100 restart >"_s);
    }

    void touches()
    {
        const auto events = touchesFrom({series({{u"deployment"_s, u"checkout"_s}}, {{0, 0}, {60, 2}}),
            series({{u"deployment"_s, u"cart"_s}}, {{60, 0}})});
        QCOMPARE(text(events), u"checkout+60 touched >"_s);
    }

    void line()
    {
        const auto event =
            parseDeployLine(json("{'time':'2026-11-21T14:02:11Z','service':'check\\u202eout\\n','version':'1."
                                 "2','environment':'prod','by':'ana','url':'https://ci/1','extra':1}"));
        QVERIFY(event);
        QVERIFY(event->at == *parseRfc3339(u"2026-11-21T14:02:11Z"));
        QCOMPARE(event->kind, u"git"_s);
        QCOMPARE(event->owner, u"check⟨U+202E⟩out"_s);
        QCOMPARE(render::plain(event->newVersion), u"1.2"_s);
        QCOMPARE(render::plain(event->environment), u"prod"_s);
        QCOMPARE(render::plain(event->by), u"ana"_s);
        QCOMPARE(render::plain(event->url), u"https://ci/1"_s);
    }

    void badLines_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<Error::Kind>("kind");
        for (const QByteArray &line : {QByteArray(), QByteArray(" "), QByteArray("null"), QByteArray("[]"),
                 json("'x'"), QByteArray("{"), QByteArray("{}"), json("{'time':'2026-11-21T14:02:11Z'}"),
                 json("{'service':'x'}"), json("{'time':'yesterday','service':'x'}"),
                 json("{'time':1795269731,'service':'x'}"),
                 json("{'time':'2026-11-21T14:02:11Z','service':' '}"),
                 json("{'time':'2026-11-21T14:02:11Z','service':'x'} trailing"),
                 json("{'time':'2026-11-21T14:02:11Z','service':'\xff\xfe'}"), QByteArray("<html>")})
            QTest::newRow(qPrintable(QString::fromLatin1(line))) << line << Error::Kind::Invalid;
        QTest::newRow("deep") << QByteArray(10'000, '[') << Error::Kind::Invalid;
        QTest::newRow("long") << QByteArray(70'000, ' ') << Error::Kind::TooLarge;
    }
    void badLines()
    {
        QFETCH(QByteArray, line);
        QFETCH(Error::Kind, kind);
        const auto event = parseDeployLine(line);
        QVERIFY(!event);
        QCOMPARE(event.error().kind, kind);
        QVERIFY(event.error().message.startsWith(u"deploy line: "_s));
    }
};

QTEST_APPLESS_MAIN(TestDeployEvents)
#include "tst_deployevents.moc"
