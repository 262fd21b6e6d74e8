// SPDX-License-Identifier: GPL-3.0-or-later
#include "asking.h"

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

/// TLS faults fail closed, each with its own reason, before a byte of a credential is sent.
class TestTls : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(m_server.start({u"--tls"_s})); }
    void init();
    void accepted();
    void refused_data();
    void refused();
    void keepsTheConnection();
    void clientCertificate();
    void badFiles_data();
    void badFiles();
    void otherServerName();
    void plainServerOnTlsAddress();

private:
    Endpoint secure(const char *port) const;
    FaultServer m_server;
};

void TestTls::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server.reset();
}

Endpoint TestTls::secure(const char *port) const
{
    Endpoint endpoint = endpointAt(m_server.url("/ok", port));
    endpoint.caFile = m_server.certificate("ca.crt");
    endpoint.credentials.bearer = "canary";
    return endpoint;
}

void TestTls::accepted()
{
    for (const char *host : {"127.0.0.1", "localhost"}) {
        CurlTransport transport;
        Endpoint endpoint = secure("tls_good");
        endpoint.baseUrl.replace("127.0.0.1", host);
        transport.setEndpoints({endpoint});
        QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    }
}

void TestTls::refused_data()
{
    QTest::addColumn<QByteArray>("port");
    QTest::addColumn<bool>("ownCa");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *port, bool ownCa, const char *kind, const QString &says) {
        QTest::addRow("%s%s", port, ownCa ? "" : ", system CAs")
            << QByteArray(port) << ownCa << QString::fromLatin1(kind) << says;
    };
    row("tls_selfsigned", true, "tls", u"is self-signed"_s);
    row("tls_expired", true, "tls", u"has expired"_s);
    row("tls_future", true, "tls", u"is not valid yet"_s);
    row("tls_wronghost", true, "tls", u"is for another host"_s);
    row("tls_unknown", true, "tls", u"unknown CA"_s);
    row("tls_good", false, "tls", u"unknown CA"_s);
    row("tls_weak", true, "tls", u"too weak"_s);
    row("tls_client", true, "tls", u"requires a client certificate"_s);
    row("tls_old", true, "tls", u"no TLS 1.2 or newer"_s);
    row("tls_hang", true, "timeout", u"finished no TLS handshake"_s);
}

void TestTls::refused()
{
    QFETCH(QByteArray, port);
    QFETCH(bool, ownCa);
    QFETCH(QString, kind);
    QFETCH(QString, says);
    CurlTransport transport;
    Endpoint endpoint = secure(port.constData());
    if (!ownCa)
        endpoint.caFile.clear();
    transport.setEndpoints({endpoint});
    HttpRequest request = requestFor();
    request.connectDeadline = 500ms;
    const auto result = ask(transport, request);
    QVERIFY(!result);
    QCOMPARE(kindName(result.error().kind), kind);
    QVERIFY2(result.error().message.contains(says),
        qPrintable(result.error().message + u" | "_s + result.error().detail));
    QCOMPARE(m_server.requests().size(), 0);
}

void TestTls::keepsTheConnection()
{
    CurlTransport transport;
    transport.setEndpoints({secure("tls_good")});
    for (int n = 0; n < 5; ++n)
        QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    QCOMPARE(transport.stats().connections, 1u);
}

void TestTls::clientCertificate()
{
    CurlTransport transport;
    Endpoint endpoint = secure("tls_client");
    endpoint.clientCert = m_server.certificate("client.crt");
    endpoint.clientKey = m_server.certificate("client.key");
    transport.setEndpoints({endpoint});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    // Another endpoint at the same address must not ride on that connection.
    Endpoint nobody = secure("tls_client");
    transport.setEndpoints({nobody});
    const auto result = ask(transport, requestFor());
    QVERIFY2(summary(result).startsWith(u"tls: "_s), qPrintable(summary(result)));
}

void TestTls::badFiles_data()
{
    QTest::addColumn<QByteArray>("ca");
    QTest::addColumn<QByteArray>("cert");
    QTest::addColumn<QString>("says");
    const QByteArray good = m_server.certificate("ca.crt");
    QTest::newRow("no CA file") << QByteArray("/nonexistent/ca.crt") << QByteArray() << u"CA file"_s;
    QTest::newRow("no client certificate")
        << good << QByteArray("/nonexistent/c.crt") << u"client certificate"_s;
    QTest::newRow("wrong key") << good << m_server.certificate("expired.crt") << u"client certificate"_s;
}

void TestTls::badFiles()
{
    QFETCH(QByteArray, ca);
    QFETCH(QByteArray, cert);
    QFETCH(QString, says);
    CurlTransport transport;
    Endpoint endpoint = secure("tls_client");
    endpoint.caFile = ca;
    endpoint.clientCert = cert;
    if (!cert.isEmpty())
        endpoint.clientKey = m_server.certificate("client.key");
    transport.setEndpoints({endpoint});
    const auto result = ask(transport, requestFor());
    QVERIFY2(summary(result).startsWith(u"tls: "_s), qPrintable(summary(result)));
    QVERIFY2(result.error().message.contains(says), qPrintable(result.error().message));
}

void TestTls::otherServerName()
{
    // The certificate names prom.internal; the address is an IP that the name server knows nothing about.
    CurlTransport transport;
    Endpoint endpoint = secure("tls_good");
    endpoint.serverName = "prom.internal";
    transport.setEndpoints({endpoint});
    QCOMPARE(summary(ask(transport, requestFor())), u"200"_s);
    const QJsonArray headers = m_server.requests().last()[u"headers"_s].toArray();
    const QString host = u"127.0.0.1:"_s + QString::number(m_server.port("tls_good"));
    QVERIFY(headers.contains(QJsonArray{u"Host"_s, host}));
    endpoint.serverName = "elsewhere.internal";
    transport.setEndpoints({endpoint});
    const auto result = ask(transport, requestFor());
    QVERIFY2(summary(result).contains(u"is for another host"_s), qPrintable(summary(result)));
}

void TestTls::plainServerOnTlsAddress()
{
    CurlTransport transport;
    Endpoint endpoint = secure("tls_good");
    endpoint.baseUrl = "https://127.0.0.1:" + QByteArray::number(m_server.port("http")) + "/ok";
    transport.setEndpoints({endpoint});
    const auto result = ask(transport, requestFor());
    QVERIFY2(summary(result).startsWith(u"tls: "_s), qPrintable(summary(result)));
    QCOMPARE(m_server.requests().size(), 0);
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
