// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/callgraph.h>

#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <limits>

using namespace bw;
using namespace tracetext;

namespace {

QString number(const std::optional<double> &value) { return value ? QString::number(*value) : u"?"_s; }

/// "a>b calls errors p95 [async]", sorted.
QStringList edges(const CallGraph &graph)
{
    QStringList out;
    for (const CallEdge &edge : graph.edges) {
        out += verbatim(edge.from) + u'>' + verbatim(edge.to) + u' '
            + QStringList{number(edge.calls), number(edge.errors), number(edge.p95)}.join(u' ')
            + (edge.isAsync ? u" async"_s : QString());
    }
    out.sort();
    return out;
}

/// "name kind calls errors self", sorted.
QStringList nodes(const CallGraph &graph)
{
    QStringList out;
    for (const CallNode &node : graph.nodes) {
        static const char *const kinds[] = {"service", "database", "queue", "external"};
        out +=
            QStringList{verbatim(node.name), QString::fromLatin1(kinds[int(node.kind)]), number(node.calls),
                number(node.errors), node.self ? QString::number(double(node.self->count()) / kMs) : u"?"_s}
                .join(u' ');
    }
    out.sort();
    return out;
}

Series series(const char *client, const char *server, const char *type, std::vector<double> values)
{
    Series out;
    const auto text = [](const char *utf8) { return Untrusted(QString::fromUtf8(utf8)); };
    out.labels = Labels::fromPairs({{text("client"), text(client)}, {text("server"), text(server)},
        {text("connection_type"), text(type)}});
    for (const double value : values) {
        out.times.push_back(kZero + qint64(out.times.size()));
        out.values.push_back(value);
    }
    return out;
}

CallEdge edge(const char *from, const char *to, double calls, std::optional<double> errors = {},
    std::optional<double> p95 = {})
{
    return {Untrusted(QString::fromUtf8(from)), Untrusted(QString::fromUtf8(to)), calls, errors, p95, false};
}

} // namespace

class TestCallGraph : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void ofTraces_data()
    {
        QTest::addColumn<QString>("drawing");
        QTest::addColumn<QStringList>("expectedEdges");
        QTest::addColumn<QStringList>("expectedNodes");
        const auto add = [](const char *name, const char *drawing, const QStringList &wantedEdges,
                             const QStringList &wantedNodes) {
            QTest::newRow(name) << QString::fromUtf8(drawing) << wantedEdges << wantedNodes;
        };
        add("empty", "", {}, {});
        add("one service calls nobody", "a x 0..10\n  a y 1..2", {}, {u"a service 1 0 10"_s});
        add("a calls b twice",
            "a x 0..100\n  a call 10..40 client\n    b in 15..35 server error\n  a call 50..60 client\n    b "
            "in 51..59 server\n",
            {u"a>b 2 1 0.02"_s}, {u"a service 1 0 72"_s, u"b service 2 1 28"_s});
        add("a failed client counts, a failed other parent does not",
            "a x 0..100 error\n  b in 0..10 server\n  a call 50..60 client error\n    b in 51..59 server\n",
            {u"a>b 2 1 0.01"_s}, {u"a service 1 1 82"_s, u"b service 2 1 18"_s});
        add("there and back again", "a x 0..100\n  b y 10..90\n    a z 20..30\n",
            {u"a>b 1 0 0.08"_s, u"b>a 1 0 0.01"_s}, {u"a service 2 0 30"_s, u"b service 1 0 70"_s});
        add("database, by name of the service where given",
            "a x 0..100\n  a q 10..20 client db.system=mysql\n  a q 20..40 client error db.system=mysql\n"
            "  a q 50..55 client db.system.name=redis remoteEndpoint.serviceName=sessions",
            {u"a>mysql 2 1 0.02"_s, u"a>sessions 1 0 0.005"_s},
            {u"a service 1 0 100"_s, u"mysql database 2 1 ?"_s, u"sessions database 1 0 ?"_s});
        add("queue and external",
            "a x 0..100\n  a put 10..20 producer messaging.system=kafka\n"
            "  a get 30..40 client server.address=api.example\n  a get 50..60 client "
            "net.peer.name=old.example",
            {u"a>api.example 1 0 0.01"_s, u"a>kafka 1 0 0.01 async"_s, u"a>old.example 1 0 0.01"_s},
            {u"a service 1 0 100"_s, u"api.example external 1 0 ?"_s, u"kafka queue 1 0 ?"_s,
                u"old.example external 1 0 ?"_s});
        add("attributes do not count where the callee was seen",
            "a x 0..100\n  a call 10..40 client peer.service=b-alias\n    b in 15..35 server\n",
            {u"a>b 1 0 0.02"_s}, {u"a service 1 0 80"_s, u"b service 1 0 20"_s});
        add("nor of spans that do not call",
            "a x 0..100 server peer.service=b\n  a y 1..2 internal db.system=mysql", {},
            {u"a service 1 0 100"_s});
        add("a client that says nothing", "a x 0..10 client", {}, {u"a service 1 0 10"_s});
        add("a client that names itself", "a x 0..10 client peer.service=a", {}, {u"a service 1 0 10"_s});
        add("through a queue", "a put 0..10 producer\n  b take 50..60 consumer", {u"a>b 1 0 0.01 async"_s},
            {u"a service 1 0 10"_s, u"b service 1 0 10"_s});
        add("known by name and as a service: a service",
            "a x 0..100 \n  a q 10..20 client peer.service=b db.system=x\nb y 200..210", {u"a>b 1 0 0.01"_s},
            {u"a service 1 0 100"_s, u"b service 2 0 10"_s});
    }
    void ofTraces()
    {
        QFETCH(QString, drawing);
        QFETCH(QStringList, expectedEdges);
        QFETCH(QStringList, expectedNodes);
        Drawing read = tracetext::read(drawing);
        const CallGraph graph = callGraphOf(std::vector<Trace>{finished(read)});
        QCOMPARE(edges(graph), expectedEdges);
        QCOMPARE(nodes(graph), expectedNodes);
        QVERIFY(!graph.isRate);
    }

    void ofManyTraces()
    {
        std::vector<Trace> traces;
        for (int i = 1; i <= 100; ++i)
            traces.push_back(tracetext::trace(
                qPrintable(u"a x 0..1000\n  b y 0..%1 %2"_s.arg(i).arg(i == 7 ? u"error"_s : QString()))));
        const CallGraph graph = callGraphOf(traces);
        QCOMPARE(edges(graph), QStringList(u"a>b 100 1 0.095"_s));
        QVERIFY(callGraphOf(std::vector<Trace>()).nodes.empty());
        QVERIFY(callGraphOf({Trace(), Trace()}).nodes.empty());
    }

    void stops()
    {
        std::stop_source source;
        source.request_stop();
        const CallGraph graph = callGraphOf(
            {tracetext::trace("a x 0..9\n  a q 1..2 client db.system=z\n  b y 3..4")}, source.get_token());
        QCOMPARE(edges(graph), QStringList(u"a>b 1 0 0.001"_s)); // what costs nothing is there
    }

    void ofDependencies()
    {
        const auto text = [](const char *utf8) { return Untrusted(QString::fromUtf8(utf8)); };
        const CallGraph graph =
            callGraphOf(Dependencies{{{text("a"), text("b"), 5, 1}, {text("b"), text("c"), 7, std::nullopt},
                {text("a"), text("b"), 3, 1}, {text("a"), text("c"), 2, 2}}});
        QCOMPARE(edges(graph), (QStringList{u"a>b 8 2 ?"_s, u"a>c 2 2 ?"_s, u"b>c 7 ? ?"_s}));
        // Nobody says how often a was called; of c's errors only a part is known, which is not known.
        QCOMPARE(
            nodes(graph), (QStringList{u"a service 0 ? ?"_s, u"b service 8 2 ?"_s, u"c service 9 ? ?"_s}));
        QVERIFY(callGraphOf(Dependencies()).edges.empty());
    }

    void ofSeries()
    {
        constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
        CallSeries all;
        all.rate = {series("a", "b", "", {1, 10}), series("a", "b", "messaging_system", {2}),
            series("a", "pg", "database", {4}), series("user", "a", "virtual_node", {3}),
            series("b", "maps", "virtual_node", {1}), series("a", "nan", "", {5, kNan}),
            series("a", "minus", "", {-1}), series("", "b", "", {1}), series("b", "none", "", {})};
        all.errors = {
            series("a", "b", "", {0.5}), series("a", "pg", "database", {0}), series("x", "y", "", {9})};
        all.p95 = {series("a", "b", "", {0.2}), series("a", "b", "messaging_system", {0.7}),
            series("a", "pg", "database", {kNan})};
        const CallGraph graph = callGraphOf(all);
        QVERIFY(graph.isRate);
        QCOMPARE(edges(graph),
            (QStringList{u"a>b 12 0.5 0.7 async"_s, u"a>pg 4 0 ?"_s, u"b>maps 1 ? ?"_s, u"user>a 3 ? ?"_s}));
        QCOMPARE(nodes(graph),
            (QStringList{u"a service 3 ? ?"_s, u"b service 12 0.5 ?"_s, u"maps external 1 ? ?"_s,
                u"pg database 4 0 ?"_s, u"user external 0 ? ?"_s}));
        all.areErrorsShares = true;
        QCOMPARE(edges(callGraphOf(all)).front(), u"a>b 12 5 0.7 async"_s); // of the ten direct ones
        QVERIFY(callGraphOf(CallSeries()).edges.empty());
    }

    void shares()
    {
        QCOMPARE(edge("a", "b", 4, 1.0).errorShare(), std::optional(0.25));
        QCOMPARE(edge("a", "b", 4).errorShare(), std::optional<double>());
        QCOMPARE(edge("a", "b", 0, 0.0).errorShare(), std::optional<double>());
        QCOMPARE(edge("a", "b", 1, 2.0).errorShare(), std::optional(1.0)); // rates of two moments
    }

    void changes_data()
    {
        QTest::addColumn<int>("which");
        QTest::addColumn<int>("kind");
        QTest::newRow("same") << 0 << int(EdgeChange::Kind::Same);
        QTest::newRow("new") << 1 << int(EdgeChange::Kind::New);
        QTest::newRow("gone") << 2 << int(EdgeChange::Kind::Gone);
        QTest::newRow("half as many again is not yet worth a mark") << 3 << int(EdgeChange::Kind::Same);
        QTest::newRow("more calls") << 4 << int(EdgeChange::Kind::Changed);
        QTest::newRow("fewer calls") << 5 << int(EdgeChange::Kind::Changed);
        QTest::newRow("more errors") << 6 << int(EdgeChange::Kind::Changed);
        QTest::newRow("errors that were not known before") << 7 << int(EdgeChange::Kind::Same);
        QTest::newRow("slower") << 8 << int(EdgeChange::Kind::Changed);
        QTest::newRow("the other way round is another edge") << 9 << int(EdgeChange::Kind::New);
    }
    void changes()
    {
        QFETCH(int, which);
        QFETCH(int, kind);
        CallGraph before, now;
        before.edges = {edge("a", "b", 100, 1.0, 0.1), edge("s", "t", 1)};
        now.edges = before.edges;
        CallEdge &it = now.edges[0];
        switch (which) {
        case 1:
            before.edges.erase(before.edges.begin());
            break;
        case 2:
            now.edges.erase(now.edges.begin());
            break;
        case 3:
            it.calls = 150;
            it.errors = 1.5;
            break;
        case 4:
            it.calls = 151;
            break;
        case 5:
            it.calls = 49;
            break;
        case 6:
            it.errors = 2.5;
            break;
        case 7:
            before.edges[0].errors.reset();
            it.errors = 90;
            break;
        case 8:
            it.p95 = 0.16;
            break;
        case 9:
            std::swap(it.from, it.to);
            break;
        default:
            break;
        }
        const std::vector<EdgeChange> changes = difference(now, before);
        QCOMPARE(changes.size(), size_t(which == 9 ? 3 : 2));
        const auto other = std::find_if(changes.begin(), changes.end(),
            [](const EdgeChange &one) { return verbatim(one.now.from) == u"s"_s; });
        QCOMPARE(int(other->kind), int(EdgeChange::Kind::Same));
        const auto change = std::find_if(changes.begin(), changes.end(),
            [](const EdgeChange &one) { return verbatim(one.now.from) != u"s"_s; });
        QCOMPARE(int(change->kind), kind);
        QCOMPARE(change->before.has_value(), change->kind != EdgeChange::Kind::New);
        if (which == 9)
            QCOMPARE(int(changes.back().kind), int(EdgeChange::Kind::Gone));
        QVERIFY(difference({}, {}).empty());
    }

    void large()
    {
        QElapsedTimer timer;
        timer.start();
        QVERIFY(callGraphOf({wideTrace(200'000), deepTrace(100'000)}).edges.empty());
        QVERIFY(timer.elapsed() < 5000); // some 100 ms when idle
        const Trace trace = randomTrace(2000, 5);
        double calls = 0, entries = 0;
        for (const CallEdge &one : callGraphOf({trace}).edges)
            calls += one.calls;
        for (int row = 0; row < trace.size(); ++row)
            entries += trace.parent(row) >= 0 && trace.service(trace.parent(row)) != trace.service(row);
        QCOMPARE(calls, entries);
    }
};

QTEST_APPLESS_MAIN(TestCallGraph)
#include "tst_callgraph.moc"
