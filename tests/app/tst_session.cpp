// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/session.h>

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace bw;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Takes connections on loopback and reads what is sent; answers with `reply`, or never when that is empty.
class StubServer : public QTcpServer
{
public:
    explicit StubServer(QByteArray reply = {})
    {
        connect(this, &QTcpServer::newConnection, this, [this, reply] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket, reply] {
                received += socket->readAll();
                if (!reply.isEmpty() && received.endsWith("\r\n\r\n")) {
                    socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                        + QByteArray::number(reply.size()) + "\r\n\r\n" + reply);
                }
            });
        });
        listen(QHostAddress::LocalHost);
    }
    QString url() const { return u"http://127.0.0.1:%1"_s.arg(serverPort()); }
    QByteArray received;
};

const QByteArray kEmptyVector = R"({"status":"success","data":{"resultType":"vector","result":[]}})";

SourceConfig prometheusAt(const QString &id, const QString &url)
{
    SourceConfig config;
    config.id = id;
    config.kind = u"prometheus"_s;
    config.urls = QStringList{url};
    return config;
}

LoadedFiles filesWith(std::vector<SourceConfig> sources)
{
    LoadedFiles files;
    files.config.sources = std::move(sources);
    return files;
}

QStringList idsOf(const SourceBoard &board)
{
    QStringList ids;
    for (const SourceInfo &info : board.sources())
        ids += info.id.id;
    return ids;
}

} // namespace

class TestSession : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void reloadKeepsWhatDidNotChange();
    void reloadDropsWhatIsGone();
    void oneSenselessSourceLeavesTheOthers();
    void secretsReachTheServer();
    void unreadableSecretNeedsAuth();
    void reloadMendsASecret();
    void endsQuicklyWhileServersHang();

private:
    static std::optional<Result<QueryResult>> ask(Session &session, const QString &source)
    {
        std::optional<Result<QueryResult>> answer;
        QObject receiver;
        const QueryTicket ticket = session.executor().submit({{source}, InstantQuery{u"up"_s, std::nullopt}},
            {}, &receiver, [&](const Result<QueryResult> &result) { answer = result; });
        for (int i = 0; i < 500 && !answer; ++i)
            QTest::qWait(10);
        return answer;
    }
};

void TestSession::reloadKeepsWhatDidNotChange()
{
    StubServer server(kEmptyVector);
    Session session{Session::Options()};
    session.applyFiles(filesWith({prometheusAt(u"a"_s, server.url()), prometheusAt(u"b"_s, server.url())}));
    QTRY_VERIFY(session.isSettled());
    QVERIFY(ask(session, u"a"_s)->has_value());
    const auto a = session.entries()[0].source.datasource, b = session.entries()[1].source.datasource;
    QCOMPARE(session.board().find({u"a"_s})->freshness.state, Freshness::State::Fresh);

    SourceConfig moved = prometheusAt(u"a"_s, server.url());
    moved.line = 12; // another line of the file is no change
    SourceConfig changed = prometheusAt(u"b"_s, server.url());
    changed.timeout = 5s;
    session.applyFiles(filesWith({prometheusAt(u"c"_s, server.url()), moved, changed}));
    QCOMPARE(session.entries()[1].source.datasource, a);
    QVERIFY(session.entries()[2].source.datasource != b);
    QCOMPARE(session.board().find({u"a"_s})->freshness.state, Freshness::State::Fresh);
    QCOMPARE(session.board().find({u"b"_s})->freshness.state, Freshness::State::Never);
    for (const QString &id : {u"a"_s, u"b"_s, u"c"_s})
        QVERIFY2(ask(session, id)->has_value(), qPrintable(id));
}

void TestSession::reloadDropsWhatIsGone()
{
    StubServer server(kEmptyVector);
    Session session{Session::Options()};
    session.applyFiles(filesWith({prometheusAt(u"a"_s, server.url()), prometheusAt(u"b"_s, server.url())}));
    session.applyFiles(filesWith({prometheusAt(u"b"_s, server.url())}));
    QCOMPARE(idsOf(session.board()), QStringList{u"b"_s});
    const auto answer = ask(session, u"a"_s);
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().kind, Error::Kind::NotFound);
}

void TestSession::oneSenselessSourceLeavesTheOthers()
{
    StubServer server(kEmptyVector);
    Session session{Session::Options()};
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"bad.*ftp"_s));
    session.applyFiles(
        filesWith({prometheusAt(u"bad"_s, u"ftp://x"_s), prometheusAt(u"good"_s, server.url())}));
    QCOMPARE(idsOf(session.board()), QStringList{u"good"_s});
    QCOMPARE(session.problems().size(), 1);
    QVERIFY(ask(session, u"good"_s)->has_value());
}

void TestSession::secretsReachTheServer()
{
    StubServer server(kEmptyVector);
    qputenv("BW_TEST_TOKEN", "s3cret");
    SourceConfig config = prometheusAt(u"a"_s, server.url());
    config.auth.bearer = u"env:BW_TEST_TOKEN"_s;
    config.auth.headers[u"X-Api-Key"_s] = u"env:BW_TEST_TOKEN"_s;
    Session session{Session::Options()};
    session.applyFiles(filesWith({config}));
    const auto answer = ask(session, u"a"_s); // asked before the secret is there: it waits
    QVERIFY(answer && answer->has_value());
    QVERIFY(server.received.contains("Authorization: Bearer s3cret"));
    QVERIFY(server.received.toLower().contains("x-api-key: s3cret"));
}

void TestSession::unreadableSecretNeedsAuth()
{
    StubServer server(kEmptyVector);
    SourceConfig config = prometheusAt(u"a"_s, server.url());
    config.auth.bearer = u"env:BW_TEST_NO_SUCH_VARIABLE"_s;
    Session session{Session::Options()};
    session.applyFiles(filesWith({config, prometheusAt(u"b"_s, server.url())}));
    const auto answer = ask(session, u"a"_s);
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().kind, Error::Kind::Auth);
    QVERIFY(answer->error().message.contains(u"BW_TEST_NO_SUCH_VARIABLE"_s));
    QCOMPARE(session.board().find({u"a"_s})->freshness.state, Freshness::State::NeedsAuth);
    QVERIFY(server.received.isEmpty()); // nothing was asked without credentials
    QVERIFY(ask(session, u"b"_s)->has_value());
}

void TestSession::reloadMendsASecret()
{
    StubServer server(kEmptyVector);
    SourceConfig config = prometheusAt(u"a"_s, server.url());
    config.auth.bearer = u"env:BW_TEST_NO_SUCH_VARIABLE"_s;
    Session session{Session::Options()};
    session.applyFiles(filesWith({config}));
    QVERIFY(!*ask(session, u"a"_s));
    qputenv("BW_TEST_TOKEN", "s3cret");
    config.auth.bearer = u"env:BW_TEST_TOKEN"_s;
    session.applyFiles(filesWith({config}));
    QVERIFY(ask(session, u"a"_s)->has_value());
}

void TestSession::endsQuicklyWhileServersHang()
{
    StubServer silent;
    QElapsedTimer timer;
    QObject receiver;
    std::vector<QueryTicket> tickets;
    {
        Session::Options options;
        options.alerts = options.deploys = options.profiles = true;
        Session session(options);
        session.applyFiles(filesWith({prometheusAt(u"a"_s, silent.url())}));
        for (int i = 0; i < 8; ++i) {
            tickets.push_back(
                session.executor().submit({{u"a"_s}, InstantQuery{u"up + %1"_s.arg(i), std::nullopt}}, {},
                    &receiver, [](const Result<QueryResult> &) {}));
        }
        QTRY_VERIFY(!silent.received.isEmpty());
        timer.start();
        tickets.clear();
    }
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
