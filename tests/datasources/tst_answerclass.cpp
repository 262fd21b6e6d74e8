// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include <datasources/answerclass.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using Kind = Error::Kind;

/// Status, content type and body before anybody decodes. What is not data is an error, never "none".
class TestAnswerClass : public QObject
{
    Q_OBJECT
private slots:
    void verdicts_data();
    void verdicts();
    void recordedErrors_data();
    void recordedErrors();
    void retryAfter_data();
    void retryAfter();
    void httpDates();
};

void TestAnswerClass::verdicts_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("kind"); // -1: worth decoding
    QTest::addColumn<QString>("says");
    const QByteArray json = "application/json", html = "text/html; charset=utf-8", plain = "text/plain";
    const auto row = [](const char *name, int status, const QByteArray &type, const QByteArray &body,
                         int kind, const QString &says = {}) {
        QTest::newRow(name) << status << type << body << kind << says;
    };
    row("data", 200, json, "{}", -1);
    row("data as text/plain", 200, plain, "{}", -1);
    row("F08 login page", 200, html, "<html>Sign in</html>", int(Kind::Decode), u"login page or proxy"_s);
    row("F08 page as JSON", 200, json, "  <!DOCTYPE html>", int(Kind::Decode), u"login page or proxy"_s);
    row("F09 204", 204, {}, {}, int(Kind::Decode), u"empty"_s);
    row("F09 no body", 200, json, {}, int(Kind::Decode), u"empty"_s);
    row("F09 blank body", 200, json, " \n", int(Kind::Decode), u"empty"_s);
    row("F11 401", 401, plain, "no", int(Kind::Auth), u"401"_s);
    row("F11 401 page", 401, html, "<html>", int(Kind::Auth), u"credentials"_s);
    row("F11 403", 403, plain, "no", int(Kind::Auth), u"403"_s);
    row("F25 407", 407, html, "<html>", int(Kind::Auth), u"proxy"_s);
    row("F12 429", 429, plain, "slow", int(Kind::Overload), u"429"_s);
    row("F13 500", 500, plain, "x", int(Kind::Http), u"500"_s);
    row("F13 502 page", 502, html, "<html>nginx", int(Kind::Http), u"proxy or another server"_s);
    row("F13 503 starting", 503, plain, "Service Unavailable", int(Kind::Overload), u"starting"_s);
    row("F30", 503, plain, "Limit of concurrent GET requests reached (8), try again later.\n",
        int(Kind::Overload), u"no more requests"_s);
    row("404 text", 404, plain, "404 page not found\n", int(Kind::NotFound), u"check the URL"_s);
    row("410 API v1", 410, json, R"({"status":"error","error":"gone"})", int(Kind::Http), u"gone"_s);
    row("bad_data", 400, json, R"({"status":"error","errorType":"bad_data","error":"parse error"})",
        int(Kind::Invalid), u"parse error"_s);
    row("execution", 422, json, R"({"status":"error","errorType":"execution","error":"many-to-many"})",
        int(Kind::Invalid), u"many-to-many"_s);
    row("VictoriaMetrics 422", 422, json, R"({"status":"error","errorType":"422","error":"cannot parse"})",
        int(Kind::Invalid), u"cannot parse"_s);
    row("query timeout", 503, json, R"({"status":"error","errorType":"timeout","error":"query timed out"})",
        int(Kind::Timeout), u"timed out"_s);
    row("Mimir limit", 429, json, R"({"status":"error","errorType":"too_many_requests","error":"slow down"})",
        int(Kind::Overload), u"slow down"_s);
    row("envelope in 403", 403, json, R"({"status":"error","errorType":"bad_data","error":"tenant"})",
        int(Kind::Auth), u"tenant"_s);
    row("Alertmanager string", 400, json, R"("bad matcher format: {")", int(Kind::Invalid), u"bad matcher"_s);
    row("OpenAPI", 422, json, R"({"code":612,"message":"matchers in body is required"})", int(Kind::Invalid),
        u"matchers"_s);
    row("302 without target", 302, html, "<a>", int(Kind::Http), u"302"_s);
}

void TestAnswerClass::verdicts()
{
    QFETCH(int, status);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QFETCH(int, kind);
    QFETCH(QString, says);
    HttpResponse response;
    response.status = status;
    response.headers = {{"content-type", type}};
    response.body = body;
    const Result<void> verdict = classifyAnswer(response, u"Prometheus"_s);
    QCOMPARE(verdict ? -1 : int(verdict.error().kind), kind);
    if (verdict)
        return;
    QVERIFY2(verdict.error().message.contains(says), qPrintable(verdict.error().message));
    if (status >= 400)
        QCOMPARE(verdict.error().code, status);
}

void TestAnswerClass::recordedErrors_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("prometheus/error_parse.json") << int(Kind::Invalid);
    QTest::newRow("prometheus/error_many_to_many.json") << int(Kind::Invalid);
    QTest::newRow("prometheus/error_timeout.json") << int(Kind::Timeout);
    QTest::newRow("prometheus/error_points.json") << int(Kind::Invalid);
    QTest::newRow("prometheus/series_none.json") << int(Kind::Invalid);
    QTest::newRow("prometheus/label_values_bad_name.json") << int(Kind::Invalid);
    QTest::newRow("prometheus/not_found.json") << int(Kind::NotFound);
    QTest::newRow("alertmanager/error_filter.json") << int(Kind::Invalid);
    QTest::newRow("alertmanager/not_found.json") << int(Kind::NotFound);
}

void TestAnswerClass::recordedErrors()
{
    QFETCH(int, kind);
    const HttpResponse response = recorded::response(QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(response.status >= 400);
    const Result<void> verdict = classifyAnswer(response, u"server"_s);
    QVERIFY(!verdict);
    QCOMPARE(int(verdict.error().kind), kind);
    QVERIFY(!verdict.error().message.isEmpty());
}

void TestAnswerClass::retryAfter_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("date");
    QTest::addColumn<int>("ms");
    QTest::newRow("seconds") << QByteArray("7") << QByteArray() << 7'000;
    QTest::newRow("zero") << QByteArray("0") << QByteArray() << 1'000;
    QTest::newRow("negative") << QByteArray("-5") << QByteArray() << 1'000;
    QTest::newRow("huge") << QByteArray("1000000000") << QByteArray() << 600'000;
    QTest::newRow("overflowing") << QByteArray("99999999999999999999") << QByteArray() << 600'000;
    QTest::newRow("date by the server's clock") << QByteArray("Sat, 21 Nov 2026 10:00:30 GMT")
                                                << QByteArray("Sat, 21 Nov 2026 10:00:00 GMT") << 30'000;
    QTest::newRow("date by ours") << QByteArray("Sat, 21 Nov 2026 12:00:40 GMT") << QByteArray() << 40'000;
    QTest::newRow("date in the past") << QByteArray("Sat, 21 Nov 2026 09:00:00 GMT")
                                      << QByteArray("Sat, 21 Nov 2026 10:00:00 GMT") << 1'000;
    QTest::newRow("nonsense") << QByteArray("soon") << QByteArray() << 0;
    QTest::newRow("absent") << QByteArray() << QByteArray() << 0;
}

void TestAnswerClass::retryAfter()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, date);
    QFETCH(int, ms);
    HttpResponse response;
    response.status = 429;
    if (!value.isEmpty())
        response.headers.emplace_back("Retry-After", value);
    if (!date.isEmpty())
        response.headers.emplace_back("Date", date);
    const Timestamp now(std::chrono::seconds(1'795'262'400)); // 2026-11-21T12:00:00Z
    QCOMPARE(retryAfterMs(response, now), ms);
}

void TestAnswerClass::httpDates()
{
    QCOMPARE(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), Timestamp(std::chrono::seconds(784111777)));
    QVERIFY(!parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"));
    QVERIFY(!parseHttpDate("Sun, 06 Nov 1994 08:49:37 +0100"));
    QVERIFY(!parseHttpDate(""));
}

QTEST_APPLESS_MAIN(TestAnswerClass)
#include "tst_answerclass.moc"
