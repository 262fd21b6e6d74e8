// SPDX-License-Identifier: GPL-3.0-or-later
#include "asking.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <cstring>
#include <thread>

#include <dlfcn.h>
#include <netdb.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
std::atomic<int> lookups{0};
}

/// Stands in front of the C library's: libcurl's resolver thread finds this one first. No name server is
/// asked.
extern "C" int getaddrinfo(const char *node, const char *service, const addrinfo *hints, addrinfo **result)
{
    using Function = int (*)(const char *, const char *, const addrinfo *, addrinfo **);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    if (node && std::strcmp(node, "slow.example") == 0) {
        ++lookups;
        std::this_thread::sleep_for(8s);
        return EAI_AGAIN;
    }
    if (node && std::strcmp(node, "missing.example") == 0) {
        ++lookups;
        return EAI_NONAME;
    }
    if (node && std::strcmp(node, "here.example") == 0) {
        ++lookups;
        node = "127.0.0.1";
    }
    return real(node, service, hints, result);
}

/// Names that do not exist, and name servers that do not answer.
class TestResolver : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(m_server.start()); }
    void init();
    void missingName();
    void missingProxyName();
    void slowNameKeepsTheDeadline();
    void slowNameBlocksNobody();
    void cancelWhileResolving();
    void quitWhileResolving();

private:
    static Endpoint at(const QByteArray &host)
    {
        Endpoint endpoint = endpointAt("http://" + host + ":9090");
        endpoint.plainHttpAllowed = true;
        return endpoint;
    }
    FaultServer m_server;
};

void TestResolver::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    lookups = 0;
}

void TestResolver::missingName()
{
    CurlTransport transport;
    transport.setEndpoints({at("missing.example")});
    const auto result = ask(transport, requestFor());
    QCOMPARE(summary(result), u"network: prom-eu: the name in http://missing.example:9090 is unknown"_s);
    QVERIFY(lookups > 0); // else this program asked a real name server
}

void TestResolver::missingProxyName()
{
    CurlTransport transport;
    Endpoint endpoint = at("slow.example");
    endpoint.proxy = "http://missing.example:3128";
    transport.setEndpoints({endpoint});
    const auto result = ask(transport, requestFor());
    QVERIFY2(summary(result).contains(u"the name of the proxy http://missing.example:3128"_s),
        qPrintable(summary(result)));
}

void TestResolver::slowNameKeepsTheDeadline()
{
    CurlTransport transport;
    transport.setEndpoints({at("slow.example")});
    HttpRequest request = requestFor();
    request.connectDeadline = 300ms;
    QElapsedTimer timer;
    timer.start();
    const auto result = ask(transport, request);
    QVERIFY2(summary(result).startsWith(u"timeout: prom-eu: the name in"_s), qPrintable(summary(result)));
    QVERIFY(timer.elapsed() < 2000);
}

void TestResolver::slowNameBlocksNobody()
{
    CurlTransport transport;
    Endpoint fine = endpointAt("http://here.example:" + QByteArray::number(m_server.port("http")) + "/ok");
    fine.id = u"fine"_s;
    fine.plainHttpAllowed = true;
    transport.setEndpoints({at("slow.example"), fine});
    TransferId id = 0;
    Answer slow = asking(transport, requestFor(), &id);
    QTRY_VERIFY(lookups > 0);
    HttpRequest request = requestFor();
    request.endpoint = u"fine"_s;
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(summary(ask(transport, request)), u"200"_s);
    QVERIFY(timer.elapsed() < 2000);
    transport.cancel(id);
    QCOMPARE(taken(slow).error().kind, Error::Kind::Cancelled);
    QVERIFY(timer.elapsed() < 3000);
}

void TestResolver::cancelWhileResolving()
{
    CurlTransport transport;
    transport.setEndpoints({at("slow.example")});
    TransferId id = 0;
    Answer answer = asking(transport, requestFor(), &id);
    QTRY_VERIFY(lookups > 0);
    QElapsedTimer timer;
    timer.start();
    transport.cancel(id);
    QCOMPARE(taken(answer).error().kind, Error::Kind::Cancelled);
    QVERIFY(timer.elapsed() < 1000);
}

void TestResolver::quitWhileResolving()
{
    QElapsedTimer timer;
    {
        CurlTransport transport;
        transport.setEndpoints({at("slow.example")});
        for (int n = 0; n < 10; ++n)
            transport.start(requestFor(), [](const Result<HttpResponse> &) {});
        QTRY_VERIFY(lookups > 0);
        timer.start();
    }
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestResolver)
#include "tst_resolver.moc"
