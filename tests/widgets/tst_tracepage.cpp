// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/tracelistmodel.h>
#include <widgets/graph/callgraphview.h>
#include <widgets/graph/graphlayout.h>
#include <widgets/traces/tracecompareview.h>
#include <widgets/traces/tracepage.h>
#include <widgets/traces/tracesearchview.h>
#include <widgets/traces/traceview.h>
#include <widgets/traces/waterfallview.h>

#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "panelfakes.h"
#include <support/tracetext.h>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Result<QueryResult> resultOf(const QuerySpec &spec, QueryData data)
{
    QueryResult result;
    result.spec = spec;
    result.data = std::make_shared<const QueryData>(std::move(data));
    return result;
}

} // namespace

class TestTracePage : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        executor = std::make_unique<FakeExecutor>();
        sources = std::make_unique<SourceBoard>();
        time = std::make_unique<TimeNavigator>(clock);
        addSource(u"zipkin"_s, u"zipkin"_s);
        addSource(u"jaeger"_s, u"jaeger"_s);
        addSource(u"prom"_s, u"prometheus"_s);
        page = std::make_unique<TracePage>(DashboardPorts{*executor, own, *sources, clock}, *time);
        page->resize(1200, 700);
    }
    void cleanup() { page.reset(); }

    void asksEverySourceUntilOneHasIt()
    {
        const Trace trace = tracetext::trace("web GET / 0..10\n", {0, 77});
        page->open({{}, {0, 77}, {}, 0});
        QCOMPARE(executor->open(), 1);
        QCOMPARE(executor->asked.back().spec.source, DatasourceId{u"zipkin"_s});
        executor->answerAll([](const QuerySpec &) -> Result<QueryResult> {
            return fail(Error::Kind::NotFound, u"no trace with this id"_s);
        });
        QCOMPARE(executor->open(), 1);
        QCOMPARE(executor->asked.back().spec.source, DatasourceId{u"jaeger"_s});
        QCOMPARE(std::get<TraceById>(executor->asked.back().spec.body).trace, (TraceId{0, 77}));
        executor->answerAll([&](const QuerySpec &spec) { return resultOf(spec, trace); });
        QTRY_VERIFY(page->isSettled());
        QCOMPARE(page->view().trace().id(), (TraceId{0, 77}));
    }
    void saysWhyNobodyHasIt()
    {
        page->open({u"jaeger"_s, {0, 77}, {}, 0});
        executor->answerAll([](const QuerySpec &) -> Result<QueryResult> {
            return fail(Error::Kind::NotFound, u"past its retention"_s);
        });
        QCOMPARE(executor->open(), 0); // only the named one is asked
        QVERIFY(page->isSettled());
        QVERIFY(page->view().trace().isEmpty());
        const auto labels = page->view().findChildren<QLabel *>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
            [](const QLabel *label) { return label->text().contains(u"past its retention"_s); }));
    }
    void filesOfOneAndOfMany()
    {
        page->showFile(u"one.json"_s, {ofFile({0, 1})});
        QTRY_VERIFY(page->isSettled());
        QCOMPARE(page->view().trace().id(), (TraceId{0, 1}));
        page->showFile(u"two.json"_s, {ofFile({0, 2}), ofFile({0, 3})});
        QCOMPARE(page->view().trace().id(), (TraceId{0, 1})); // a list is shown, nothing is opened
        page->showFileError(u"bad.json"_s, u"byte 7: not JSON"_s);
        QVERIFY(page->view().trace().isEmpty());
    }
    void comparingLeadsBackToWhereItBegan()
    {
        page->show();
        page->showFile(u"two.json"_s, {ofFile({0, 2}), ofFile({0, 3})});
        QWidget *list = pages()->currentWidget();
        auto *table = list->findChild<QTableView *>();
        const auto open = [&](int row) { emit table->activated(table->model()->index(row, 0)); };
        open(0);
        QVERIFY(front<TraceView>());
        QTRY_VERIFY(page->isSettled());
        emit page->view().compareWanted();
        QCOMPARE(pages()->currentWidget(), list);
        open(1);
        QVERIFY(front<TraceCompareView>());
        QTest::keyClick(front<TraceCompareView>(), Qt::Key_Escape);
        QVERIFY(front<TraceView>());
        emit page->view().closeRequested();
        QCOMPARE(pages()->currentWidget(), list);
        // Asked to compare, and closed instead: the next trace is only opened.
        open(0);
        emit page->view().compareWanted();
        open(1);
        QVERIFY(front<TraceCompareView>());
        emit page->view().closeRequested();
        open(0);
        QVERIFY(front<TraceView>());
    }
    void aTraceThatComesLateDoesNotTakeThePage()
    {
        page->open({u"jaeger"_s, {0, 77}, {}, 0});
        page->showSearch();
        executor->answerAll([](const QuerySpec &spec) {
            return resultOf(spec, tracetext::trace("web GET / 0..10\n", {0, 77}));
        });
        QVERIFY(front<TraceSearchView>());
    }
    void aFoundTraceIsOpenedWhereItWasFound()
    {
        page->show();
        page->search({u"jaeger"_s,
            {.service = u"cart"_s,
                .operation = {},
                .attributes = {},
                .minDuration = {},
                .maxDuration = {},
                .traceql = {},
                .range = {}}});
        executor->answerAll([](const QuerySpec &spec) -> Result<QueryResult> {
            if (!std::holds_alternative<TraceSearch>(spec.body))
                return resultOf(spec, LabelValues{});
            TraceSummary one;
            one.id = {0, 5};
            return resultOf(spec, TraceSummaries{{one}, {}});
        });
        QComboBox *chosen = page->searchView().findChild<QComboBox *>();
        chosen->setCurrentIndex(chosen->findText(u"zipkin"_s));
        QCOMPARE(page->searchView().source(), u"zipkin"_s);
        QTableView *table = nullptr;
        for (QTableView *one : page->searchView().findChildren<QTableView *>()) {
            if (qobject_cast<TraceListModel *>(one->model()))
                table = one;
        }
        QVERIFY(table);
        emit table->activated(table->model()->index(0, 0));
        QVERIFY(std::holds_alternative<TraceById>(executor->asked.back().spec.body));
        QCOMPARE(executor->asked.back().spec.source, DatasourceId{u"jaeger"_s});
    }
    void searchAsksWithTheFields()
    {
        page->show();
        page->search({u"jaeger"_s,
            {.service = u"cart"_s,
                .operation = {},
                .attributes = {{u"a"_s, u"b c"_s}},
                .minDuration = 100ms,
                .maxDuration = {},
                .errorsOnly = true,
                .traceql = {},
                .range = {}}});
        const TraceSearch *asked = nullptr;
        for (const auto &question : executor->asked) {
            if (const auto *search = std::get_if<TraceSearch>(&question.spec.body);
                search && *question.isOpen) {
                asked = search;
                QCOMPARE(question.spec.source, DatasourceId{u"jaeger"_s});
            }
        }
        QVERIFY(asked);
        QCOMPARE(asked->service, u"cart"_s);
        QCOMPARE(asked->attributes.value(u"a"_s), u"b c"_s);
        QVERIFY(asked->errorsOnly && asked->minDuration == 100ms);
        QVERIFY(page->searchView().isAsking());
        executor->answerAll([](const QuerySpec &spec) -> Result<QueryResult> {
            if (std::holds_alternative<TraceSearch>(spec.body))
                return resultOf(spec, TraceSummaries{});
            return resultOf(spec, LabelValues{});
        });
        QVERIFY(!page->searchView().isAsking());
    }
    void fieldsThatCannotBeRead_data()
    {
        QTest::addColumn<QString>("attributes");
        QTest::addColumn<QString>("min");
        QTest::addColumn<QString>("limit");
        QTest::newRow("no pair") << u"cart"_s << QString() << QString();
        QTest::newRow("open quote") << u"a=\"b"_s << QString() << QString();
        QTest::newRow("duration") << QString() << u"soon"_s << QString();
        QTest::newRow("limit") << QString() << QString() << u"0"_s;
    }
    void fieldsThatCannotBeRead()
    {
        QFETCH(QString, attributes);
        QFETCH(QString, min);
        QFETCH(QString, limit);
        TraceSearchFields fields;
        fields.attributes = attributes;
        fields.minDuration = min;
        fields.limit = limit;
        QVERIFY(!searchFrom(fields, {}));
    }

    void graphIsLaidOutInLayers()
    {
        const std::vector<QSizeF> nodes(4, QSizeF(80, 30));
        const GraphPicture picture =
            layeredLayout(nodes, {{0, 1, {60, 14}}, {1, 2, {60, 14}}, {1, 3, {}}, {3, 3, {}}, {2, 0, {}}});
        QCOMPARE(picture.nodes.size(), size_t(4));
        QCOMPARE(picture.edges.size(), size_t(5));
        QVERIFY(picture.nodes[0].x() < picture.nodes[1].x() && picture.nodes[1].x() < picture.nodes[2].x());
        for (const GraphPicture::Edge &edge : picture.edges) {
            QVERIFY(edge.curve.size() >= 4);
            QCOMPARE(edge.curve.size() % 3, size_t(1));
        }
        for (size_t a = 0; a < 4; ++a) { // no two boxes overlap, and all are inside
            QVERIFY(QRectF({0, 0}, picture.size).adjusted(-1, -1, 1, 1).contains(picture.nodes[a]));
            for (size_t b = a + 1; b < 4; ++b) {
                const QPointF away = picture.nodes[a] - picture.nodes[b];
                QVERIFY(std::abs(away.x()) >= 80 || std::abs(away.y()) >= 30);
            }
        }
        QVERIFY(layeredLayout({}, {}).nodes.empty());
    }
    void callGraphShowsNeighboursAndCsv()
    {
        CallGraph graph;
        graph.isRate = true;
        for (const QString &name : {u"web"_s, u"cart"_s, u"db"_s, u"mail"_s})
            graph.nodes.push_back({.name = Untrusted(name), .calls = 5, .errors = {}, .self = {}});
        graph.edges = {{Untrusted(u"web"_s), Untrusted(u"cart"_s), 12, 1.2, 0.25, false},
            {Untrusted(u"cart"_s), Untrusted(u"db"_s), 30, {}, {}, false}};
        CallGraphView view;
        view.resize(700, 400);
        view.setGraph(graph, std::nullopt, u"test"_s);
        QTRY_VERIFY(view.isSettled());
        QVERIFY(!view.grab().toImage().isNull());
        QCOMPARE(
            view.toCsv(), u"from,to,calls,errors,p95_seconds\r\nweb,cart,12,1.2,0.25\r\ncart,db,30,,\r\n"_s);
        // The same shape with other numbers keeps the picture: nothing is laid out again.
        graph.edges[0].calls = 13;
        view.setGraph(graph, std::nullopt, u"test"_s);
        QVERIFY(view.isSettled());
        CallGraph before = graph;
        before.edges.pop_back();
        before.edges.push_back({Untrusted(u"web"_s), Untrusted(u"old"_s), 3, {}, {}, false});
        view.setGraph(graph, before, u"test"_s); // a service that is gone gets its box
        QVERIFY(!view.isSettled()); // another shape
        QTRY_VERIFY(view.isSettled());
        view.grab();
        view.setGraph(
            graph, std::nullopt, u"test"_s); // and loses it again, without touching what is not there
        view.grab();
        QTRY_VERIFY(view.isSettled());
    }
    void hugeCallGraphsShowTheBusiest()
    {
        CallGraph graph;
        graph.nodes.push_back({.name = Untrusted(u"hub"_s), .errors = {}, .self = {}});
        for (int i = 0; i < 400; ++i) {
            const Untrusted name(u"svc-%1"_s.arg(i));
            graph.nodes.push_back({.name = name, .errors = {}, .self = {}});
            graph.edges.push_back({Untrusted(u"hub"_s), name, double(i), {}, {}, false});
        }
        CallGraphView view;
        view.setGraph(graph, std::nullopt, u"test"_s);
        QCOMPARE(view.boxes(), 301); // those who take the calls that are shown, and who makes them
        graph.edges.resize(2);
        view.setGraph(graph, std::nullopt, u"test"_s);
        QCOMPARE(view.boxes(), 401); // where every call is shown, so is who makes none
        QTRY_VERIFY(view.isSettled());
    }

private:
    static TraceOfFile ofFile(const TraceId &id)
    {
        Trace trace = tracetext::trace("web GET / 0..10\n", id);
        TraceSummary summary = summaryOf(trace);
        return {std::move(trace), std::move(summary)};
    }
    template<typename T> T *front() const { return qobject_cast<T *>(pages()->currentWidget()); }
    QStackedWidget *pages() const
    {
        return page->findChild<QStackedWidget *>(QString(), Qt::FindDirectChildrenOnly);
    }

    void addSource(const QString &id, const QString &kind)
    {
        SourceInfo info;
        info.id = {id};
        info.source = info.title = id;
        info.kind = kind;
        sources->update(info);
    }

    FakeClock clock;
    FakeOwn own;
    std::unique_ptr<FakeExecutor> executor;
    std::unique_ptr<SourceBoard> sources;
    std::unique_ptr<TimeNavigator> time;
    std::unique_ptr<TracePage> page;
};

QTEST_MAIN(TestTracePage)
#include "tst_tracepage.moc"
