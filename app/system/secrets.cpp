// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/system/secrets.h>

#include <domain/base/untrusted.h>

#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QFutureWatcher>
#include <QProcess>
#include <QPromise>
#include <QStandardPaths>
#include <QTimer>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <qt6keychain/keychain.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kMaxSecret = 64 << 10; // a key file fits; anything longer is a mistake
constexpr int kCommandMs = 5'000;
constexpr int kKeyringMs = 30'000; // time to type a password into the keyring's dialog
constexpr int kSliceMs = 50;

struct Reference
{
    QString scheme, rest;
};

Reference split(const QString &text)
{
    const qsizetype colon = text.indexOf(u':');
    const QString scheme = text.left(colon);
    const bool known = colon > 0
        && (scheme == u"env"_s || scheme == u"file"_s || scheme == u"command"_s || scheme == u"keyring"_s);
    return known ? Reference{scheme, text.mid(colon + 1).trimmed()} : Reference{};
}

tl::unexpected<Error> unavailable(const QString &reference, const QString &why, const QString &detail = {})
{
    return fail(Error::Kind::Auth,
        u"%1 cannot be read: %2"_s.arg(render::line(Untrusted(reference), 200), why), detail);
}

Result<QByteArray> trimmedSecret(const QString &reference, const QByteArray &raw)
{
    if (raw.size() > kMaxSecret)
        return unavailable(reference, u"it is longer than 64 KiB, which no secret is"_s);
    QByteArray secret = raw.trimmed();
    if (secret.isEmpty())
        return unavailable(reference, u"it is empty"_s);
    return secret;
}

Result<QByteArray> fromEnvironment(const QString &reference, const QString &name)
{
    const QByteArray variable = name.toUtf8();
    if (!qEnvironmentVariableIsSet(variable.constData()))
        return unavailable(reference, u"the environment has no such variable"_s);
    return trimmedSecret(reference, qgetenv(variable.constData()));
}

/// Judges the opened file, not its name, so that nothing can be put in its place in between.
Result<QByteArray> fromFile(const QString &reference, const QString &name)
{
    const QString path = name.startsWith(u"~/"_s) ? QDir::homePath() + name.mid(1) : name;
    if (!path.startsWith(u'/'))
        return fail(Error::Kind::Invalid, u"file: needs a path from the root or from ~/"_s);
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return unavailable(reference, QString::fromLocal8Bit(std::strerror(errno)));
    QFile file;
    if (!file.open(descriptor, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return unavailable(reference, u"it cannot be opened"_s);
    }
    struct stat about = {};
    if (::fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode))
        return unavailable(reference, u"it is not a regular file"_s);
    if (about.st_uid != ::geteuid())
        return unavailable(reference, u"it belongs to another user"_s);
    if ((about.st_mode & 077) != 0)
        return unavailable(reference,
            u"others may read or write it; run: chmod 600 %1"_s.arg(render::line(Untrusted(path))));
    return trimmedSecret(reference, file.read(kMaxSecret + 1));
}

/// The program as an absolute path. A bare name is looked up in PATH, never in the working directory.
[[nodiscard]] Result<QString> program(const QString &reference, const QString &name)
{
    if (name.contains(u'/') && !name.startsWith(u'/'))
        return fail(Error::Kind::Invalid, u"command: needs a program's name or its path from the root"_s);
    const QString found = QStandardPaths::findExecutable(name);
    if (found.isEmpty() || !found.startsWith(u'/'))
        return unavailable(reference, u"there is no such program"_s);
    return found;
}

/// Ends the program and what it has started: it leads a process group of its own.
void endGroup(QProcess &process)
{
    if (process.processId() > 0)
        ::kill(-static_cast<pid_t>(process.processId()), SIGKILL);
    process.waitForFinished(1'000);
}

Result<QByteArray> fromCommand(
    const QString &reference, const QString &line, const std::atomic<bool> &stopping)
{
    QStringList words = QProcess::splitCommand(line);
    if (words.isEmpty())
        return fail(Error::Kind::Invalid, u"command: needs a program"_s);
    const Result<QString> found = program(reference, words.takeFirst());
    if (!found)
        return tl::unexpected(found.error());
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    process.setChildProcessModifier([] { ::setpgid(0, 0); });
    process.start(*found, words);
    if (!process.waitForStarted(kCommandMs))
        return unavailable(reference, u"the program does not start"_s, process.errorString());
    QElapsedTimer timer;
    timer.start();
    while (process.state() != QProcess::NotRunning && !process.waitForFinished(kSliceMs)) {
        const bool flooding = process.bytesAvailable() > kMaxSecret;
        if (flooding || stopping || timer.elapsed() > kCommandMs) {
            endGroup(process);
            return unavailable(reference,
                flooding ? u"the program prints more than 64 KiB"_s : u"the program took longer than 5 s"_s);
        }
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        const QString complaint = QString::fromUtf8(process.readAllStandardError()).section(u'\n', 0, 0);
        return unavailable(reference, u"the program ended with status %1"_s.arg(process.exitCode()),
            render::line(Untrusted(complaint), 200));
    }
    return trimmedSecret(reference, process.readAllStandardOutput());
}

QString keyringFault(const QKeychain::Job &job)
{
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        return u"the keyring has no such entry for bridgewatch"_s;
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return u"the keyring was not unlocked"_s;
    case QKeychain::NoBackendAvailable:
        return u"no keyring service runs here; env:, file: and command: work without one"_s;
    default:
        return u"the keyring failed"_s;
    }
}

Result<QByteArray> fromKeyring(const QString &reference, const QKeychain::ReadPasswordJob &job)
{
    if (job.error() != QKeychain::NoError)
        return unavailable(reference, keyringFault(job), render::line(Untrusted(job.errorString()), 200));
    return trimmedSecret(reference, job.binaryData());
}

std::unique_ptr<QKeychain::ReadPasswordJob> keyringJob(const QString &name)
{
    auto job = std::make_unique<QKeychain::ReadPasswordJob>(u"bridgewatch"_s);
    job->setAutoDelete(false);
    job->setInsecureFallback(false); // a plain file is what people write when they want one: file:
    job->setKey(name);
    return job;
}

/// Everything but the keyring, which needs an event loop.
Result<QByteArray> readNow(const QString &text, const std::atomic<bool> &stopping)
{
    const auto [scheme, rest] = split(text);
    if (scheme.isEmpty())
        return fail(Error::Kind::Invalid,
            u"This is not a reference to a secret. Put the secret into the keyring, a file of mode 0600 or a "
            u"password manager, and write keyring:NAME, file:PATH, command:PROGRAM or env:VAR in its place"_s);
    if (rest.isEmpty())
        return fail(Error::Kind::Invalid, u"%1: names nothing"_s.arg(scheme));
    if (scheme == u"env"_s)
        return fromEnvironment(text, rest);
    if (scheme == u"file"_s)
        return fromFile(text, rest);
    return fromCommand(text, rest, stopping);
}

bool isKeyring(const QString &text)
{
    const Reference reference = split(text);
    return reference.scheme == u"keyring"_s && !reference.rest.isEmpty();
}

} // namespace

SecretResolver::SecretResolver() { m_pool.setMaxThreadCount(4); }

SecretResolver::~SecretResolver()
{
    m_stopping = true;
    m_pool.clear();
    m_pool.waitForDone(2'000);
}

bool SecretResolver::isReference(const QString &text) { return !split(text).scheme.isEmpty(); }

void SecretResolver::resolve(const QString &reference, const QObject *receiver, Callback callback)
{
    if (isKeyring(reference)) {
        QKeychain::ReadPasswordJob *job = keyringJob(split(reference).rest).release();
        QObject::connect(job, &QKeychain::Job::finished, receiver,
            [reference, job, callback = std::move(callback)] { callback(fromKeyring(reference, *job)); });
        QObject::connect(job, &QKeychain::Job::finished, job, &QObject::deleteLater);
        job->start();
        return;
    }
    auto *watcher = new QFutureWatcher<Result<QByteArray>>;
    QObject::connect(
        watcher, &QFutureWatcherBase::finished, receiver, [watcher, callback = std::move(callback)] {
            if (watcher->future().resultCount() > 0)
                callback(watcher->result());
        });
    QObject::connect(watcher, &QFutureWatcherBase::finished, watcher, &QObject::deleteLater);
    const auto promise = std::make_shared<QPromise<Result<QByteArray>>>();
    watcher->setFuture(promise->future());
    m_pool.start([this, promise, reference] {
        promise->start();
        promise->addResult(readNow(reference, m_stopping));
        promise->finish();
    });
}

Result<QByteArray> SecretResolver::resolveNow(const QString &reference)
{
    if (!isKeyring(reference))
        return readNow(reference, m_stopping);
    const auto job = keyringJob(split(reference).rest);
    QEventLoop loop;
    bool answered = false;
    QObject::connect(job.get(), &QKeychain::Job::finished, &loop, [&] {
        answered = true;
        loop.quit();
    });
    QTimer::singleShot(kKeyringMs, &loop, &QEventLoop::quit);
    job->start();
    if (!answered)
        loop.exec();
    return answered ? fromKeyring(reference, *job) : unavailable(reference, u"the keyring did not answer"_s);
}

} // namespace bw
