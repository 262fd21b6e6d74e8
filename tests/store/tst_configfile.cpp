// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/configfile.h>
#include <store/documents/yamlreader.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QStringList kKinds{u"prometheus"_s, u"alertmanager"_s, u"jaeger"_s};

QStringList texts(const std::vector<Finding> &findings)
{
    QStringList found;
    for (const Finding &finding : findings)
        found.push_back((finding.level == Finding::Level::Error ? u"E "_s : u"W "_s) + finding.toString());
    return found;
}

QByteArray source(const QByteArray &more)
{
    return "datasources:\n  - id: p\n    kind: prometheus\n    url: https://h\n    " + more + "\n";
}

} // namespace

class TestConfigFile : public QObject
{
    Q_OBJECT
private slots:
    void absentIsEmpty();
    void everyKey();
    void wrong_data();
    void wrong();
    void secretsAreNeverRepeated_data();
    void secretsAreNeverRepeated();
    void allProblemsAtOnce();
    void notAMap();
    void references_data();
    void references();
    void interfaceOfJaeger();
};

void TestConfigFile::absentIsEmpty()
{
    const QTemporaryDir dir;
    const auto loaded = readConfiguration(dir.path(), kKinds);
    QVERIFY(loaded);
    QCOMPARE(loaded->config, Configuration{});
    QVERIFY(loaded->findings.empty());
}

void TestConfigFile::everyKey()
{
    const auto loaded = readConfiguration(qEnvironmentVariable("BW_TEST_DATA") + u"/config"_s, kKinds);
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().message));
    QCOMPARE(texts(loaded->findings), QStringList());
    const Configuration &config = loaded->config;
    QCOMPARE(config.identityName, u"Ada"_s);
    QCOMPARE(config.identityTeam, u"payments"_s);
    QCOMPARE(config.zone, u"Europe/Paris"_s);
    QCOMPARE(config.theme, u"dark"_s);
    QCOMPARE(config.deployFiles, QStringList{u"/var/lib/deploys/events.jsonl"_s});
    QCOMPARE(config.sources.size(), size_t(3));

    SourceConfig first;
    first.id = u"prom-eu"_s;
    first.kind = u"prometheus"_s;
    first.urls = {u"https://prometheus.example/prom"_s};
    first.isDefault = true;
    first.labels = {{u"cluster"_s, u"eu"_s}};
    first.auth.basicUser = u"ops"_s;
    first.auth.basicPassword = u"keyring:prom-eu"_s;
    first.headers = {{u"X-Scope-OrgID"_s, u"team-a"_s}};
    first.tls = {
        u"/etc/ssl/own-ca.pem"_s, u"/etc/ssl/me.pem"_s, u"file:/etc/ssl/me.key"_s, u"prom.internal"_s};
    first.alertsPoll = 30s;
    first.dashboardsPoll = 60s;
    first.timeout = 10s;
    first.compression = false;
    first.profile = u"istio"_s;
    first.proxy = u"http://127.0.0.1:3128"_s;
    first.limits = {2, 0.5, 500};
    first.line = 9;
    QCOMPARE(config.sources[0], first);

    QVERIFY(config.sources[1].plainHttpAllowed);
    QCOMPARE(config.sources[1].compression, std::optional(true));
    QCOMPARE(config.sources[1].auth.headers.value(u"X-API-Key"_s), u"env:LAN_KEY"_s);
    QCOMPARE(config.sources[2].urls, (QStringList{u"http://127.0.0.1:9093"_s, u"http://[::1]:9095"_s}));
    QCOMPARE(config.sources[2].metrics, u"prom-eu"_s);
    QCOMPARE(config.sources[2].alertsPoll, std::nullopt);
    QCOMPARE(config.sources[2].auth.bearer, u"command:pass show am"_s);
}

void TestConfigFile::wrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("finding"); ///< the start of it
    QTest::addColumn<int>("sources");

    const auto row = [](const char *name, const QByteArray &text, const QString &finding, int sources = 0) {
        QTest::newRow(name) << text << finding << sources;
    };
    row("unknown key", "datasorces: []",
        u"W f:1:1: bridgewatch.yaml: unknown key 'datasorces'; did you mean 'datasources'?"_s);
    row("far unknown key", "colour: red", u"W f:1:1: bridgewatch.yaml: unknown key 'colour'"_s);
    row("newer version", "version: 2", u"E f:1:10: version 2 is newer than this program reads (1)"_s);
    row("octal version", "version: 01", u"E f:1:10: version: found '01'; allowed: a whole number"_s);
    row("list for map", "identity: [a]", u"E f:1:11: identity: found a list, needs 'key: value' pairs"_s);
    row("zone", "time: {zone: Mars/Base}",
        u"E f:1:14: zone: found 'Mars/Base'; allowed: system, UTC, or a name"_s);
    row("theme", "ui:\n  theme: pink", u"E f:2:10: theme: found 'pink'; allowed: system, light, dark"_s);
    row("yes is no boolean", source("default: yes"),
        u"E f:5:14: default: found 'yes'; allowed: true or false"_s);
    row("quoted boolean", source("default: 'true'"),
        u"E f:5:14: default: found 'true'; allowed: true or false"_s);
    row("upper-case id", "datasources:\n  - {id: Prom, kind: prometheus, url: https://h}",
        u"E f:2:10: id: found 'Prom'; allowed: lower-case letters, digits and '-'"_s);
    row("no id", "datasources:\n  - {kind: prometheus, url: https://h}",
        u"E f:2:5: a datasource needs 'id'"_s);
    row("kind", "datasources:\n  - {id: a, kind: promethius, url: https://h}",
        u"E f:2:19: kind: found 'promethius'; allowed: prometheus, alertmanager"_s);
    row("no url", "datasources:\n  - {id: a, kind: prometheus}", u"E f:2:5: a datasource needs 'url'"_s);
    row("no members", "datasources:\n  - {id: a, kind: alertmanager}",
        u"E f:2:5: a datasource of kind alertmanager needs 'url' or 'members'"_s);
    row("empty members", "datasources:\n  - {id: a, kind: alertmanager, members: []}",
        u"E f:2:42: members: needs at least one address"_s);
    row("member twice", "datasources:\n  - {id: a, kind: alertmanager, members: [https://a, https://a]}",
        u"E f:2:54: members: this address stands here twice"_s);
    row("both", "datasources:\n  - {id: a, kind: alertmanager, url: https://a, members: [https://a]}",
        u"E f:2:58: members: found 'url' and 'members'"_s);
    row("members of prometheus", "datasources:\n  - {id: a, kind: prometheus, members: [https://a]}",
        u"E f:2:40: members: only an alertmanager has them"_s);
    row("scheme", "datasources:\n  - {id: a, kind: prometheus, url: ftp://h}",
        u"E f:2:36: url: this is no http:// or https:// address"_s);
    row("no host", "datasources:\n  - {id: a, kind: prometheus, url: 'https://'}",
        u"E f:2:36: url: this is no http:// or https:// address"_s);
    row("query", "datasources:\n  - {id: a, kind: prometheus, url: 'https://h/?a=b'}",
        u"E f:2:36: url: found a query or fragment"_s);
    row("plain http", "datasources:\n  - {id: a, kind: prometheus, url: 'http://h'}",
        u"E f:2:36: url: http:// to h can be read on the way"_s);
    row("two ids",
        "datasources:\n  - {id: a, kind: prometheus, url: https://h}\n  - {id: a, kind: prometheus, url: "
        "https://i}",
        u"E f:3:10: id: 'a' is used by the datasource of line 2 too"_s, 1);
    row("two defaults",
        "datasources:\n  - {id: a, kind: prometheus, url: https://h, default: true}\n  - {id: b, kind: "
        "prometheus, url: https://i, default: true}",
        u"E f:3:1: default: 'a' and 'b' are both the default of kind prometheus"_s, 2);
    row("metrics", source("metrics: q"), u"E f:2:1: metrics: 'q' names no datasource; known: p"_s, 1);
    row("label name", source("labels: {a-b: c}"), u"E f:5:13: labels: 'a-b' is no label name"_s);
    row("duration", source("timeout: soon"),
        u"E f:5:14: timeout: found 'soon'; allowed: a duration of at least 1s"_s);
    row("short poll", source("poll: {alerts: 10ms}"),
        u"E f:5:20: alerts: found '10ms'; allowed: a duration of at least 1s"_s);
    row("limit", source("limits: {in_flight: 0}"),
        u"E f:5:25: in_flight: found '0'; allowed: a whole number from 1 to 64"_s);
    row("limit text", source("limits: {rate: fast}"),
        u"E f:5:20: rate: found 'fast'; allowed: a number from 0.01 to 1000"_s);
    row("compression", source("compression: gzip"),
        u"E f:5:18: compression: found 'gzip'; allowed: auto, on, off"_s);
    row("header name", source("headers: {'a b': c}"), u"E f:5:22: headers: 'a b' cannot be set"_s);
    row("our header", source("headers: {Host: c}"), u"E f:5:21: headers: 'Host' cannot be set"_s);
    row("half a pair", source("tls: {cert: /c}"), u"E f:5:10: tls: 'cert' and 'key' belong together"_s);
    row("no user", source("auth: {basic: {password: 'env:A'}}"), u"E f:5:19: auth.basic needs 'user'"_s);
    row("unknown source key", source("ulr: x"),
        u"W f:5:5: a datasource: unknown key 'ulr'; did you mean 'url'?"_s, 1);
}

void TestConfigFile::wrong()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, finding);
    QFETCH(int, sources);
    const auto loaded = parseConfiguration(text, u"f"_s, kKinds);
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().message));
    const QStringList found = texts(loaded->findings);
    QVERIFY2(found.size() == 1 && found[0].startsWith(finding), qPrintable(found.join(u"\n"_s)));
    QCOMPARE(int(loaded->config.sources.size()), sources);
}

void TestConfigFile::secretsAreNeverRepeated_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("part");
    QTest::newRow("password")
        << source("auth: {basic: {user: u, password: hunter2}}")
        << u"5:39: auth.basic.password: found a literal secret (not shown). Move it to the keyring and write 'keyring:p'"_s;
    QTest::newRow("bearer") << source("auth: {bearer: hunter2}") << u"auth.bearer: found a literal secret"_s;
    QTest::newRow("bearer list") << source("auth: {bearer: [hunter2]}")
                                 << u"auth.bearer: found a literal secret"_s;
    QTest::newRow("header") << source("auth: {headers: {X-API-Key: hunter2}}")
                            << u"auth.headers: found a literal secret"_s;
    QTest::newRow("auth is text") << source("auth: hunter2") << u"auth: found text, needs"_s;
    QTest::newRow("unknown auth key")
        << source("auth: {hunter2: x}") << u"auth: unknown key (not shown here)"_s;
    QTest::newRow("basic is text") << source("auth: {basic: 'u:hunter2'}")
                                   << u"auth.basic: found text, needs"_s;
    QTest::newRow("user is a list") << source("auth: {basic: {user: [hunter2], password: 'env:A'}}")
                                    << u"user: does not fit (not shown here)"_s;
    QTest::newRow("authorization") << source("headers: {Authorization: Bearer hunter2}")
                                   << u"headers: 'Authorization' carries a secret; write it under 'auth"_s;
    QTest::newRow("header list") << source("headers: {X-Key: [hunter2]}")
                                 << u"X-Key: does not fit (not shown here)"_s;
    QTest::newRow("address") << QByteArray(
        "datasources:\n  - {id: p, kind: prometheus, url: 'https://u:hunter2@h'}")
                             << u"url: holds a user or password (not shown)"_s;
    QTest::newRow("odd address") << QByteArray(
        "datasources:\n  - {id: p, kind: prometheus, url: 'postgres://u:hunter2@h'}")
                                 << u"url: this is no http://"_s;
    QTest::newRow("proxy") << source("proxy: 'http://u:hunter2@h'")
                           << u"proxy: holds a user or password (not shown)"_s;
    QTest::newRow("key") << source("tls: {cert: /c, key: '-----BEGIN PRIVATE KEY-----hunter2'}")
                         << u"tls: found a literal key"_s;
    QTest::newRow("not yaml") << source("auth: {bearer: hunter2") << u"not YAML"_s;
}

void TestConfigFile::secretsAreNeverRepeated()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, part);
    const auto loaded = parseConfiguration(text, u"f"_s, kKinds);
    const QString said =
        loaded ? texts(loaded->findings).join(u"\n"_s) : loaded.error().message + loaded.error().detail;
    QVERIFY2(said.contains(part), qPrintable(said));
    QVERIFY2(!said.contains("hunter2"_L1), qPrintable(said));
}

void TestConfigFile::allProblemsAtOnce()
{
    const auto loaded = parseConfiguration("tiem: {}\n"
                                           "datasources:\n"
                                           "  - {id: ok, kind: prometheus, url: https://h}\n"
                                           "  - {id: BAD, kind: x, url: nothing, timeout: 0s, default: on}\n"
                                           "  - text\n",
        u"f"_s, kKinds);
    QVERIFY(loaded);
    QCOMPARE(loaded->config.sources.size(), size_t(1));
    QCOMPARE(loaded->config.sources[0].id, u"ok"_s);
    QVERIFY(hasErrors(loaded->findings));
    // Five wrong values of one datasource, one that is none, one unknown key.
    QCOMPARE(loaded->findings.size(), size_t(7));
}

void TestConfigFile::notAMap()
{
    for (const char *text : {"- a\n", "hello\n"}) {
        const auto loaded = parseConfiguration(text, u"f"_s, kKinds);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, Error::Kind::Invalid);
        QVERIFY2(loaded.error().message.startsWith("f:1:1: found "_L1), qPrintable(loaded.error().message));
    }
    QVERIFY(parseConfiguration("", u"f"_s, kKinds));
}

void TestConfigFile::references_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    QTest::newRow("keyring") << u"keyring:prom-eu"_s << true;
    QTest::newRow("env") << u"env:PROM_PW"_s << true;
    QTest::newRow("file") << u"file:/run/secrets/prom"_s << true;
    QTest::newRow("command") << u"command:pass show prom/eu"_s << true;
    QTest::newRow("empty name") << u"keyring:"_s << false;
    QTest::newRow("odd variable") << u"env:A-B"_s << false;
    QTest::newRow("other scheme") << u"vault:x"_s << false;
    QTest::newRow("two lines") << u"command:a\nb"_s << false;
    QTest::newRow("literal") << u"hunter2"_s << false;
    QTest::newRow("empty") << QString() << false;
}

void TestConfigFile::references()
{
    QFETCH(QString, text);
    QFETCH(bool, good);
    QCOMPARE(isSecretReference(text), good);
}

void TestConfigFile::interfaceOfJaeger()
{
    const auto apiOf = [](const QByteArray &more) {
        const auto loaded = parseConfiguration(source(more).replace("prometheus", "jaeger"), u"f"_s, kKinds);
        if (!loaded || loaded->config.sources.size() != 1)
            return loaded ? texts(loaded->findings).join(u'\n') : loaded.error().message;
        return loaded->config.sources[0].api;
    };
    QCOMPARE(apiOf("api: legacy"), u"legacy"_s);
    QCOMPARE(apiOf(""), u"auto"_s);
    QVERIFY2(apiOf("api: v2").contains(u"allowed: auto, v3, legacy"), qPrintable(apiOf("api: v2")));
    const auto other = parseConfiguration(source("api: v3"), u"f"_s, kKinds); // has no meaning elsewhere
    QVERIFY(other && texts(other->findings).join(u'\n').contains(u"unknown key 'api'"));
}

QTEST_GUILESS_MAIN(TestConfigFile)
#include "tst_configfile.moc"
