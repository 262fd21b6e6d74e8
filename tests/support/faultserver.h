// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bw {

/// Runs tests/support/faultserver.py for one test program and ends it by closing its input. Its control
/// addresses are read over a plain socket, so the code under test is not what reports on itself.
class FaultServer
{
public:
    /// False when the server did not come up within ten seconds; output() then says why.
    bool start(const QStringList &options = {})
    {
        const QString script =
            qEnvironmentVariable("BW_SOURCE_DIR") + QStringLiteral("/tests/support/faultserver.py");
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("python3"), QStringList{script} + options);
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(10'000))
                return false;
        }
        m_about = QJsonDocument::fromJson(m_process.readLine()).object();
        return !m_about.isEmpty();
    }
    ~FaultServer()
    {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(3'000)) {
            m_process.kill();
            m_process.waitForFinished(1'000);
        }
    }

    quint16 port(const char *name) const
    {
        return static_cast<quint16>(m_about[QStringLiteral("ports")][QLatin1String(name)].toInt());
    }
    /// "http://127.0.0.1:PORT/path", https for the TLS ports.
    QByteArray url(const QByteArray &path = {}, const char *portName = "http") const
    {
        const QByteArray scheme = QByteArray(portName).startsWith("tls_") ? "https" : "http";
        return scheme + "://127.0.0.1:" + QByteArray::number(port(portName)) + path;
    }
    /// Path of a file certs.py made, such as "ca.crt"; needs --tls.
    QByteArray certificate(const char *name) const
    {
        return m_about[QStringLiteral("certs")][QLatin1String(name)].toString().toUtf8();
    }

    QJsonObject counters() const { return control("/counters").object(); }
    QJsonArray requests() const { return control("/requests").array(); }
    void reset() const { control("/reset"); }

private:
    QJsonDocument control(const QByteArray &path) const
    {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port("http"));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        QByteArray answer;
        if (::connect(socket, reinterpret_cast<sockaddr *>(&address), sizeof(address)) == 0) {
            const QByteArray request = "GET " + path + " HTTP/1.0\r\n\r\n";
            if (::send(socket, request.constData(), static_cast<size_t>(request.size()), MSG_NOSIGNAL) > 0) {
                char buffer[65536];
                for (ssize_t got = 0; (got = ::recv(socket, buffer, sizeof(buffer), 0)) > 0;)
                    answer.append(buffer, got);
            }
        }
        ::close(socket);
        return QJsonDocument::fromJson(answer.mid(answer.indexOf("\r\n\r\n") + 4));
    }

    QProcess m_process;
    QJsonObject m_about;
};

} // namespace bw
