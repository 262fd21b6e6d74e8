// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfakes.h"

#include <widgets/base/frametick.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/dashboard/queryinspector.h>

#include <QPushButton>
#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Panel panelWith(QStringList expressions)
{
    Panel panel;
    panel.id = u"p"_s;
    panel.kind = u"timeseries"_s;
    panel.title = u"Panel"_s;
    for (const QString &expression : expressions) {
        PanelQuery query;
        query.id = QString(QChar(char16_t(u'a' + panel.queries.size())));
        query.expr = expression;
        panel.queries.push_back(query);
    }
    return panel;
}

struct Fixture
{
    explicit Fixture(QStringList expressions)
        : frame(panelWith(std::move(expressions)), session.ports(), tick, nullptr)
    {
        frame.resize(600, 300);
        PanelEnvironment environment;
        environment.zone = QTimeZone::utc();
        environment.interval = 15s;
        frame.controller().setEnvironment(environment);
        refresh(PanelController::Ask::Full);
    }
    void refresh(PanelController::Ask ask)
    {
        frame.controller().refresh({session.clock.utcNow() - 1h, session.clock.utcNow()}, {}, ask);
    }
    static bool wantsStats(const QuerySpec &spec) { return std::get<RangeQuery>(spec.body).stats; }

    Session session;
    FrameTick tick;
    PanelFrame frame;
};

} // namespace

class TestQueryInspector : public QObject
{
    Q_OBJECT
private slots:
    void init()
    { // The offscreen platform says this of every window.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    }

    void measuresOnlyWhenAsked()
    {
        Fixture f({u"up"_s, u"down"_s});
        f.session.answerAll();
        QueryInspector inspector(f.frame.controller(), f.session.ports(), nullptr);
        QCOMPARE(f.session.executor.open(), 0);
        QVERIFY(!inspector.text().contains(u"Cost"_s));
        auto *button = inspector.findChild<QPushButton *>(u"measure"_s);
        button->click();
        QCOMPARE(f.session.executor.open(), 2);
        QVERIFY(!button->isEnabled());
        QVERIFY(inspector.text().contains(u"asking"_s));
        f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
            if (!Fixture::wantsStats(spec))
                return fail(Error::Kind::Internal, u"asked without figures"_s);
            QueryResult result = constantAnswer(spec, f.session.clock);
            if (std::get<RangeQuery>(spec.body).expression == "down"_L1)
                return result; // a server that keeps no figures
            MetricData data = *dataAs<MetricData>(result);
            data.cost.emplace();
            data.cost->totalSamples = 4321;
            data.cost->total = 7ms;
            result.data = std::make_shared<const QueryData>(std::move(data));
            return result;
        });
        QVERIFY(button->isEnabled());
        QVERIFY2(inspector.text().contains(u"4,321 samples read, 7\u202fms in all"_s),
            qPrintable(inspector.text()));
        QVERIFY(inspector.text().contains(u"server reports no figures"_s));
        QVERIFY(inspector.text().contains(u"1 series, "_s));
        // The panel goes on as before, and asks for no figures.
        f.session.clock.advance(15s);
        f.refresh(PanelController::Ask::Tail);
        QCOMPARE(f.session.executor.open(), 2);
        for (const auto &asked : f.session.executor.asked)
            QVERIFY(!*asked.isOpen || !Fixture::wantsStats(asked.spec));
    }

    void measuresTheWholeRange()
    {
        Fixture f({u"up"_s});
        f.session.answerAll();
        f.session.clock.advance(15s);
        f.refresh(PanelController::Ask::Tail);
        const TimeRange tail = std::get<RangeQuery>(f.session.executor.asked.back().spec.body).range;
        f.session.answerAll();
        QueryInspector inspector(f.frame.controller(), f.session.ports(), nullptr);
        inspector.measure();
        const TimeRange whole = std::get<RangeQuery>(f.session.executor.asked.back().spec.body).range;
        QVERIFY(whole.span() > tail.span());
        QVERIFY(whole.span() >= 59min);
    }

    void failuresAreSaid()
    {
        Fixture f({u"up"_s});
        f.session.answerAll();
        QueryInspector inspector(f.frame.controller(), f.session.ports(), nullptr);
        inspector.measure();
        f.session.failAll();
        QVERIFY2(inspector.text().contains(u"timeout after 10 s"_s), qPrintable(inspector.text()));
        QVERIFY(!inspector.text().contains(u"no figures"_s)); // nobody said so
    }

    void parserProblemsHaveAPlace_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("atWord"); // in the text as it was typed
        QTest::newRow("plain") << u"sum(rate(up[5m]) !!)"_s << u"!!"_s;
        QTest::newRow("behind a macro") << u"rate(up[$__rate_interval]) + !!"_s << u"!!"_s;
        QTest::newRow("behind two, on another line")
            << u"rate(up[$__interval])\n  + rate(up[${__range_s}s]) !!"_s << u"!!"_s;
        QTest::newRow("in a macro's value") << u"up + $__range"_s << u"$__range"_s;
    }
    void parserProblemsHaveAPlace()
    {
        QFETCH(QString, expression);
        QFETCH(QString, atWord);
        Fixture f({expression});
        f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
            const QString sent = std::get<RangeQuery>(spec.body).expression;
            // As a server counts: lines, and bytes in the line, from 1.
            const qsizetype at = sent.contains(atWord) ? sent.indexOf(atWord) : sent.indexOf(u"3600"_s) + 1;
            const qsizetype line = sent.left(at).count(u'\n') + 1;
            const qsizetype column = at - (sent.lastIndexOf(u'\n', at - 1) + 1) + 1;
            return fail(Error::Kind::Invalid,
                u"prom: %1:%2: parse error: unexpected character"_s.arg(line).arg(column));
        });
        const QueryInspection query = f.frame.controller().inspections().front();
        QVERIFY(query.problem.contains(u"parse error"_s));
        QCOMPARE(query.problemAt, std::optional(expression.indexOf(atWord)));
        f.refresh(PanelController::Ask::Full);
        f.session.answerAll();
        QVERIFY(f.frame.controller().inspections().front().problem.isEmpty());
    }
};

QTEST_MAIN(TestQueryInspector)
#include "tst_queryinspector.moc"
