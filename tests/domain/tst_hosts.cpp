// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/hosts.h>

#include <QTest>

using namespace bw;

class TestHosts : public QObject
{
    Q_OBJECT
private slots:
    void hosts_data()
    {
        QTest::addColumn<bool>("loopback");
        QTest::addColumn<bool>("privateNet");
        for (const char *host : {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"})
            QTest::newRow(host) << true << true;
        for (const char *host : {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1",
                 "fd00::1", "fc00::", "fe80::1", "fe80::1%eth0", "febf::1"})
            QTest::newRow(host) << false << true;
        for (const char *host : {"", "prom.example", "a.localhost", "127.0.0.1.example.com", "8.8.8.8",
                 "172.32.0.1", "172.15.0.1", "192.169.0.1", "11.0.0.1", "128.0.0.1", "0.0.0.0", "2001:db8::1",
                 "127.1", "1.2.3", "300.1.1.1", "fdisk", "fe80.example", "fec0::1"})
            QTest::newRow(*host ? host : "empty") << false << false;
    }
    void hosts()
    {
        QFETCH(bool, loopback);
        QFETCH(bool, privateNet);
        const QByteArray tag = QTest::currentDataTag();
        const QString host = tag == "empty" ? QString() : QString::fromLatin1(tag);
        QCOMPARE(isLoopbackHost(host), loopback);
        QCOMPARE(isPrivateHost(host), privateNet);
    }
};

QTEST_GUILESS_MAIN(TestHosts)
#include "tst_hosts.moc"
