// SPDX-License-Identifier: GPL-3.0-or-later
#include "asking.h"

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

/// Redirects are followed to the same origin only, and no header of ours ever reaches another one.
class TestRedirects : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(m_server.start()); }
    void init();
    void matrix_data();
    void matrix();
    void onlyReadingFollows_data();
    void onlyReadingFollows();
    void chains_data();
    void chains();
    void deadlineCoversAllHops();
    void otherStatusesPass();

private:
    Endpoint withEveryCredential(const QByteArray &path, bool basic) const;
    FaultServer m_server;
};

void TestRedirects::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server.reset();
}

Endpoint TestRedirects::withEveryCredential(const QByteArray &path, bool basic) const
{
    Endpoint endpoint = endpointAt(m_server.url(path));
    endpoint.headers = {{"X-Scope-OrgID", "canary-tenant"}, {"Cookie", "session=canary-cookie"}};
    endpoint.credentials.headers = {{"X-API-Key", "canary-key"}, {"PRIVATE-TOKEN", "canary-token"}};
    if (basic) {
        endpoint.credentials.basicUser = "ops";
        endpoint.credentials.basicPassword = "canary-password";
    } else {
        endpoint.credentials.bearer = "canary-bearer";
    }
    return endpoint;
}

void TestRedirects::matrix_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<bool>("basic");
    QTest::addColumn<QString>("named"); // what a refusal must name; empty: followed
    const QString other = QString::number(m_server.port("other"));
    const std::vector<std::pair<QByteArray, QString>> targets{{"same", u""_s}, {"otherport", u":"_s + other},
        {"otherhost", u"localhost:"_s}, {"https", u"https://127.0.0.1:"_s}, {"file", u"file:///etc/passwd"_s},
        {"gopher", u"gopher://"_s}, {"protorel", u":"_s + other}, {"user", u":"_s + other},
        {"noloc", u"leads nowhere"_s}};
    for (const int code : {301, 302, 303, 307, 308}) {
        for (const auto &[target, named] : targets) {
            for (const bool basic : {true, false})
                QTest::addRow("%d %s %s", code, target.constData(), basic ? "basic" : "bearer")
                    << "/F10/" + QByteArray::number(code) + '/' + target << basic << named;
        }
    }
}

void TestRedirects::matrix()
{
    QFETCH(QByteArray, path);
    QFETCH(bool, basic);
    QFETCH(QString, named);
    CurlTransport transport;
    transport.setEndpoints({withEveryCredential(path, basic)});
    const auto result = ask(transport, requestFor());
    const QJsonArray requests = m_server.requests();
    if (named.isEmpty()) {
        QCOMPARE(summary(result), u"200"_s);
        QCOMPARE(requests.size(), 2);
    } else {
        QVERIFY2(summary(result).startsWith(u"refused: prom-eu: "_s), qPrintable(summary(result)));
        QVERIFY2(result.error().message.contains(named), qPrintable(summary(result)));
        QVERIFY(!result.error().message.contains(u"pw"_s));
        QCOMPARE(requests.size(), 1); // nobody else was asked anything
    }
    for (const QJsonValue &request : requests)
        QCOMPARE(request[u"port"_s].toString(), u"http"_s);
}

void TestRedirects::onlyReadingFollows_data()
{
    QTest::addColumn<QByteArray>("method");
    for (const char *method : {"POST", "PUT", "DELETE"})
        QTest::newRow(method) << QByteArray(method);
}

void TestRedirects::onlyReadingFollows()
{
    QFETCH(QByteArray, method);
    for (const char *code : {"301", "302", "303", "307", "308"}) {
        m_server.reset();
        CurlTransport transport;
        transport.setEndpoints({endpointAt(m_server.url("/F10/" + QByteArray(code) + "/same"))});
        HttpRequest request = requestFor();
        request.method = method;
        request.body = "x";
        const auto result = ask(transport, request);
        QVERIFY2(summary(result).startsWith(u"refused: "_s), qPrintable(summary(result)));
        QVERIFY(result.error().message.contains(u"landed"_s));
        QCOMPARE(m_server.requests().size(), 1);
    }
}

void TestRedirects::chains_data()
{
    QTest::addColumn<int>("requests");
    QTest::addColumn<QString>("expected");
    QTest::newRow("relative") << 2 << u"200"_s;
    QTest::newRow("hops3") << 4 << u"200"_s;
    QTest::newRow("hops4") << 4 << u"refused"_s;
    QTest::newRow("loop") << 4 << u"refused"_s;
}

void TestRedirects::chains()
{
    QFETCH(int, requests);
    QFETCH(QString, expected);
    CurlTransport transport;
    transport.setEndpoints({withEveryCredential("/F10/" + QByteArray(QTest::currentDataTag()), true)});
    const auto result = ask(transport, requestFor());
    QCOMPARE(summary(result).section(u':', 0, 0), expected);
    QCOMPARE(m_server.requests().size(), requests);
    QCOMPARE(transport.stats().finished, 1u);
    QCOMPARE(transport.stats().connections, 1u);
    if (!result)
        QVERIFY(result.error().message.contains(u"more than 3 redirects"_s));
    else
        QVERIFY(!result->url.contains("hop=")); // the address that was asked for
}

void TestRedirects::deadlineCoversAllHops()
{
    // Each hop is quick, all of them together are not allowed to outlast the deadline.
    TransportLimits limits;
    limits.redirects = 1'000'000;
    CurlTransport transport(limits);
    transport.setEndpoints({endpointAt(m_server.url("/F10/loop"))});
    HttpRequest request = requestFor();
    request.deadline = std::chrono::milliseconds(300);
    const auto result = ask(transport, request);
    QCOMPARE(summary(result).section(u':', 0, 0), u"timeout"_s);
}

void TestRedirects::otherStatusesPass()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/F11/401"))});
    QCOMPARE(summary(ask(transport, requestFor())), u"401"_s);
}

QTEST_GUILESS_MAIN(TestRedirects)
#include "tst_redirects.moc"
