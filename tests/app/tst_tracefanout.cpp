// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/tracefanout.h>

#include <QTest>

#include <support/fakeexecutor.h>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

TraceSummary found(quint64 id, int secondsAgo)
{
    TraceSummary one;
    one.id = {0, id};
    one.start = fromUnixMs(1'795'287'000'000) - std::chrono::seconds(secondsAgo);
    return one;
}

} // namespace

class TestTraceFanOut : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        executor = std::make_unique<FakeExecutor>();
        fanOut = std::make_unique<TraceFanOut>(*executor);
        answers.clear();
    }
    void otherQuestionsPass()
    {
        auto ticket = ask(TraceSearch{.service = u"cart"_s,
            .operation = {},
            .attributes = {},
            .minDuration = {},
            .maxDuration = {},
            .traceql = {},
            .range = {}});
        executor->answer(0, TraceSummaries{{found(1, 1)}, {}}, {});
        QCOMPARE(answers.size(), size_t(1));
        QCOMPARE(executor->asked.size(), size_t(1));
    }
    void aBackendThatNeedsNoServiceIsAskedOnce()
    {
        auto ticket = ask({});
        executor->answer(0, TraceSummaries{{found(1, 1)}, {}}, {});
        QCOMPARE(answers.size(), size_t(1));
        QCOMPARE(executor->asked.size(), size_t(1));
    }
    void eachServiceIsAsked()
    {
        auto ticket = refusedSearch({});
        executor->answer(1, LabelValues{{Untrusted(u"cart"_s), Untrusted(u"web"_s)}}, {});
        QCOMPARE(executor->asked.size(), size_t(4));
        QCOMPARE(std::get<TraceSearch>(executor->asked[3].spec.body).service, u"web"_s);
        executor->answer(2, TraceSummaries{{found(1, 5), found(2, 9)}, {}}, {});
        QVERIFY(answers.empty());
        executor->answer(3, TraceSummaries{{found(3, 1), found(1, 5)}, {}}, {});
        QCOMPARE(answers.size(), size_t(1));
        QVERIFY(answers[0]);
        const auto *whole = dataAs<TraceSummaries>(*answers[0]);
        QVERIFY(whole);
        std::vector<quint64> ids;
        for (const TraceSummary &trace : whole->traces)
            ids.push_back(trace.id.low);
        QCOMPARE(ids, (std::vector<quint64>{3, 1, 2})); // once each, newest first
        QVERIFY2(whole->note.contains(u"2"_s), qPrintable(whole->note));
        QCOMPARE(answers[0]->freshness.state, Freshness::State::Fresh);
        // From now on it is known that this one wants a service.
        auto again = ask({});
        QVERIFY(std::holds_alternative<TraceNamesQuery>(executor->asked.back().spec.body));
    }
    void aFailedServiceMakesItPartial()
    {
        auto ticket = refusedSearch({});
        executor->answer(1, LabelValues{{Untrusted(u"cart"_s), Untrusted(u"web"_s)}}, {});
        executor->answer(2, TraceSummaries{{found(1, 5)}, {}}, {});
        executor->refuse(3, Error::Kind::Timeout);
        QCOMPARE(answers.size(), size_t(1));
        QVERIFY(answers[0]);
        QCOMPARE(answers[0]->freshness.state, Freshness::State::Partial);
        QVERIFY(dataAs<TraceSummaries>(*answers[0])->note.contains(u"refused by the test"_s));
    }
    void whatThePartsSaidIsSaid()
    {
        auto ticket = refusedSearch({});
        executor->answer(1, LabelValues{{Untrusted(u"cart"_s), Untrusted(u"web"_s)}}, {});
        executor->answer(2, TraceSummaries{{found(1, 5)}, u"only the newest were looked through"_s}, {});
        executor->answer(3, TraceSummaries{{found(2, 6)}, u"only the newest were looked through"_s}, {});
        QVERIFY(answers[0]);
        const QString note = dataAs<TraceSummaries>(*answers[0])->note;
        QCOMPARE(note.count(u"only the newest"_s), 1);
    }
    void allFailedIsAFailure()
    {
        auto ticket = refusedSearch({});
        executor->answer(1, LabelValues{{Untrusted(u"cart"_s)}}, {});
        executor->refuse(2, Error::Kind::Timeout);
        QCOMPARE(answers.size(), size_t(1));
        QVERIFY(!answers[0]);
    }
    void noServicesIsEmpty()
    {
        auto ticket = refusedSearch({});
        executor->answer(1, LabelValues{}, {});
        QCOMPARE(answers.size(), size_t(1));
        QVERIFY(answers[0]);
        QCOMPARE(answers[0]->freshness.state, Freshness::State::Empty);
    }
    void otherFailuresAreHandedOn()
    {
        auto ticket = ask({});
        executor->refuse(0, Error::Kind::Network);
        QCOMPARE(answers.size(), size_t(1));
        QVERIFY(!answers[0]);
        QCOMPARE(executor->asked.size(), size_t(1));
    }
    void aDroppedTicketCancelsAll()
    {
        {
            auto ticket = refusedSearch({});
            executor->answer(1, LabelValues{{Untrusted(u"cart"_s), Untrusted(u"web"_s)}}, {});
            QVERIFY(*executor->asked[2].wanted && *executor->asked[3].wanted);
        }
        QVERIFY(!*executor->asked[2].wanted && !*executor->asked[3].wanted);
        QVERIFY(answers.empty());
    }

private:
    QueryTicket ask(const TraceSearch &search)
    {
        return fanOut->submit({{u"jaeger"_s}, search}, {}, this,
            [this](const Result<QueryResult> &answer) { answers.push_back(answer); });
    }
    QueryTicket refusedSearch(const TraceSearch &search)
    {
        QueryTicket ticket = ask(search);
        const auto done = std::exchange(executor->asked[0].done, {});
        done(fail(Error::Kind::Invalid, u"jaeger: parameter 'service' is required"_s));
        return ticket;
    }

    std::unique_ptr<FakeExecutor> executor;
    std::unique_ptr<TraceFanOut> fanOut;
    std::vector<Result<QueryResult>> answers;
};

QTEST_GUILESS_MAIN(TestTraceFanOut)
#include "tst_tracefanout.moc"
