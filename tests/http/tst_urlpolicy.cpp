// SPDX-License-Identifier: GPL-3.0-or-later
#include <http/urlpolicy.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestUrlPolicy : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void origins_data();
    void origins();
    void refusedAddresses_data();
    void refusedAddresses();
    void refusalHidesPassword();
    void requestUrls_data();
    void requestUrls();
    void refusedPaths_data();
    void refusedPaths();
    void redirects_data();
    void redirects();
    void redaction_data();
    void redaction();
    void headers_data();
    void headers();
    void repeatable_data();
    void repeatable();
};

void TestUrlPolicy::origins_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("https") << QByteArray("https://prom.example/x") << QByteArray("https://prom.example:443");
    QTest::newRow("http") << QByteArray("http://prom.example") << QByteArray("http://prom.example:80");
    QTest::newRow("port") << QByteArray("http://prom.example:9090/p?q=1")
                          << QByteArray("http://prom.example:9090");
    QTest::newRow("upper case") << QByteArray("HTTPS://Prom.Example:443/")
                                << QByteArray("https://prom.example:443");
    QTest::newRow("ipv4") << QByteArray("http://127.0.0.1:9090") << QByteArray("http://127.0.0.1:9090");
    QTest::newRow("ipv6") << QByteArray("http://[::1]:9090") << QByteArray("http://[::1]:9090");
    QTest::newRow("ipv6 long") << QByteArray("http://[0:0:0:0:0:0:0:1]:9090")
                               << QByteArray("http://[::1]:9090");
    QTest::newRow("ipv6 zone") << QByteArray("http://[fe80::1%25eth0]:9090")
                               << QByteArray("http://[fe80::1%eth0]:9090");
    QTest::newRow("at in the path") << QByteArray("https://prom.example/a@b")
                                    << QByteArray("https://prom.example:443");
}

void TestUrlPolicy::origins()
{
    QFETCH(QByteArray, url);
    const Result<Origin> origin = originOf(url);
    QVERIFY2(origin, origin ? "" : qPrintable(origin.error().message));
    QTEST(origin->text(), "text");
}

void TestUrlPolicy::refusedAddresses_data()
{
    QTest::addColumn<QByteArray>("url");
    for (const char *url : {"", "prom.example", "//prom.example/x", "/x", "ftp://prom.example/",
             "file:///etc/passwd", "gopher://prom.example/1", "javascript:alert(1)", "data:text/html,x",
             "vscode://file/x", "smb://prom.example/x", "dict://prom.example:11211/x", "http://", "http:///x",
             "http://ops:pw@prom.example/", "http://ops@prom.example/", "http://ops:pw@prom.example",
             "http://ops:pw@prom.example?x", "http://:@prom.example/", "http://prom.example:0/",
             "http://prom.example:99999/", "http://prom.example:9o/", "http://prom.example /",
             "http://prom.example/\r\nHost: x", "http://prom.example/\tx",
             "http://prom.example\\@other.example/", "http:\\\\prom.example/", "http://pr\xc3\xb6m.example/",
             "http://[::1/", "http://[::g]/", "http://prom.example#@other.example\x7f/",
             "http://a.example:80@b.example/", "https:/prom.example", "http://%00/"})
        QTest::newRow(url) << QByteArray(url);
}

void TestUrlPolicy::refusedAddresses()
{
    QFETCH(QByteArray, url);
    const Result<Origin> origin = originOf(url);
    QVERIFY2(!origin, origin ? origin->text().constData() : "");
    QCOMPARE(origin.error().kind, Error::Kind::Invalid);
}

void TestUrlPolicy::refusalHidesPassword()
{
    const Result<Origin> origin = originOf("http://ops:hunter2@prom.example/?token=hunter2");
    QVERIFY(!origin);
    QVERIFY(!origin.error().message.contains(u"hunter2"_s));
    QVERIFY(origin.error().message.contains(u"prom.example"_s));
}

using Query = std::vector<std::pair<QByteArray, QByteArray>>;

void TestUrlPolicy::requestUrls_data()
{
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QList<QByteArray>>("query"); // name, value, name, value …
    QTest::addColumn<QByteArray>("url");
    const auto base = QByteArray("https://p.example/prometheus");
    QTest::newRow("joins the path") << base << QByteArray("/api/v1/labels") << QList<QByteArray>{}
                                    << base + "/api/v1/labels";
    QTest::newRow("no path") << base << QByteArray("") << QList<QByteArray>{} << base;
    QTest::newRow("encodes") << base << QByteArray("/q")
                             << QList<QByteArray>{"query", "a{b=\"c d\"} > 1&x=2#\r\n\xc3\xa9", "match[]",
                                    "+"}
                             << base
            + "/q?query=a%7Bb%3D%22c%20d%22%7D%20%3E%201%26x%3D2%23%0D%0A%C3%A9&match%5B%5D=%2B";
    QTest::newRow("encoded path stays")
        << base << QByteArray("/label/a%2Fb/values") << QList<QByteArray>{} << base + "/label/a%2Fb/values";
    QTest::newRow("dots in a name") << base << QByteArray("/v1/a..b/...x") << QList<QByteArray>{}
                                    << base + "/v1/a..b/...x";
}

void TestUrlPolicy::requestUrls()
{
    QFETCH(QByteArray, base);
    QFETCH(QByteArray, path);
    QFETCH(QList<QByteArray>, query);
    Query pairs;
    for (qsizetype n = 0; n + 1 < query.size(); n += 2)
        pairs.emplace_back(query[n], query[n + 1]);
    const Result<QByteArray> url = requestUrl(base, path, pairs);
    QVERIFY(url);
    QTEST(*url, "url");
}

void TestUrlPolicy::refusedPaths_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path : {"api", "/a/../b", "/..", "/%2e%2e/admin", "/.%2E/x", "/./x", "/a b",
             "/a\r\nX: y", "/a?x=1", "/a#b", "/a\\b", "/\xc3\xa9"})
        QTest::newRow(path) << QByteArray(path);
}

void TestUrlPolicy::refusedPaths()
{
    QFETCH(QByteArray, path);
    const Result<QByteArray> url = requestUrl("http://127.0.0.1:9090", path, {});
    QVERIFY(!url);
    QCOMPARE(url.error().kind, Error::Kind::Invalid);
}

void TestUrlPolicy::redirects_data()
{
    QTest::addColumn<QByteArray>("location");
    QTest::addColumn<QByteArray>("target"); // empty: refused
    QTest::newRow("absolute") << QByteArray("https://p.example:8443/x?a=1")
                              << QByteArray("https://p.example:8443/x?a=1");
    QTest::newRow("path") << QByteArray("/other") << QByteArray("https://p.example:8443/other");
    QTest::newRow("relative") << QByteArray("sub") << QByteArray("https://p.example:8443/api/sub");
    QTest::newRow("query only") << QByteArray("?a=2") << QByteArray("https://p.example:8443/api/v1?a=2");
    QTest::newRow("fragment is dropped")
        << QByteArray("/other#top") << QByteArray("https://p.example:8443/other");
    QTest::newRow("same origin, //") << QByteArray("//p.example:8443/x")
                                     << QByteArray("https://p.example:8443/x");
    QTest::newRow("host in capitals")
        << QByteArray("https://P.EXAMPLE:8443/x") << QByteArray("https://P.EXAMPLE:8443/x");
    for (const char *location : {"https://p.example/x", "https://p.example:8444/x", "http://p.example:8443/x",
             "https://other.example:8443/", "//other.example:8443/x", "https://p.example.evil.example:8443/",
             "https://p.example:8443@evil.example/", "https://ops:pw@p.example:8443/", "file:///etc/passwd",
             "gopher://p.example:8443/1", "javascript:alert(1)", "/a b", "/a\r\nX: y", "\\\\evil.example\\x",
             "https:\\\\evil.example/", "https://p.example:8443\\.evil.example/", "/\\evil.example/"})
        QTest::newRow(location) << QByteArray(location) << QByteArray();
}

void TestUrlPolicy::redirects()
{
    QFETCH(QByteArray, location);
    QFETCH(QByteArray, target);
    const Result<QByteArray> found = redirectTarget("https://p.example:8443/api/v1?query=secret", location);
    if (!target.isEmpty()) {
        QVERIFY2(found, found ? "" : qPrintable(found.error().message));
        // libcurl may keep the host as written: it is the same server either way.
        QCOMPARE(found->toLower(), target.toLower());
        return;
    }
    QVERIFY2(!found, found ? found->constData() : "");
    QCOMPARE(found.error().kind, Error::Kind::Refused);
    QVERIFY(!found.error().message.contains(u"secret"_s));
    QVERIFY(!found.error().message.contains(u"pw@"_s));
}

void TestUrlPolicy::redaction_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QString>("shown");
    QTest::newRow("query") << QByteArray("https://p.example:1/a?token=abc&b") << u"https://p.example:1/a?…"_s;
    QTest::newRow("user") << QByteArray("https://ops:pw@p.example/a#f") << u"https://p.example/a"_s;
    QTest::newRow("plain") << QByteArray("http://p.example") << u"http://p.example"_s;
    QTest::newRow("unreadable with a name")
        << QByteArray("http://ops:pw@[::g/?x") << u"(unreadable address)"_s;
}

void TestUrlPolicy::redaction()
{
    QFETCH(QByteArray, url);
    QTEST(redacted(url), "shown");
}

void TestUrlPolicy::headers_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("good");
    QTest::newRow("tenant") << QByteArray("X-Scope-OrgID") << QByteArray("a|b") << true;
    QTest::newRow("empty value") << QByteArray("X-A") << QByteArray("") << true;
    QTest::newRow("empty name") << QByteArray("") << QByteArray("x") << false;
    QTest::newRow("colon") << QByteArray("X:") << QByteArray("x") << false;
    QTest::newRow("space") << QByteArray("X A") << QByteArray("x") << false;
    QTest::newRow("name with line break") << QByteArray("X\r\nY") << QByteArray("x") << false;
    QTest::newRow("underscore") << QByteArray("X_A") << QByteArray("x") << false;
    QTest::newRow("CR") << QByteArray("X-A") << QByteArray("sec\rret") << false;
    QTest::newRow("LF") << QByteArray("X-A") << QByteArray("sec\nret") << false;
    QTest::newRow("NUL") << QByteArray("X-A") << QByteArray("sec\0ret", 7) << false;
    QTest::newRow("Host") << QByteArray("host") << QByteArray("x") << false;
    QTest::newRow("Content-Length") << QByteArray("Content-Length") << QByteArray("1") << false;
    QTest::newRow("Transfer-Encoding") << QByteArray("transfer-encoding") << QByteArray("chunked") << false;
}

void TestUrlPolicy::headers()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QFETCH(bool, good);
    const Result<> checked = checkedHeader({name, value});
    QCOMPARE(checked.has_value(), good);
    if (!good) {
        QCOMPARE(checked.error().kind, Error::Kind::Invalid);
        QVERIFY(!checked.error().message.contains(u"ret"_s));
    }
}

void TestUrlPolicy::repeatable_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<bool>("expected");
    QTest::newRow("GET") << QByteArray("GET") << QByteArray("") << true;
    QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray("") << true;
    QTest::newRow("long query") << QByteArray("POST") << QByteArray("application/x-www-form-urlencoded")
                                << true;
    QTest::newRow("silence") << QByteArray("POST") << QByteArray("application/json") << false;
    QTest::newRow("DELETE") << QByteArray("DELETE") << QByteArray("") << false;
}

void TestUrlPolicy::repeatable()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, type);
    HttpRequest request;
    request.method = method;
    request.contentType = type;
    QTEST(mayRepeat(request), "expected");
}

QTEST_APPLESS_MAIN(TestUrlPolicy)
#include "tst_urlpolicy.moc"
