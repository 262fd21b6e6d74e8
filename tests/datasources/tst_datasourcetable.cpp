// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/datasourcekinds.h>
#include <datasources/datasourcetable.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
SourceConfig config(const QString &id, const QString &kind, const QStringList &urls)
{
    SourceConfig out;
    out.id = id;
    out.kind = kind;
    out.urls = urls;
    out.line = 7;
    return out;
}
Result<std::vector<TableEntry>> build(const std::vector<SourceConfig> &configs)
{
    return buildDatasourceTable(configs, builtinDatasourceKinds());
}
} // namespace

/// Configuration to sources and endpoints.
class TestDatasourceTable : public QObject
{
    Q_OBJECT
private slots:
    void members();
    void fields();
    void refuses_data();
    void refuses();
};

void TestDatasourceTable::members()
{
    const auto table = build({config(u"prom"_s, u"prometheus"_s, {u"https://prom.example/"_s}),
        config(u"am"_s, u"alertmanager"_s, {u"http://127.0.0.1:9093/am/"_s, u"http://127.0.0.1:9094"_s}),
        config(u"one"_s, u"alertmanager"_s, {u"http://[::1]:9093"_s})});
    QVERIFY(table);
    QStringList ids;
    for (const TableEntry &entry : *table) {
        QCOMPARE(entry.source.id.id, entry.endpoint.id);
        QCOMPARE(
            entry.source.datasource->request({entry.source.id, StatusQuery{}})->endpoint, entry.endpoint.id);
        ids << entry.source.id.id;
    }
    QCOMPARE(ids, QStringList({u"prom"_s, u"am/1"_s, u"am/2"_s, u"one"_s}));
    QCOMPARE((*table)[0].endpoint.baseUrl, QByteArray("https://prom.example"));
    QCOMPARE((*table)[1].endpoint.baseUrl, QByteArray("http://127.0.0.1:9093/am"));
    QCOMPARE((*table)[0].member, 0);
    QCOMPARE((*table)[2].member, 2);
    QCOMPARE((*table)[3].member, 0);
    QCOMPARE((*table)[0].source.inFlight, 4);
    QCOMPARE((*table)[1].source.inFlight, 2);
}

void TestDatasourceTable::fields()
{
    SourceConfig full = config(u"prom"_s, u"prometheus"_s, {u"https://prom.example/prefix"_s});
    full.headers = {{u"X-Scope-OrgID"_s, u"a|b"_s}};
    full.tls = {u"/ca.pem"_s, u"/cert.pem"_s, u"/key.pem"_s, u"inner.example"_s};
    full.proxy = u"http://proxy:3128"_s;
    full.plainHttpAllowed = true;
    full.limits.inFlight = 7;
    full.limits.rate = 2;
    full.timeout = 60s;
    const auto table = build({full});
    QVERIFY(table);
    const TableEntry &entry = table->front();
    QCOMPARE(entry.endpoint.headers, std::vector<HttpHeader>({{"X-Scope-OrgID", "a|b"}}));
    QCOMPARE(entry.endpoint.caFile, QByteArray("/ca.pem"));
    QCOMPARE(entry.endpoint.serverName, QByteArray("inner.example"));
    QCOMPARE(entry.endpoint.proxy, QByteArray("http://proxy:3128"));
    QVERIFY(entry.endpoint.plainHttpAllowed && entry.endpoint.compression);
    QVERIFY(entry.endpoint.credentials.bearer.isEmpty());
    QCOMPARE(entry.source.inFlight, 7);
    QCOMPARE(entry.source.rate, 2.0);
    QCOMPARE(entry.source.timeout, 60'000ms);
    QCOMPARE(entry.config, full);
    full.compression = false;
    QVERIFY(!build({full})->front().endpoint.compression);
}

void TestDatasourceTable::refuses_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QStringList>("urls");
    QTest::addColumn<QString>("says");
    const QString prom = u"prometheus"_s;
    QTest::newRow("unknown kind") << u"promethius"_s << QStringList{u"http://a"_s} << u"promethius"_s;
    QTest::newRow("no url") << prom << QStringList{} << u"no url"_s;
    QTest::newRow("two for a Prometheus")
        << prom << QStringList{u"http://a"_s, u"http://b"_s} << u"several urls"_s;
    QTest::newRow("file") << prom << QStringList{u"file:///etc/passwd"_s} << u"not an http"_s;
    QTest::newRow("bare host") << prom << QStringList{u"localhost:9090"_s} << u"not an http"_s;
    QTest::newRow("credentials") << prom << QStringList{u"http://a:b@c"_s} << u"credentials"_s;
    QTest::newRow("query") << prom << QStringList{u"http://a/?x=1"_s} << u"no ?"_s;
}

void TestDatasourceTable::refuses()
{
    QFETCH(QString, kind);
    QFETCH(QStringList, urls);
    QFETCH(QString, says);
    const auto table = build({config(u"prom"_s, kind, urls)});
    QVERIFY(!table && table.error().kind == Error::Kind::Invalid);
    QVERIFY2(table.error().message.contains(says), qPrintable(table.error().message));
    QVERIFY(table.error().message.contains(u"line 7"));
    QVERIFY(!build({config(u"a"_s, u"prometheus"_s, {u"http://a"_s}),
        config(u"a"_s, u"prometheus"_s, {u"http://b"_s})}));
}

QTEST_APPLESS_MAIN(TestDatasourceTable)
#include "tst_datasourcetable.moc"
