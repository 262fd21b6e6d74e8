// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include <datasources/alertmanager.h>
#include <datasources/labelreader.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Kind = Error::Kind;

namespace {
const DatasourceId kMember{u"am/2"_s};

std::shared_ptr<const Datasource> source()
{
    SourceConfig config;
    config.id = u"am"_s;
    config.kind = u"alertmanager"_s;
    config.urls = {u"http://a"_s, u"http://b"_s};
    return alertmanagerKind().create(config, u"am/2"_s);
}

HttpResponse answer(const QByteArray &body, int status = 200)
{
    HttpResponse out;
    out.status = status;
    out.headers = {{"Content-Type", "application/json"}};
    out.body = body;
    return out;
}

Result<Datasource::Answer> decode(const QueryBody &body, const HttpResponse &response)
{
    Result<Datasource::Decoded> out = source()->decode({kMember, body}, response, {});
    if (!out)
        return tl::unexpected(out.error());
    return std::get<Datasource::Answer>(std::move(*out));
}

QByteArray alertWith(const QByteArray &more)
{
    return R"([{"labels":{"alertname":"A"},"annotations":{},"receivers":[{"name":"r"}],)"
           R"("startsAt":"2026-11-21T12:00:00.000Z","endsAt":"2026-11-21T12:05:00.000Z",)"
           R"("updatedAt":"2026-11-21T12:01:00.000Z","fingerprint":"00000000000000ff",)"
           R"("status":{"state":"active","silencedBy":[],"inhibitedBy":[]})"
        + more + "}]";
}

Alert first(const Result<Datasource::Answer> &decoded)
{
    return decoded ? std::get<std::vector<Alert>>(decoded->data).at(0) : Alert{};
}
} // namespace

/// Requests to an Alertmanager and what its answers become.
class TestAlertmanager : public QObject
{
    Q_OBJECT
private slots:
    void requests();
    void alerts();
    void states_data();
    void states();
    void times();
    void groups();
    void silences();
    void status();
    void emptyIsOnlyAnEmptyList_data();
    void emptyIsOnlyAnEmptyList();
    void malformed_data();
    void malformed();
    void truncations_data();
    void truncations();
};

void TestAlertmanager::requests()
{
    const QPair<QueryBody, QByteArray> wanted[] = {{AlertsQuery{}, "/api/v2/alerts"},
        {AlertGroupsQuery{}, "/api/v2/alerts/groups"}, {SilencesQuery{}, "/api/v2/silences"},
        {StatusQuery{}, "/api/v2/status"}};
    for (const auto &[body, path] : wanted) {
        const HttpRequest request = *source()->request({kMember, body});
        QCOMPARE(request.path, path);
        QCOMPARE(request.endpoint, u"am/2"_s);
        QCOMPARE(request.method, QByteArray("GET"));
        // The defaults list everything; `unprocessed` does nothing and a mistyped boolean means false.
        QVERIFY(request.query.empty());
        QVERIFY(request.deadline <= 10'000ms);
    }
    QCOMPARE(source()->request({kMember, AlertsQuery{}})->maxBytes, 128LL << 20);
    QVERIFY(source()->request({kMember, InstantQuery{}}).error().kind == Kind::Refused);
}

void TestAlertmanager::alerts()
{
    const auto decoded = decode(AlertsQuery{}, recorded::response(u"alertmanager/alerts.json"_s));
    QVERIFY(decoded && !decoded->partial);
    const auto &alerts = std::get<std::vector<Alert>>(decoded->data);
    QVERIFY(alerts.size() >= 5);
    int silenced = 0;
    for (const Alert &alert : alerts) {
        // The server's own hash: ours must be the same, so that a Prometheus' own alerts match.
        QCOMPARE(alert.key.fingerprint, fingerprintOf(alert.labels));
        QCOMPARE(alert.key.source.id, u"am"_s);
        QCOMPARE(alert.members.size(), 1U);
        QCOMPARE(alert.members[0].member, kMember);
        QCOMPARE(alert.membersAsked, 2);
        QVERIFY(alert.endsAt && *alert.endsAt > alert.startsAt);
        QVERIFY(!alert.receivers.isEmpty() && !alert.generatorUrl.isEmpty());
        silenced += alert.state == AlertState::Silenced;
    }
    QVERIFY(silenced >= 1 && silenced < int(alerts.size()));
    QVERIFY(std::is_sorted(alerts.begin(), alerts.end(),
        [](const Alert &a, const Alert &b) { return a.key.fingerprint < b.key.fingerprint; }));
    const auto none = decode(AlertsQuery{}, recorded::response(u"alertmanager/alerts_none.json"_s));
    QVERIFY(none && std::get<std::vector<Alert>>(none->data).empty());
}

void TestAlertmanager::states_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<int>("state");
    const auto row = [](const char *name, const char *status, AlertState state) {
        QTest::newRow(name) << QByteArray(status) << int(state);
    };
    row("active", R"("state":"active")", AlertState::Firing);
    row("unprocessed", R"("state":"unprocessed")", AlertState::Firing);
    row("silenced", R"("state":"suppressed","silencedBy":["b","a"],"inhibitedBy":["c"])",
        AlertState::Silenced);
    row("inhibited", R"("state":"suppressed","silencedBy":[],"inhibitedBy":["c"])", AlertState::Inhibited);
    row("muted", R"("state":"suppressed","silencedBy":[],"inhibitedBy":[],"mutedBy":["nights"])",
        AlertState::Muted);
}

void TestAlertmanager::states()
{
    QFETCH(QByteArray, status);
    QFETCH(int, state);
    QByteArray body = alertWith({});
    const qsizetype at = body.indexOf(R"("state":"active")");
    body.replace(at, body.indexOf('}', at) - at, status);
    const Alert alert = first(decode(AlertsQuery{}, answer(body)));
    QCOMPARE(int(alert.state), state);
    QVERIFY(std::is_sorted(alert.silencedBy.begin(), alert.silencedBy.end()));
    QCOMPARE(alert.mutedBy.isEmpty(), !status.contains("mutedBy"));
}

void TestAlertmanager::times()
{
    const Alert alert = first(decode(AlertsQuery{}, answer(alertWith({}))));
    const Timestamp noon(1'795'262'400s);
    QCOMPARE(alert.startsAt, noon);
    QCOMPARE(alert.updatedAt, noon + 60s);
    QCOMPARE(alert.endsAt, noon + 300s);
    QByteArray early = alertWith({});
    early.replace("12:05:00", "11:05:00");
    QVERIFY(!first(decode(AlertsQuery{}, answer(early))).endsAt);
    QByteArray zero = alertWith({});
    zero.replace("2026-11-21T12:05:00.000Z", "0001-01-01T00:00:00.000Z");
    QVERIFY(!first(decode(AlertsQuery{}, answer(zero))).endsAt);
    QVERIFY(first(decode(AlertsQuery{}, answer(alertWith({})))).generatorUrl.isEmpty());
}

void TestAlertmanager::groups()
{
    const auto decoded = decode(AlertGroupsQuery{}, recorded::response(u"alertmanager/groups.json"_s));
    QVERIFY(decoded);
    const auto &groups = std::get<std::vector<AlertGroup>>(decoded->data);
    QVERIFY(groups.size() > 2);
    for (const AlertGroup &group : groups)
        QVERIFY(!group.receiver.isEmpty() && !group.alerts.empty());
}

void TestAlertmanager::silences()
{
    const auto decoded = decode(SilencesQuery{}, recorded::response(u"alertmanager/silences.json"_s));
    QVERIFY(decoded);
    const auto &silences = std::get<std::vector<Silence>>(decoded->data);
    QCOMPARE(silences.size(), 2U);
    QCOMPARE(silences[0].state, u"active"_s);
    QCOMPARE(render::plain(silences[0].comment), u"known: <b>ads</b> & co"_s);
    QCOMPARE(render::plain(silences[0].createdBy), u"on-call"_s);
    QVERIFY(silences[0].endsAt > silences[0].startsAt);
    QCOMPARE(silences[1].matchers.size(), 2U);
    QVERIFY(silences[1].matchers[0].isRegex && silences[1].matchers[0].isEqual);
    QVERIFY(!silences[1].matchers[1].isEqual);
    // before 0.22 there was no isEqual
    const auto old =
        decode(SilencesQuery{}, answer(R"([{"id":"x","status":{"state":"expired"},"createdBy":"a",
        "comment":"","startsAt":"2026-11-21T12:00:00Z","endsAt":"2026-11-21T12:00:00Z",
        "updatedAt":"2026-11-21T12:00:00Z","matchers":[{"name":"a","value":"","isRegex":false}]}])"));
    QVERIFY(old && std::get<std::vector<Silence>>(old->data)[0].matchers[0].isEqual);
    // a silence with several matcher sets makes the whole list fail: the text must arrive
    const auto failing = decode(SilencesQuery{}, answer(R"("not supported by this API version")", 500));
    QVERIFY(!failing && failing.error().kind == Kind::Http);
    QVERIFY(failing.error().message.contains(u"not supported"));
}

void TestAlertmanager::status()
{
    const auto decoded = decode(StatusQuery{}, recorded::response(u"alertmanager/status.json"_s));
    QVERIFY(decoded);
    const auto &status = std::get<ServerStatus>(decoded->data);
    QCOMPARE(status.product, u"alertmanager"_s);
    QVERIFY(status.version.startsWith(u"0."));
    QCOMPARE(status.clusterStatus, u"ready"_s);
    QCOMPARE(status.clusterPeers, 2);
    QVERIFY(status.startedAt && *status.startedAt > Timestamp(1'700'000'000s));
}

void TestAlertmanager::emptyIsOnlyAnEmptyList_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("empty");
    QTest::newRow("[]") << QByteArray("[]\n") << true;
    for (const char *other :
        {"null", "{}", "\"\"", "0", "{\"status\":\"success\",\"data\":[]}", "[null]", "[[]]"})
        QTest::newRow(other) << QByteArray(other) << false;
}

void TestAlertmanager::emptyIsOnlyAnEmptyList()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, empty);
    for (const QueryBody &asked :
        {QueryBody(AlertsQuery{}), QueryBody(AlertGroupsQuery{}), QueryBody(SilencesQuery{})}) {
        const auto decoded = decode(asked, answer(body));
        QCOMPARE(decoded.has_value(), empty);
        if (!decoded)
            QVERIFY(decoded.error().kind == Kind::Decode);
    }
}

void TestAlertmanager::malformed_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("says");
    QByteArray no = alertWith({});
    QTest::newRow("fingerprint twice") << alertWith(R"(,"fingerprint":"00000000000000fe")") << u"ambiguous"_s;
    QTest::newRow("label twice") << QByteArray(no).replace(R"("alertname":"A")", R"("a":"1","a":"2")")
                                 << u"[0].labels: ambiguous"_s;
    QTest::newRow("short fingerprint")
        << QByteArray(no).replace("00000000000000ff", "ff") << u"[0].fingerprint"_s;
    QTest::newRow("no hex") << QByteArray(no).replace("00000000000000ff", "0000000000000zff")
                            << u"hexadecimal"_s;
    QTest::newRow("no labels") << QByteArray(no).replace(R"({"alertname":"A"})", "{}") << u"without labels"_s;
    QTest::newRow("bad start") << QByteArray(no).replace("2026-11-21T12:00:00.000Z", "yesterday")
                               << u"startsAt"_s;
    QTest::newRow("unknown state") << QByteArray(no).replace("active", "bored") << u"bored"_s;
    QTest::newRow("label is null") << QByteArray(no).replace(R"("A")", "null")
                                   << u"labels.alertname: expected a string, found null"_s;
    QTest::newRow("receiver is text")
        << QByteArray(no).replace(R"({"name":"r"})", R"("r")") << u"[0].receivers[0]"_s;
    QTest::newRow("lone surrogate") << QByteArray(no).replace(R"("A")", R"("\udc00")") << u"escape"_s;
}

void TestAlertmanager::malformed()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, says);
    const auto decoded = decode(AlertsQuery{}, answer(body));
    QVERIFY(!decoded);
    QVERIFY(decoded.error().kind == Kind::Decode);
    QVERIFY2(decoded.error().message.contains(says), qPrintable(decoded.error().message));
    QVERIFY(decoded.error().message.startsWith(u"am/2: "));
    QVERIFY(!decoded.error().detail.isEmpty() && decoded.error().detail.size() <= 2048);
}

void TestAlertmanager::truncations_data()
{
    QTest::addColumn<int>("query");
    QTest::newRow("alerts") << 0;
    QTest::newRow("silences") << 1;
    QTest::newRow("status") << 2;
}

void TestAlertmanager::truncations()
{
    QFETCH(int, query);
    const QueryBody bodies[] = {AlertsQuery{}, SilencesQuery{}, StatusQuery{}};
    const QByteArray whole =
        recorded::body(u"alertmanager/%1.json"_s.arg(QString::fromLatin1(QTest::currentDataTag()))).trimmed();
    QVERIFY(decode(bodies[query], answer(whole)));
    for (qsizetype size = 0; size < whole.size(); ++size) {
        const auto cut = decode(bodies[query], answer(whole.left(size)));
        QVERIFY2(!cut && cut.error().kind == Kind::Decode, qPrintable(QString::number(size)));
    }
}

QTEST_APPLESS_MAIN(TestAlertmanager)
#include "tst_alertmanager.moc"
