// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QString>
#include <QThreadPool>

#include <atomic>
#include <functional>

class QObject;

namespace bw {

/// Turns the references a configuration may hold into secrets:
///
///   env:VAR              an environment variable
///   file:PATH            a regular file of ours with mode 0600 or less; "~/" is the home folder
///   command:PROGRAM ARG  its standard output; no shell, 5 s
///   keyring:NAME         the desktop's keyring, service "bridgewatch"
///
/// The white space around a secret is trimmed. What fails is Kind::Auth (cannot be had now) or Kind::Invalid
/// (is no reference); messages hold references, never secrets. Lives on the UI thread; files and programs are
/// read on threads of its own, which end with it: a program still running is then killed.
class SecretResolver
{
public:
    using Callback = std::function<void(Result<QByteArray>)>;

    SecretResolver();
    ~SecretResolver();
    SecretResolver(const SecretResolver &) = delete;
    SecretResolver &operator=(const SecretResolver &) = delete;

    /// Calls back once, later, on the caller's thread, which must be the receiver's; not at all when the
    /// receiver is gone by then. Never waits. The keyring may ask the user first.
    void resolve(const QString &reference, const QObject *receiver, Callback callback);

    /// The same for command-line use: waits, the keyring for at most 30 s. Needs a QCoreApplication for
    /// keyring:, and must not be called where a window is open.
    [[nodiscard]] Result<QByteArray> resolveNow(const QString &reference);

    /// True for text with one of the four schemes in front. For the configuration's reader.
    static bool isReference(const QString &text);

private:
    QThreadPool m_pool;
    std::atomic<bool> m_stopping{false};
};

} // namespace bw
