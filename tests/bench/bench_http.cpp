// SPDX-License-Identifier: GPL-3.0-or-later
// CPU time a request costs the asking process: CurlTransport against QNetworkAccessManager, 50 requests in
// flight, keep-alive, answers of 1 KB and 30 KB, served by a small epoll loop in another process.
//
//     bench_http [requests]      20,000 by default; prints one JSON line a figure
#include <http/curltransport.h>

#include <QCoreApplication>
#include <QEventLoop>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <semaphore>
#include <string>
#include <unordered_map>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kInFlight = 50;

// --- the server
// ---------------------------------------------------------------------------------------------

std::string answerOf(size_t size)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(size)
        + "\r\n\r\n" + std::string(size, 'x');
}

/// Answers each request head by its path: /small or /large. Requests have no body.
void serveOne(int client, std::string &pending, const std::array<std::string, 2> &answers)
{
    for (size_t end = 0; (end = pending.find("\r\n\r\n")) != std::string::npos; pending.erase(0, end + 4)) {
        const std::string &answer = answers[pending.find("/large") < end ? 1 : 0];
        for (size_t sent = 0; sent < answer.size();) {
            const ssize_t now = ::send(client, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
            if (now <= 0)
                return;
            sent += static_cast<size_t>(now);
        }
    }
}

[[noreturn]] void serve(int listener)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // ends with the bench, whatever happens to it
    const std::array answers{answerOf(1024), answerOf(30 * 1024)};
    const int poll = ::epoll_create1(0);
    const auto watch = [poll](int socket) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = socket;
        ::epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
    };
    watch(listener);
    std::unordered_map<int, std::string> pending;
    std::array<epoll_event, 64> events{};
    std::array<char, 16384> buffer{};
    for (;;) {
        const int count = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
        for (int n = 0; n < count; ++n) {
            const int socket = events[static_cast<size_t>(n)].data.fd;
            if (socket == listener) {
                const int client = ::accept(listener, nullptr, nullptr);
                const int on = 1;
                ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
                watch(client);
                continue;
            }
            const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                pending.erase(socket);
                ::close(socket);
                continue;
            }
            pending[socket].append(buffer.data(), static_cast<size_t>(got));
            serveOne(socket, pending[socket], answers);
        }
    }
}

struct Server
{
    pid_t pid = -1;
    int port = 0;
};

/// Forks before any thread exists.
Server startServer()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    if (::bind(listener, reinterpret_cast<sockaddr *>(&address), length) != 0 || ::listen(listener, 128) != 0)
        return {};
    ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &length);
    const pid_t pid = ::fork();
    if (pid == 0)
        serve(listener);
    ::close(listener);
    return {pid, ntohs(address.sin_port)};
}

// --- the clients
// --------------------------------------------------------------------------------------------

double cpuMicroseconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto micro = [](const timeval &t) { return 1e6 * double(t.tv_sec) + double(t.tv_usec); };
    return micro(usage.ru_utime) + micro(usage.ru_stime);
}

/// Keeps kInFlight requests out until `total` were answered; false when one failed.
bool askCurl(CurlTransport &transport, const QByteArray &path, int total)
{
    std::atomic<int> left{total};
    std::atomic<int> done{0};
    std::atomic<bool> good{true};
    std::binary_semaphore finished{0};
    std::function<void()> next = [&] {
        if (left.fetch_sub(1) <= 0)
            return;
        HttpRequest request;
        request.endpoint = u"bench"_s;
        request.path = path;
        transport.start(std::move(request), [&](const Result<HttpResponse> &result) {
            if (!result || result->status != 200)
                good = false;
            next();
            if (done.fetch_add(1) + 1 == total)
                finished.release();
        });
    };
    for (int n = 0; n < kInFlight; ++n)
        next();
    finished.acquire();
    return good;
}

bool askQt(QNetworkAccessManager &manager, const QUrl &url, int total)
{
    int left = total;
    int done = 0;
    bool good = true;
    QEventLoop loop;
    std::function<void()> next = [&] {
        if (left-- <= 0)
            return;
        QNetworkReply *reply = manager.get(QNetworkRequest(url));
        QObject::connect(reply, &QNetworkReply::finished, &loop, [&, reply] {
            good = good && reply->error() == QNetworkReply::NoError && !reply->readAll().isEmpty();
            reply->deleteLater();
            next();
            if (++done == total)
                loop.quit();
        });
    };
    for (int n = 0; n < kInFlight; ++n)
        next();
    loop.exec();
    return good;
}

void print(const char *name, double value, double peer)
{
    std::printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"us CPU a request\", \"peer\": "
                "\"QNetworkAccessManager\", \"peer_value\": %.2f, \"ratio\": %.2f}\n",
        name, value, peer, peer / value);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    const int total = argc > 1 ? std::max(1000, std::atoi(argv[1])) : 20'000;
    const Server server = startServer();
    if (server.pid <= 0)
        return 1;
    const QCoreApplication application(argc, argv);
    const QByteArray base = "http://127.0.0.1:" + QByteArray::number(server.port);
    bool good = true;
    {
        CurlTransport transport;
        Endpoint endpoint;
        endpoint.id = u"bench"_s;
        endpoint.baseUrl = base;
        transport.setEndpoints({endpoint});
        QNetworkAccessManager manager;
        manager.setProxy(QNetworkProxy::NoProxy);
        for (const auto &[name, path] : {std::pair("http.1k", "/small"), std::pair("http.30k", "/large")}) {
            const QUrl url(QString::fromLatin1(base + path));
            good = askCurl(transport, path, 500) && askQt(manager, url, 500) && good; // warm up
            const double start = cpuMicroseconds();
            good = askCurl(transport, path, total) && good;
            const double middle = cpuMicroseconds();
            good = askQt(manager, url, total / 4) && good;
            const double end = cpuMicroseconds();
            print(name, (middle - start) / total, (end - middle) / (total / 4));
        }
    }
    ::kill(server.pid, SIGKILL);
    ::waitpid(server.pid, nullptr, 0);
    if (!good)
        std::fprintf(stderr, "a request failed: the figures mean nothing\n");
    return good ? 0 : 1;
}
