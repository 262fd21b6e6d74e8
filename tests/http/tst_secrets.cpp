// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/system/secrets.h>

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <csignal>
#include <memory>
#include <optional>

#include <sys/stat.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestSecrets : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void references_data();
    void references();
    void literalIsNotShown_data();
    void literalIsNotShown();
    void environment();
    void file();
    void fileModes_data();
    void fileModes();
    void noRegularFile_data();
    void noRegularFile();
    void commands_data();
    void commands();
    void commandIsNoShell();
    void commandTakesTooLong();
    void commandWithChildrenIsEnded();
    void keyringWithoutService();
    void asynchronous();
    void receiverGone();
    void resolverGone();

private:
    QString write(const QString &name, const QByteArray &content, mode_t mode)
    {
        const QString path = m_folder.filePath(name);
        QFile out(path);
        if (!out.open(QIODevice::WriteOnly) || out.write(content) != content.size())
            return {};
        out.close();
        ::chmod(QFile::encodeName(path).constData(), mode);
        return path;
    }
    QTemporaryDir m_folder;
};

void TestSecrets::references_data()
{
    QTest::addColumn<bool>("expected");
    for (const char *text : {"env:A", "file:/x", "command:pass show x", "keyring:prom-eu", "env:"})
        QTest::newRow(text) << true;
    for (const char *text : {"", "hunter2", "Env:A", "vault:x", "https://x", ":x", "a env:A"})
        QTest::newRow(text) << false;
}

void TestSecrets::references()
{
    QTEST(SecretResolver::isReference(QString::fromLatin1(QTest::currentDataTag())), "expected");
}

void TestSecrets::literalIsNotShown_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("literal") << u"hunter2"_s;
    QTest::newRow("with a colon") << u"ops:hunter2"_s;
    QTest::newRow("empty") << QString();
    QTest::newRow("nothing named") << u"env:"_s;
    QTest::newRow("keyring, nothing named") << u"keyring: "_s;
}

void TestSecrets::literalIsNotShown()
{
    QFETCH(QString, text);
    SecretResolver resolver;
    const auto result = resolver.resolveNow(text);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, Error::Kind::Invalid);
    QVERIFY(!(result.error().message + result.error().detail).contains(u"hunter2"_s));
    if (!SecretResolver::isReference(text))
        QVERIFY(result.error().message.contains(u"keyring:NAME"_s)); // says where it should go
}

void TestSecrets::environment()
{
    SecretResolver resolver;
    qputenv("BW_TEST_SECRET", " hunter2 \n");
    QCOMPARE(*resolver.resolveNow(u"env:BW_TEST_SECRET"_s), QByteArray("hunter2"));
    qputenv("BW_TEST_SECRET", " ");
    QCOMPARE(resolver.resolveNow(u"env:BW_TEST_SECRET"_s).error().kind, Error::Kind::Auth);
    qunsetenv("BW_TEST_SECRET");
    const auto gone = resolver.resolveNow(u"env:BW_TEST_SECRET"_s);
    QCOMPARE(gone.error().kind, Error::Kind::Auth);
    QVERIFY(gone.error().message.contains(u"BW_TEST_SECRET"_s));
}

void TestSecrets::file()
{
    SecretResolver resolver;
    QCOMPARE(*resolver.resolveNow(u"file:"_s + write(u"good"_s, "hunter2\n", 0600)), QByteArray("hunter2"));
    QCOMPARE(
        *resolver.resolveNow(u"file:"_s + write(u"read only"_s, "hunter2", 0400)), QByteArray("hunter2"));
    QVERIFY(!resolver.resolveNow(u"file:"_s + write(u"empty"_s, "\n", 0600)));
    QVERIFY(!resolver.resolveNow(u"file:"_s + write(u"long"_s, QByteArray(70'000, 'x'), 0600)));
    const QByteArray home = qgetenv("HOME");
    qputenv("HOME", QFile::encodeName(m_folder.path()));
    const auto fromHome = resolver.resolveNow(u"file:~/good"_s);
    qputenv("HOME", home);
    QVERIFY2(fromHome, fromHome ? "" : qPrintable(fromHome.error().message));
}

void TestSecrets::fileModes_data()
{
    QTest::addColumn<uint>("mode");
    for (const uint mode : {0640u, 0604u, 0644u, 0620u, 0666u, 0610u, 0777u})
        QTest::addRow("%o", mode) << mode;
}

void TestSecrets::fileModes()
{
    QFETCH(uint, mode);
    SecretResolver resolver;
    const QString path = write(u"open"_s, "hunter2", static_cast<mode_t>(mode));
    const auto result = resolver.resolveNow(u"file:"_s + path);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, Error::Kind::Auth);
    QVERIFY(result.error().message.contains(u"chmod 600 "_s + path));
    QVERIFY(!result.error().message.contains(u"hunter2"_s));
}

void TestSecrets::noRegularFile_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("missing") << m_folder.filePath(u"missing"_s);
    QTest::newRow("folder") << m_folder.path();
    QTest::newRow("device") << u"/dev/null"_s;
    QTest::newRow("pipe") << m_folder.filePath(u"pipe"_s);
    QTest::newRow("relative") << u"secret.txt"_s;
}

void TestSecrets::noRegularFile()
{
    QFETCH(QString, path);
    if (path.endsWith(u"pipe"_s))
        QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0); // reading it would wait for ever
    SecretResolver resolver;
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!resolver.resolveNow(u"file:"_s + path));
    QVERIFY(timer.elapsed() < 2000);
}

void TestSecrets::commands_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("secret"); // empty: an error
    QTest::newRow("absolute") << u"/bin/echo hunter2"_s << u"hunter2"_s;
    QTest::newRow("from PATH") << u"echo hunter2"_s << u"hunter2"_s;
    QTest::newRow("quotes") << u"echo \"a  b\""_s << u"a  b"_s;
    QTest::newRow("status") << u"false"_s << QString();
    QTest::newRow("prints nothing") << u"true"_s << QString();
    QTest::newRow("missing") << u"no-such-program-here"_s << QString();
    QTest::newRow("missing path") << u"/nonexistent/program"_s << QString();
    QTest::newRow("relative path") << u"./secret.sh"_s << QString();
    QTest::newRow("floods") << u"yes"_s << QString();
}

void TestSecrets::commands()
{
    QFETCH(QString, line);
    QFETCH(QString, secret);
    SecretResolver resolver;
    const auto result = resolver.resolveNow(u"command:"_s + line);
    QCOMPARE(result.has_value(), !secret.isEmpty());
    if (result)
        QCOMPARE(QString::fromUtf8(*result), secret);
}

void TestSecrets::commandIsNoShell()
{
    SecretResolver resolver;
    const QString canary = m_folder.filePath(u"canary"_s);
    const auto result =
        resolver.resolveNow(u"command:echo $HOME ; touch %1 | cat > %1 `touch %1`"_s.arg(canary));
    QVERIFY(result);
    QVERIFY(result->startsWith("$HOME ; touch"));
    QVERIFY(!QFile::exists(canary));
}

void TestSecrets::commandTakesTooLong()
{
    SecretResolver resolver;
    QElapsedTimer timer;
    timer.start();
    const auto result = resolver.resolveNow(u"command:sleep 30"_s);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, Error::Kind::Auth);
    QVERIFY(result.error().message.contains(u"5 s"_s));
    QVERIFY(timer.elapsed() >= 4900 && timer.elapsed() < 8000);
}

void TestSecrets::commandWithChildrenIsEnded()
{
    // The program leaves a child that holds its output open; its pid is in a file.
    const QString script = write(u"parent.sh"_s, "#!/bin/sh\nsleep 30 &\necho $! > \"$1\"\nwait\n", 0700);
    const QString pidFile = m_folder.filePath(u"pid"_s);
    std::optional<SecretResolver> resolver(std::in_place);
    resolver->resolve(u"command:%1 %2"_s.arg(script, pidFile), this, [](const Result<QByteArray> &) {});
    QFile file(pidFile);
    QTRY_VERIFY(file.exists() && file.size() > 1);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const int pid = file.readAll().trimmed().toInt();
    QVERIFY(pid > 0);
    resolver.reset();
    QTRY_VERIFY(::kill(pid, 0) != 0);
}

void TestSecrets::keyringWithoutService()
{
    // No session bus: the answer is an error that says what else works, not a plain-text file.
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    QTest::failOnWarning(QRegularExpression(u"^$"_s)); // qtkeychain and Qt's D-Bus may complain here
    SecretResolver resolver;
    const auto result = resolver.resolveNow(u"keyring:prom-eu"_s);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, Error::Kind::Auth);
    QVERIFY(result.error().message.startsWith(u"keyring:prom-eu cannot be read: "_s));
}

void TestSecrets::asynchronous()
{
    SecretResolver resolver;
    qputenv("BW_TEST_SECRET", "hunter2");
    std::vector<QByteArray> secrets;
    bool onThisThread = true;
    for (const QString &reference : {u"env:BW_TEST_SECRET"_s, u"command:echo hunter2"_s,
             u"file:"_s + write(u"async"_s, "hunter2", 0600)}) {
        resolver.resolve(reference, this, [&](const Result<QByteArray> &result) {
            onThisThread = onThisThread && QThread::currentThread() == thread();
            secrets.push_back(result.value_or(QByteArray()));
        });
    }
    QVERIFY(secrets.empty()); // never before resolve() returned
    QTRY_COMPARE(secrets.size(), size_t(3));
    QVERIFY(onThisThread);
    for (const QByteArray &secret : secrets)
        QCOMPARE(secret, QByteArray("hunter2"));
    std::optional<Error> error;
    resolver.resolve(u"literal"_s, this, [&](const Result<QByteArray> &result) { error = result.error(); });
    QTRY_VERIFY(error);
    QCOMPARE(error->kind, Error::Kind::Invalid);
}

void TestSecrets::receiverGone()
{
    SecretResolver resolver;
    int calls = 0;
    auto receiver = std::make_unique<QObject>();
    resolver.resolve(u"command:echo a"_s, receiver.get(), [&](const Result<QByteArray> &) { ++calls; });
    receiver.reset();
    bool later = false;
    resolver.resolve(u"command:sleep 0.3"_s, this, [&](const Result<QByteArray> &) { later = true; });
    QTRY_VERIFY(later);
    QCOMPARE(calls, 0);
}

void TestSecrets::resolverGone()
{
    QElapsedTimer timer;
    {
        SecretResolver resolver;
        for (int n = 0; n < 6; ++n) // more than it has threads: some never begin
            resolver.resolve(u"command:sleep 20"_s, this, [](const Result<QByteArray> &) {});
        timer.start();
    }
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestSecrets)
#include "tst_secrets.moc"
