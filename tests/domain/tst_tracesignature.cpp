// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracesignature.h>

#include <support/tracetext.h>

#include <QTest>

using namespace bw;
using namespace tracetext;

namespace {

QString words(const TraceSignature &s)
{
    return QStringList{verbatim(s.rootService), verbatim(s.rootOperation), verbatim(s.failedService),
        verbatim(s.failedOperation), verbatim(s.exceptionType)}
        .join(u" | "_s);
}

TraceSummary summary(const char *root, const char *failed, int startMs, int durationMs)
{
    TraceSummary out;
    out.id = {0, quint64(startMs) + 1};
    out.rootService = Untrusted(u"web"_s);
    out.rootOperation = Untrusted(QString::fromUtf8(root));
    out.failedOperation = Untrusted(QString::fromUtf8(failed));
    out.start = fromNs(kZero) + ms(startMs);
    out.duration = ms(durationMs);
    return out;
}

} // namespace

class TestTraceSignature : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void failing_data()
    {
        QTest::addColumn<QString>("drawing");
        QTest::addColumn<int>("row");
        QTest::newRow("empty") << QString() << -1;
        QTest::newRow("nothing failed") << u"a x 0..9\n  a y 1..2"_s << -1;
        QTest::newRow("the root alone") << u"a x 0..9 error\n  a y 1..2"_s << 0;
        QTest::newRow("below the root") << u"a x 0..9 error\n  a y 1..2 error\n    a z 1..2"_s << 1;
        QTest::newRow("below one that did not fail")
            << u"a x 0..9 error\n  a y 1..2\n    a z 1..2 error"_s << 2;
        QTest::newRow("the earliest of two")
            << u"a x 0..9\n  a y 1..8\n    a z 5..6 error\n  a w 2..3 error"_s << 3;
        QTest::newRow("of equal starts the upper") << u"a x 0..9\n  a y 1..2 error\n  a z 1..2 error"_s << 1;
        QTest::newRow("an earlier one with a failing child does not count")
            << u"a x 0..9\n  a y 1..8 error\n    a z 7..8 error\n  a w 2..3 error"_s << 3;
    }
    void failing()
    {
        QFETCH(QString, drawing);
        QFETCH(int, row);
        Drawing read = tracetext::read(drawing);
        QCOMPARE(failingRow(finished(read)), row);
    }

    void failures_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("expected");
        QTest::newRow("nothing") << u"a x 0..1"_s << QString();
        QTest::newRow("exception before all")
            << u"a x 0..1 event.exception.type=IOError error.type=timeout"_s << u"IOError"_s;
        QTest::newRow("exception without a type")
            << u"a x 0..1 event.exception.message=oh error.type=timeout"_s << u"timeout"_s;
        QTest::newRow("error.type before the status")
            << u"a x 0..1 http.status_code=500 error.type=timeout"_s << u"timeout"_s;
        QTest::newRow("HTTP") << u"a x 0..1 http.response.status_code=503 message=m"_s << u"HTTP 503"_s;
        QTest::newRow("HTTP, old name") << u"a x 0..1 http.status_code=404"_s << u"HTTP 404"_s;
        QTest::newRow("a good HTTP status says nothing")
            << u"a x 0..1 http.status_code=200 message=broken"_s << u"broken"_s;
        QTest::newRow("a status that is no number") << u"a x 0..1 http.status_code=none"_s << QString();
        QTest::newRow("gRPC") << u"a x 0..1 rpc.grpc.status_code=14"_s << u"gRPC 14"_s;
        QTest::newRow("message, normalised")
            << u"a x 0..1 message=order:4711:not:found"_s << u"order:*:not:found"_s;
        QTest::newRow("message, cut") << u"a x 0..1 message="_s + QString(500, u'y') << QString(120, u'y');
    }
    void failures()
    {
        QFETCH(QString, line);
        QFETCH(QString, expected);
        QCOMPARE(verbatim(failureOf(read(line).details->all.front())), expected);
    }

    void theLastExceptionCounts()
    {
        SpanDetail detail;
        const auto event = [](const char *name, const QString &type) {
            return SpanEvent{
                {}, Untrusted(QString::fromUtf8(name)), {{Untrusted(u"exception.type"_s), Untrusted(type)}}};
        };
        detail.events = {
            event("exception", u"First"_s), event("exception", u"Last"_s), event("retry", u"No"_s)};
        QCOMPARE(verbatim(failureOf(detail)), u"Last"_s);
    }

    void summaries()
    {
        const Trace trace = tracetext::trace("web GET /order/17 0..100 server error\n"
                                             "  orders load 10..60 error\n"
                                             "    db SELECT 20..30 #44 error event.exception.type=Deadlock\n"
                                             "  web render 70..90\n");
        TraceSummary expected;
        expected.id = {1, 2};
        expected.rootService = Untrusted(u"web"_s);
        expected.rootOperation = Untrusted(u"GET /order/17"_s);
        expected.start = fromNs(kZero);
        expected.duration = ms(100);
        expected.spans = 4;
        expected.errors = 3;
        expected.services = {
            {Untrusted(u"web"_s), 2, 1}, {Untrusted(u"orders"_s), 1, 1}, {Untrusted(u"db"_s), 1, 1}};
        expected.failedService = Untrusted(u"db"_s);
        expected.failedOperation = Untrusted(u"SELECT"_s);
        expected.failedSpan = 44;
        expected.exceptionType = Untrusted(u"Deadlock"_s);
        QVERIFY(summaryOf(trace) == expected);
        QCOMPARE(words(*signatureOf(trace)), u"web | GET /order/* | db | SELECT | Deadlock"_s);
    }

    void summariesOfOddTraces()
    {
        const TraceSummary none = summaryOf(Trace());
        QCOMPARE(none.spans, std::optional<int>(0));
        QVERIFY(none.rootService.isEmpty() && none.services.empty() && none.failedSpan == 0);
        QVERIFY(!signatureOf(Trace()));
        QVERIFY(!signatureOf(tracetext::trace("a x 0..1")));
        // The root is not here: it is not made up.
        const TraceSummary lost = summaryOf(tracetext::trace("a x 0..9 ^99\nb y 1..2 ^98 error"));
        QVERIFY(lost.rootService.isEmpty() && lost.rootOperation.isEmpty());
        QCOMPARE(verbatim(lost.failedOperation), u"y"_s);
        const Trace deep = deepTrace(100'000);
        QCOMPARE(summaryOf(deep).spans, std::optional<int>(100'000));
    }

    void groups()
    {
        const std::vector<SignatureGroup> groups =
            groupedBySignature({summary("GET /a/1", "SELECT", 50, 9), summary("GET /b", "SELECT", 80, 5),
                summary("GET /a/2", "SELECT", 70, 3), summary("GET /c", "", 90, 5),
                summary("GET /a/3", "SELECT", 10, 4), summary("GET /a/444", "SELECT", 60, 30)});
        QCOMPARE(groups.size(), size_t(3));
        QCOMPARE(words(groups[0].signature), u"web | GET /a/* |  | SELECT | "_s);
        QCOMPARE(groups[0].count, 4);
        QCOMPARE(groups[0].newest, fromNs(kZero) + ms(70));
        QCOMPARE(groups[0].shortest, ms(3));
        QCOMPARE(groups[0].longest, ms(30));
        QStringList samples;
        for (const TraceSummary &sample : groups[0].samples)
            samples += verbatim(sample.rootOperation);
        QCOMPARE(samples, (QStringList{u"GET /a/2"_s, u"GET /a/444"_s, u"GET /a/1"_s}));
        // Of equal counts the newest.
        QCOMPARE(words(groups[1].signature), u"web | GET /c |  |  | "_s);
        QCOMPARE(words(groups[2].signature), u"web | GET /b |  | SELECT | "_s);
        QVERIFY(groupedBySignature({}).empty());
    }
};

QTEST_APPLESS_MAIN(TestTraceSignature)
#include "tst_tracesignature.moc"
