// SPDX-License-Identifier: GPL-3.0-or-later
#include "asking.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

QByteArray sent(const QJsonObject &request, const char *name)
{
    for (const QJsonValue &header : request[u"headers"_s].toArray()) {
        if (header[0].toString().compare(QLatin1String(name), Qt::CaseInsensitive) == 0)
            return header[1].toString().toUtf8();
    }
    return {};
}

} // namespace

/// How requests travel: connections, threads, cancelling, deadlines, endpoints.
class TestCurlTransport : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(m_server.start()); }
    void init();
    void answers();
    void postsForms();
    void changesWithoutABody();
    void sendsCredentials();
    void reusesOneConnection();
    void changesGetANewConnection();
    void unpacksGzip();
    void noCompression();
    void fiftyAtOnce();
    void manyThreads();
    void startsFromItsOwnThread();
    void cancelInFlight();
    void cancelBeforeAndAfter();
    void deadlines_data();
    void deadlines();
    void dropConnectionsIsFresh();
    void dropConnectionsFailsFlights();
    void replacedTable();
    void invalidEndpoints_data();
    void invalidEndpoints();
    void invalidRequests_data();
    void invalidRequests();
    void ignoresEnvironmentProxy();
    void proxies_data();
    void proxies();
    void proxyIsNotUsedForLoopback();
    void quitsWhileEverythingHangs();
    void quitsWithoutAnyRequest();

private:
    FaultServer m_server;
};

void TestCurlTransport::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server.reset();
}

void TestCurlTransport::answers()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    const auto result = ask(transport, requestFor());
    QCOMPARE(summary(result), u"200"_s);
    QCOMPARE(result->header("content-type"), QByteArray("application/json"));
    QVERIFY(result->body.startsWith("{\"status\": \"success\""));
    QVERIFY(result->body.capacity() >= result->body.size() + 64);
    QCOMPARE(result->url, m_server.url("/ok/api/v1/query?query=up"));
    QVERIFY(result->took >= 0ms && result->took < 5s);
    const auto missing = ask(transport, requestFor("/nothing"));
    QCOMPARE(summary(missing), u"404"_s); // a status is not an error here
    QCOMPARE(transport.stats().started, 2u);
    QCOMPARE(transport.stats().finished, 2u);
    QCOMPARE(transport.stats().bytes, quint64(result->body.size() + missing->body.size()));
}

void TestCurlTransport::postsForms()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    HttpRequest request = requestFor();
    request.method = "POST";
    request.query.clear();
    request.contentType = "application/x-www-form-urlencoded";
    request.body =
        "query=up&pad=" + QByteArray(200'000, 'x'); // beyond where libcurl would ask for 100-continue
    const auto result = ask(transport, request);
    QCOMPARE(summary(result), u"200"_s);
    const QJsonObject seen = m_server.requests().last().toObject();
    QCOMPARE(seen[u"method"_s].toString(), u"POST"_s);
    QCOMPARE(seen[u"body"_s].toInt(), request.body.size());
    QCOMPARE(sent(seen, "Content-Type"), request.contentType);
    QCOMPARE(sent(seen, "Expect"), QByteArray());
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s); // the handle is a GET again
    QCOMPARE(m_server.requests().last()[u"method"_s].toString(), u"GET"_s);
    QCOMPARE(sent(m_server.requests().last().toObject(), "Content-Type"), QByteArray());
}

void TestCurlTransport::changesWithoutABody()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    for (const char *method : {"DELETE", "HEAD", "PUT", "POST"}) {
        HttpRequest request = requestFor("/api/v2/silence/none");
        request.method = method;
        const auto result = ask(transport, request);
        // The small server sends a body even to HEAD: it must not be waited for or counted.
        QVERIFY2(result, qPrintable(summary(result)));
        QCOMPARE(m_server.requests().last()[u"method"_s].toString(), QLatin1String(method));
        if (request.method == "HEAD")
            QVERIFY(result->body.isEmpty());
    }
}

void TestCurlTransport::sendsCredentials()
{
    CurlTransport transport;
    Endpoint basic = endpointAt(m_server.url("/ok"));
    basic.credentials.basicUser = "ops";
    basic.credentials.basicPassword = "pa:ss";
    basic.headers = {{"X-Scope-OrgID", "a|b"}, {"X-Empty", ""}};
    basic.credentials.headers = {{"X-API-Key", "k1"}};
    Endpoint bearer = endpointAt(m_server.url("/ok"));
    bearer.id = u"bearer"_s;
    bearer.credentials.bearer = "t0ken";
    transport.setEndpoints({basic, bearer});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QJsonObject seen = m_server.requests().last().toObject();
    QCOMPARE(sent(seen, "Authorization"), "Basic " + QByteArray("ops:pa:ss").toBase64());
    QCOMPARE(sent(seen, "X-Scope-OrgID"), QByteArray("a|b"));
    QCOMPARE(sent(seen, "X-API-Key"), QByteArray("k1"));
    QCOMPARE(sent(seen, "Accept-Encoding"), QByteArray("gzip"));

    // The same handle for another endpoint: nothing of the first may stick.
    HttpRequest other = requestFor();
    other.endpoint = u"bearer"_s;
    QCOMPARE(summary(ask(transport, other)), u"200"_s);
    seen = m_server.requests().last().toObject();
    QCOMPARE(sent(seen, "Authorization"), QByteArray("Bearer t0ken"));
    QCOMPARE(sent(seen, "X-API-Key"), QByteArray());
    QCOMPARE(sent(seen, "X-Scope-OrgID"), QByteArray());
}

void TestCurlTransport::reusesOneConnection()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    for (int n = 0; n < 20; ++n)
        QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QCOMPARE(transport.stats().connections, 1u);
}

void TestCurlTransport::changesGetANewConnection()
{
    // libcurl repeats a request on its own when a kept connection turns out closed; a silence made twice
    // would be the price.
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    HttpRequest change = requestFor("/api/v2/silences");
    change.method = "POST";
    change.contentType = "application/json";
    change.body = R"({"id": "", "comment": "x"})";
    QCOMPARE(summary(ask(transport, change)), u"200"_s);
    QCOMPARE(transport.stats().connections, 2u);
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QCOMPARE(transport.stats().connections, 2u);
}

void TestCurlTransport::unpacksGzip()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/F28"))});
    HttpRequest request = requestFor("/api/v2/alerts");
    request.maxBytes = 64 << 20;
    const auto result = ask(transport, request);
    QCOMPARE(summary(result), u"200"_s);
    QCOMPARE(result->header("Content-Encoding"), QByteArray("gzip"));
    QCOMPARE(QJsonDocument::fromJson(result->body).array().size(), 12'000);
    QVERIFY(transport.stats().bytes * 4 < quint64(result->body.size()));
}

void TestCurlTransport::noCompression()
{
    CurlTransport transport;
    Endpoint endpoint = endpointAt(m_server.url("/ok"));
    endpoint.compression = false;
    transport.setEndpoints({endpoint});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QCOMPARE(sent(m_server.requests().last().toObject(), "Accept-Encoding"), QByteArray());
}

void TestCurlTransport::fiftyAtOnce()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    std::vector<Answer> answers;
    for (int round = 0; round < 2; ++round) {
        for (int n = 0; n < 50; ++n)
            answers.push_back(asking(transport, requestFor()));
        for (Answer &answer : answers)
            QCOMPARE(summary(taken(answer)), u"200"_s);
        answers.clear();
    }
    QCOMPARE(transport.stats().finished, 100u);
    QVERIFY(transport.stats().connections <= 50u); // the second round finds the first one's
}

void TestCurlTransport::manyThreads()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    std::atomic<int> good{0};
    std::vector<std::jthread> threads;
    for (int n = 0; n < 4; ++n) {
        threads.emplace_back([&] {
            for (int m = 0; m < 10; ++m) {
                TransferId id = 0;
                Answer answer = asking(transport, requestFor(), &id);
                if (m % 3 == 2)
                    transport.cancel(id);
                const auto result = taken(answer);
                good += result || result.error().kind == Error::Kind::Cancelled;
            }
        });
    }
    threads.clear();
    QCOMPARE(good.load(), 40);
    QCOMPARE(transport.stats().finished, 40u);
}

void TestCurlTransport::startsFromItsOwnThread()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    const auto promise = std::make_shared<std::promise<Result<HttpResponse>>>();
    transport.start(requestFor(), [&transport, promise](const Result<HttpResponse> &) {
        transport.start(
            requestFor(), [promise](Result<HttpResponse> second) { promise->set_value(std::move(second)); });
    });
    Answer answer = promise->get_future();
    QCOMPARE(summary(taken(answer)), u"200"_s);
}

void TestCurlTransport::cancelInFlight()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/F01"))});
    TransferId id = 0;
    Answer answer = asking(transport, requestFor(), &id);
    QTRY_COMPARE(m_server.counters()[u"in_flight"_s].toInt(), 1);
    QElapsedTimer timer;
    timer.start();
    transport.cancel(id);
    QCOMPARE(taken(answer).error().kind, Error::Kind::Cancelled);
    QVERIFY(timer.elapsed() < 1000);
    QTRY_COMPARE(m_server.counters()[u"in_flight"_s].toInt(), 0); // the server sees that we left
}

void TestCurlTransport::cancelBeforeAndAfter()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    TransferId id = 0;
    Answer first = asking(transport, requestFor(), &id);
    QCOMPARE(summary(taken(first)), u"200"_s);
    transport.cancel(id); // too late: nothing happens, and Done is not called again
    transport.cancel(123'456);
    Answer second = asking(transport, requestFor());
    QCOMPARE(summary(taken(second)), u"200"_s);
    QCOMPARE(transport.stats().finished, 2u);
}

void TestCurlTransport::deadlines_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<int>("deadline");
    QTest::addColumn<int>("connectDeadline");
    QTest::addColumn<QString>("says");
    QTest::newRow("no answer") << m_server.url("/F01") << 300 << 300 << u"no answer from"_s;
    QTest::newRow("nobody reads") << m_server.url("/ok", "rawhang") << 300 << 300 << u"no answer from"_s;
    QTest::newRow("half a status line") << m_server.url("/F02/status") << 300 << 300 << u"no answer from"_s;
    QTest::newRow("silence after the headers")
        << m_server.url("/F02/headers") << 300 << 300
        << u"not complete within|almost stopped"_s; // a busy machine sees the silence first
    QTest::newRow("dripping headers") << m_server.url("/F03/headers") << 300 << 300 << u"no answer from"_s;
    QTest::newRow("no connection") << m_server.url("/ok", "blackhole") << 5000 << 300
                                   << u"no connection to"_s;
}

void TestCurlTransport::deadlines()
{
    QFETCH(QByteArray, url);
    QFETCH(int, deadline);
    QFETCH(int, connectDeadline);
    QFETCH(QString, says);
    CurlTransport transport;
    transport.setEndpoints({endpointAt(url)});
    HttpRequest request = requestFor();
    request.deadline = std::chrono::milliseconds(deadline);
    request.connectDeadline = std::chrono::milliseconds(connectDeadline);
    QElapsedTimer timer;
    timer.start();
    const auto result = ask(transport, request);
    QVERIFY(!result);
    QCOMPARE(kindName(result.error().kind), u"timeout"_s);
    QVERIFY2(result.error().message.contains(QRegularExpression(says)), qPrintable(result.error().message));
    QVERIFY2(timer.elapsed() >= 290 && timer.elapsed() < 1500, qPrintable(QString::number(timer.elapsed())));
}

void TestCurlTransport::dropConnectionsIsFresh()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    transport.dropConnections(); // before there are any
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QCOMPARE(transport.stats().connections, 1u);
    transport.dropConnections();
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QCOMPARE(transport.stats().connections, 2u);
}

void TestCurlTransport::dropConnectionsFailsFlights()
{
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/F01"))});
    Answer answer = asking(transport, requestFor());
    QTRY_COMPARE(m_server.counters()[u"in_flight"_s].toInt(), 1);
    transport.dropConnections();
    const auto result = taken(answer);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, Error::Kind::Network);
    QVERIFY(result.error().retryable());
}

void TestCurlTransport::replacedTable()
{
    CurlTransport transport;
    QCOMPARE(ask(transport, requestFor()).error().kind, Error::Kind::Invalid); // no table yet
    Endpoint endpoint = endpointAt(m_server.url("/ok"));
    endpoint.credentials.bearer = "old";
    transport.setEndpoints({endpoint});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    endpoint.credentials.bearer = "new";
    transport.setEndpoints({endpoint});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QCOMPARE(sent(m_server.requests().last().toObject(), "Authorization"), QByteArray("Bearer new"));
    transport.setEndpoints({});
    const auto gone = ask(transport, requestFor());
    QCOMPARE(gone.error().kind, Error::Kind::Invalid);
    QVERIFY(gone.error().message.contains(u"prom-eu"_s));
}

void TestCurlTransport::invalidEndpoints_data()
{
    QTest::addColumn<Endpoint>("endpoint");
    QTest::addColumn<QString>("kind");
    const auto row = [](const char *name, const QByteArray &url, const char *kind, auto change) {
        Endpoint endpoint = endpointAt(url);
        change(endpoint);
        QTest::newRow(name) << endpoint << QString::fromLatin1(kind);
    };
    const auto nothing = [](Endpoint &) {};
    row("no address", "", "invalid", nothing);
    row("trailing slash", "http://127.0.0.1:9/x/", "invalid", nothing);
    row("query", "http://127.0.0.1:9/x?a=b", "invalid", nothing);
    row("user in the address", "https://ops:hunter2@p.example", "invalid", nothing);
    row("file", "file:///etc", "invalid", nothing);
    row("plain http", "http://p.example:9090", "refused", nothing);
    const auto allow = [](Endpoint &e) { e.plainHttpAllowed = true; };
    const auto with = [&](auto change) {
        return [=](Endpoint &e) {
            allow(e);
            change(e);
        };
    };
    row("basic over http", "http://p.example", "refused",
        with([](Endpoint &e) { e.credentials.basicPassword = "hunter2"; }));
    row("bearer over http", "http://p.example", "refused",
        with([](Endpoint &e) { e.credentials.bearer = "hunter2"; }));
    row("key over http", "http://p.example", "refused", with([](Endpoint &e) {
        e.credentials.headers = {{"X-API-Key", "hunter2"}};
    }));
    row("Authorization as a plain header over http", "http://p.example", "refused", with([](Endpoint &e) {
        e.headers = {{"authorization", "Bearer hunter2"}};
    }));
    row("header with line break", "https://p.example", "invalid", [](Endpoint &e) {
        e.headers = {{"X-A", "hunter2\r\nX-B: 1"}};
    });
    row("secret header with NUL", "https://p.example", "invalid", [](Endpoint &e) {
        e.credentials.headers = {{"X-A", QByteArray("hunter2\0", 8)}};
    });
    row("header name", "https://p.example", "invalid", [](Endpoint &e) { e.headers = {{"X A", "1"}}; });
    row("bearer with line break", "https://p.example", "invalid",
        [](Endpoint &e) { e.credentials.bearer = "hunter2\n"; });
    row("colon in the user", "https://p.example", "invalid",
        [](Endpoint &e) { e.credentials.basicUser = "a:hunter2"; });
    row("basic and bearer", "https://p.example", "invalid", [](Endpoint &e) {
        e.credentials.basicUser = "a";
        e.credentials.bearer = "hunter2";
    });
    row("key without certificate", "https://p.example", "invalid",
        [](Endpoint &e) { e.clientKey = "/x.key"; });
    row("proxy without scheme", "https://p.example", "invalid", [](Endpoint &e) { e.proxy = "proxy:3128"; });
    row("proxy of another kind", "https://p.example", "invalid",
        [](Endpoint &e) { e.proxy = "ftp://proxy:21"; });
    row("server name", "https://p.example", "invalid", [](Endpoint &e) { e.serverName = "a/b"; });
}

void TestCurlTransport::invalidEndpoints()
{
    QFETCH(Endpoint, endpoint);
    QFETCH(QString, kind);
    CurlTransport transport;
    transport.setEndpoints({endpoint});
    const auto result = ask(transport, requestFor());
    QVERIFY(!result);
    QCOMPARE(kindName(result.error().kind), kind);
    QVERIFY(result.error().message.startsWith(u"prom-eu: "_s));
    QVERIFY2(!result.error().message.contains(u"hunter2"_s), qPrintable(result.error().message));
    QVERIFY(!result.error().detail.contains(u"hunter2"_s));
    QCOMPARE(transport.stats().connections, 0u);
}

void TestCurlTransport::invalidRequests_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("deadline");
    QTest::newRow("method") << QByteArray("GET / HTTP/1.1\r\nX: y") << QByteArray("/x") << QByteArray()
                            << 1000;
    QTest::newRow("connect") << QByteArray("CONNECT") << QByteArray("/x") << QByteArray() << 1000;
    QTest::newRow("path") << QByteArray("GET") << QByteArray("/../admin") << QByteArray() << 1000;
    QTest::newRow("type") << QByteArray("POST") << QByteArray("/x") << QByteArray("a\r\nX: y") << 1000;
    QTest::newRow("deadline") << QByteArray("GET") << QByteArray("/x") << QByteArray() << 0;
}

void TestCurlTransport::invalidRequests()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, type);
    QFETCH(int, deadline);
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    HttpRequest request = requestFor(path);
    request.method = method;
    request.contentType = type;
    request.deadline = std::chrono::milliseconds(deadline);
    const auto result = ask(transport, request);
    QVERIFY(!result);
    QCOMPARE(kindName(result.error().kind), u"invalid"_s);
    QCOMPARE(m_server.counters()[u"requests"_s].toInt(), 0);
}

void TestCurlTransport::ignoresEnvironmentProxy()
{
    const QByteArray refused = m_server.url({}, "refused");
    for (const char *name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"})
        qputenv(name, refused);
    CurlTransport transport;
    transport.setEndpoints({endpointAt(m_server.url("/ok"))});
    const auto result = ask(transport, requestFor());
    for (const char *name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"})
        qunsetenv(name);
    QCOMPARE(summary(result), u"200"_s);
}

void TestCurlTransport::proxies_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QByteArray>("port");
    QTest::addColumn<QString>("expected");
    // The name exists nowhere: only a proxy could find it, and nothing asks a name server.
    const QByteArray plain = "http://prom.internal.example:9090/ok";
    const QByteArray secure = "https://prom.internal.example:9090/ok";
    QTest::newRow("works") << plain << QByteArray("proxy") << u"200"_s;
    QTest::newRow("407") << plain << QByteArray("proxy407") << u"auth"_s;
    QTest::newRow("407 to CONNECT") << secure << QByteArray("proxy407") << u"auth"_s;
    QTest::newRow("down") << plain << QByteArray("refused") << u"network"_s;
    QTest::newRow("down, https") << secure << QByteArray("refused") << u"network"_s;
    QTest::newRow("hangs") << plain << QByteArray("rawhang") << u"timeout"_s;
    QTest::newRow("unreachable") << plain << QByteArray("blackhole") << u"timeout"_s;
}

void TestCurlTransport::proxies()
{
    QFETCH(QByteArray, url);
    QFETCH(QByteArray, port);
    QFETCH(QString, expected);
    CurlTransport transport;
    Endpoint endpoint = endpointAt(url);
    endpoint.plainHttpAllowed = true;
    const QByteArray address = "127.0.0.1:" + QByteArray::number(m_server.port(port.constData()));
    endpoint.proxy = "http://door:hunter2@" + address;
    transport.setEndpoints({endpoint});
    HttpRequest request = requestFor();
    request.deadline = 500ms;
    request.connectDeadline = 300ms;
    const auto result = ask(transport, request);
    if (result) {
        QCOMPARE(summary(result), expected);
        return;
    }
    QCOMPARE(kindName(result.error().kind), expected);
    QVERIFY2(result.error().message.contains(u"the proxy http://"_s + QString::fromLatin1(address)),
        qPrintable(result.error().message));
    QVERIFY(!(result.error().message + result.error().detail).contains(u"hunter2"_s));
}

void TestCurlTransport::proxyIsNotUsedForLoopback()
{
    CurlTransport transport;
    Endpoint endpoint = endpointAt(m_server.url("/ok"));
    endpoint.proxy = m_server.url({}, "refused");
    transport.setEndpoints({endpoint});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
}

void TestCurlTransport::quitsWhileEverythingHangs()
{
    std::atomic<int> cancelled{0};
    QElapsedTimer timer;
    {
        CurlTransport transport;
        std::vector<Endpoint> endpoints;
        for (const auto &url : {m_server.url("/F01"), m_server.url("/F02/headers"), m_server.url("/F03/body"),
                 m_server.url("/ok", "rawhang"), m_server.url("/ok", "blackhole")}) {
            endpoints.push_back(endpointAt(url));
            endpoints.back().id = QString::number(endpoints.size());
        }
        transport.setEndpoints(endpoints);
        for (int n = 0; n < 50; ++n) {
            HttpRequest request = requestFor();
            request.endpoint = endpoints[static_cast<size_t>(n) % endpoints.size()].id;
            transport.start(request, [&](const Result<HttpResponse> &result) {
                cancelled += !result && result.error().kind == Error::Kind::Cancelled;
            });
        }
        QTRY_VERIFY(m_server.counters()[u"in_flight"_s].toInt() >= 30);
        timer.start();
    }
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(cancelled.load(), 50); // each was told
}

void TestCurlTransport::quitsWithoutAnyRequest()
{
    QElapsedTimer timer;
    timer.start();
    for (int n = 0; n < 20; ++n) {
        CurlTransport transport;
        transport.setEndpoints({endpointAt("http://127.0.0.1:9")});
    }
    QVERIFY(timer.elapsed() < 1000);
}

QTEST_GUILESS_MAIN(TestCurlTransport)
#include "tst_curltransport.moc"
