// SPDX-License-Identifier: GPL-3.0-or-later
#include "asking.h"

#include <support/facility.h>

#include <QElapsedTimer>
#include <QTest>

#include <fstream>
#include <string>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr long kAllowedGrowth = 600 * 1024; // freed memory stays in quarantine for a while
#else
constexpr long kAllowedGrowth = 96 * 1024;
#endif

/// Peak resident size of this process in KiB.
long peakMemory()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:"))
            return std::stol(line.substr(6));
    }
    return 0;
}

} // namespace

/// Every scenario of tests/support/faultserver.py, as the transport sees it: what it lets through for the
/// decoder to judge, and what it stops.
class TestFaults : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(m_server.start()); }
    void init();
    void outcome_data();
    void outcome();
    void stall();
    void slowServerMayThink();
    void memoryIsBounded();
    void refusedPort();
    void ipv6();
    void overtaking();
    void bodyKeepsItsBytes();

private:
    FaultServer m_server;
};

void TestFaults::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server.reset();
}

void TestFaults::outcome_data()
{
    QTest::addColumn<QString>("expected"); // a status, or kind and a part of the message
    const auto row = [](const char *path, const char *expected) {
        QTest::newRow(path) << QString::fromUtf8(expected);
    };
    row("/F04/header", "network: closed the connection without an answer");
    row("/F04/body", "network: cut the connection after 60 of 5000 bytes");
    row("/F04/short", "network: cut the connection after 60 of 5000 bytes");
    row("/F04/empty", "network: closed the connection without an answer");
    row("/F04/chunk", "network: cut the connection after");
    row("/F05", "200");
    row("/F06/length", "too_large: is larger than 8 MiB");
    row("/F06/chunks", "too_large: is larger than 8 MiB");
    row("/F06/close", "too_large: is larger than 8 MiB");
    row("/F07/gzip", "too_large: unpacks to more than 100 times");
    row("/F07/chunked", "too_large: unpacks to more than 100 times");
    row("/F07/stacked", "decode: nobody asked for (gzip, gzip)");
    row("/F07/stackedlines", "decode: nobody asked for (gzip, gzip)");
    row("/F07/br", "decode: nobody asked for (br)");
    row("/F07/zstd", "decode: nobody asked for (zstd)");
    row("/F07/te", "decode: nobody asked for");
    row("/F07/cut", "network: cut the connection");
    row("/F07/damaged", "decode: is damaged");
    row("/F07/members", "200");
    row("/F08/login", "200");
    row("/F08/portal", "200");
    row("/F09/204", "204");
    row("/F09/empty", "200");
    row("/F11/401", "401");
    row("/F11/403", "403");
    row("/F12/seconds", "429");
    row("/F12/date", "429");
    row("/F13/500", "500");
    row("/F13/502", "502");
    row("/F13/503", "503");
    row("/F13/504", "504");
    row("/F14/200", "200");
    row("/F14/400", "400");
    row("/F14/422", "422");
    row("/F15/nul", "200");
    row("/F16/string", "200");
    row("/F16/string64", "too_large: is larger than 8 MiB");
    row("/F24/http10", "200");
    row("/F24/headers1m", "too_large: more than 256 KiB of headers");
    row("/F24/headers10k", "too_large: more than 256 KiB of headers");
    row("/F24/continue", "200");
    row("/F24/tecl", "200");
    row("/F24/http09", "decode: does not answer in proper HTTP");
    row("/F24/lengths", "decode: does not answer in proper HTTP");
    row("/F27/other", "200");
    row("/F30", "503");
}

void TestFaults::outcome()
{
    QFETCH(QString, expected);
    CurlTransport transport(shortLimits());
    transport.setEndpoints({endpointAt(m_server.url(QTest::currentDataTag()))});
    const auto result = ask(transport, requestFor());
    const QString found = summary(result);
    const QString kind = expected.section(u": "_s, 0, 0);
    const QString part = expected.section(u": "_s, 1);
    QVERIFY2(found.startsWith(kind) && found.contains(part), qPrintable(found));
    if (!result)
        QVERIFY2(result.error().message.startsWith(u"prom-eu: "_s), qPrintable(found));
    QCOMPARE(transport.stats().finished, 1u);
}

void TestFaults::stall()
{
    CurlTransport transport(shortLimits());
    Endpoint silent = endpointAt(m_server.url("/F02/headers"));
    Endpoint dripping = endpointAt(m_server.url("/F03/body"));
    dripping.id = u"prom-us"_s;
    transport.setEndpoints({silent, dripping});
    QElapsedTimer timer;
    timer.start();
    HttpRequest request = requestFor(); // its deadline is 10 s
    Answer first = asking(transport, request);
    request.endpoint = u"prom-us"_s;
    Answer second = asking(transport, request);
    for (Answer *answer : {&first, &second}) {
        const auto result = taken(*answer);
        QVERIFY2(summary(result).startsWith(u"timeout: "_s), qPrintable(summary(result)));
        QVERIFY2(result.error().message.contains(u"almost stopped"_s), qPrintable(summary(result)));
    }
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
}

void TestFaults::slowServerMayThink()
{
    // The first answer of this scenario takes as long as the stall rule allows: it has not begun, so it is no
    // stall.
    TransportLimits limits;
    limits.stallTime = 1s;
    CurlTransport transport(limits);
    transport.setEndpoints({endpointAt(m_server.url("/F26/slow"))});
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QVERIFY(timer.elapsed() >= 1900);
}

void TestFaults::memoryIsBounded()
{
    const long before = peakMemory();
    for (const char *path : {"/F06/length", "/F06/chunks", "/F07/gzip", "/F07/chunked", "/F16/string64"}) {
        CurlTransport transport(shortLimits());
        transport.setEndpoints({endpointAt(m_server.url(path))});
        HttpRequest request = requestFor();
        request.maxBytes = 32 << 20;
        const auto result = ask(transport, request);
        QCOMPARE(summary(result).section(u':', 0, 0), u"too_large"_s);
    }
    const long grown = peakMemory() - before;
    QVERIFY2(grown < kAllowedGrowth, qPrintable(QString::number(grown)));
}

void TestFaults::refusedPort()
{
    CurlTransport transport(shortLimits());
    transport.setEndpoints({endpointAt(m_server.url("/ok", "refused"))});
    const auto result = ask(transport, requestFor());
    QVERIFY(summary(result).startsWith(u"network: "_s));
    QVERIFY2(result.error().message.contains(u"refused the connection"_s), qPrintable(summary(result)));
    QVERIFY(result.error().retryable());
}

void TestFaults::ipv6()
{
    const quint16 port = m_server.port("http6");
    if (port == 0)
        BW_SKIP_WITHOUT("ipv6-loopback");
    CurlTransport transport(shortLimits());
    transport.setEndpoints({endpointAt("http://[::1]:" + QByteArray::number(port) + "/ok")});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
}

void TestFaults::overtaking()
{
    // Answers come in the order of the server, not of the questions: the caller needs its generations.
    CurlTransport transport(shortLimits());
    transport.setEndpoints({endpointAt(m_server.url("/F26"))});
    Answer older = asking(transport, requestFor());
    QTRY_COMPARE(m_server.counters()[u"requests"_s].toInt(), 1);
    Answer newer = asking(transport, requestFor());
    const auto second = taken(newer);
    QCOMPARE(summary(second), u"200"_s);
    QVERIFY(older.wait_for(0s) == std::future_status::timeout);
    QVERIFY(second->body.contains("\"2\""));
    const auto first = taken(older);
    QCOMPARE(summary(first), u"200"_s);
    QVERIFY(first->body.contains("\"1\""));
}

void TestFaults::bodyKeepsItsBytes()
{
    // What is wrong inside the JSON reaches the decoder unchanged.
    CurlTransport transport(shortLimits());
    transport.setEndpoints({endpointAt(m_server.url("/F15"))});
    QVERIFY(ask(transport, requestFor("/utf8"))->body.contains("\xff\xfe\x80"));
    QVERIFY(ask(transport, requestFor("/nul"))->body.contains(QByteArray("a\0b", 3)));
    QVERIFY(ask(transport, requestFor("/bom"))->body.startsWith("\xef\xbb\xbf"));
}

QTEST_GUILESS_MAIN(TestFaults)
#include "tst_faults.moc"
