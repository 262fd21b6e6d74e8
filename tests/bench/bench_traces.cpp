// SPDX-License-Identifier: GPL-3.0-or-later
// A trace as Jaeger answers it, spans in no order, to rows that can be drawn: time and memory, ours against
// V8 (JSON.parse, a tree by id, preorder).
//
//     bench_traces            50,000 and 200,000 spans; one JSON line a figure, null where node is not
//     installed bench_traces --rss FILE prints {"rss": bytes} that decoding this file leaves in a fresh
//     process
#include <datasources/tracedecode.h>

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <random>

#include <unistd.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {
QByteArray idOf(unsigned n)
{
    return QByteArray::number(qulonglong(n + 1) * 0x9e3779b97f4a7c15ULL, 16).rightJustified(16, '0');
}

/// Shaped like what instrumented services send: 60 of them, five tags a span, one span in a hundred failed.
QByteArray makeBody(unsigned spans)
{
    std::mt19937 random(20261121);
    const QByteArray trace = "5af7183fb1d4cf5f2f1b7c5e9d0a4b61";
    QByteArrayList all;
    for (unsigned i = 0; i < spans; ++i) {
        const unsigned parent = i - 1 - random() % std::min(std::max(i, 1U), 400U);
        const QByteArray number = QByteArray::number(i);
        QByteArray one = "{\"traceID\":\"" + trace + "\",\"spanID\":\"" + idOf(i)
            + "\",\"flags\":1,\"operationName\":\"GET /api/v1/items/" + QByteArray::number(i % 300)
            + "\",\"references\":[";
        if (i > 0)
            one += "{\"refType\":\"CHILD_OF\",\"traceID\":\"" + trace + "\",\"spanID\":\"" + idOf(parent)
                + "\"}";
        one += "],\"startTime\":" + QByteArray::number(1'795'262'400'000'000LL + i * 3)
            + ",\"duration\":" + QByteArray::number(1000 + random() % 5000)
            + ",\"tags\":[{\"key\":\"span.kind\",\"type\":\"string\",\"value\":\"server\"},"
              "{\"key\":\"http.request.method\",\"type\":\"string\",\"value\":\"GET\"},"
              "{\"key\":\"url.path\",\"type\":\"string\",\"value\":\"/api/v1/items/"
            + number + "\"},{\"key\":\"http.response.status_code\",\"type\":\"int64\",\"value\":200},"
            + (i % 100 == 99
                    ? QByteArray("{\"key\":\"error\",\"type\":\"bool\",\"value\":true}")
                    : "{\"key\":\"thread.name\",\"type\":\"string\",\"value\":\"worker-" + number + "\"}")
            + "],\"logs\":[],\"processID\":\"p" + QByteArray::number(i % 60) + "\",\"warnings\":null}";
        all << one;
    }
    std::shuffle(all.begin(), all.end(), random);
    QByteArrayList processes;
    for (int i = 0; i < 60; ++i)
        processes << "\"p" + QByteArray::number(i) + "\":{\"serviceName\":\"service-" + QByteArray::number(i)
                + "\",\"tags\":[{\"key\":\"host.name\",\"type\":\"string\",\"value\":\"host\"}]}";
    return "{\"data\":[{\"traceID\":\"" + trace + "\",\"spans\":[" + all.join(',') + "],\"processes\":{"
        + processes.join(',') + "},\"warnings\":null}],\"total\":0,\"limit\":0,\"offset\":0,\"errors\":null}";
}

qint64 residentBytes()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE);
}

/// What stays in a fresh process after one file has been read and laid out.
int printResident(const QString &name)
{
    const qint64 before = residentBytes();
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return 1;
    const auto decoded = decodeJaeger(file.readAll());
    if (!decoded || decoded->traces.size() != 1)
        return 1;
    std::printf("{\"rss\": %lld}\n", static_cast<long long>(residentBytes() - before));
    return 0;
}

std::optional<QJsonObject> run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (program.isEmpty() || !process.waitForFinished(300'000) || process.exitCode() != 0)
        return std::nullopt;
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
}

void print(
    const QByteArray &name, const char *unit, double value, const char *peer, std::optional<double> other)
{
    const QByteArray rest = other
        ? QByteArray::number(*other, 'g', 4) + ", \"ratio\": " + QByteArray::number(*other / value, 'g', 3)
        : QByteArray("null, \"ratio\": null");
    std::printf(
        "{\"name\": \"%s\", \"value\": %.4g, \"unit\": \"%s\", \"peer\": \"%s\", \"peer_value\": %s}\n",
        name.constData(), value, unit, peer, rest.constData());
    std::fflush(stdout);
}

/// The best of some runs, and of what was measured before: the machine is shared, and what disturbs only
/// adds.
double bestMs(const QByteArray &body, int runs, double before, Trace &out)
{
    double best = before;
    for (int i = 0; i < runs; ++i) {
        out = {};
        QElapsedTimer timer;
        timer.start();
        auto decoded = decodeJaeger(body);
        best = std::min(best, double(timer.nsecsElapsed()) / 1e6);
        if (decoded && decoded->traces.size() == 1)
            out = decoded->traces.front();
    }
    return best;
}

bool compare(unsigned spans)
{
    const QTemporaryDir directory;
    const QString name = directory.filePath(u"trace.json"_s);
    const QByteArray body = makeBody(spans);
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly) || file.write(body) != body.size())
        return false;
    file.close();
    Trace trace;
    const double before = bestMs(body, 9, 1e9, trace);
    const auto mine = run(QCoreApplication::applicationFilePath(), {u"--rss"_s, name});
    const auto node = run(QStandardPaths::findExecutable(u"node"_s),
        {u"--expose-gc"_s, u"--max-old-space-size=4096"_s,
            QFileInfo(QString::fromUtf8(__FILE__)).dir().filePath(u"trace_peer.js"_s), name});
    const double ms = bestMs(body, 9, before, trace); // on both sides of the peer
    const auto of = [&](const char *key, double scale) {
        return node ? std::optional((*node)[QLatin1String(key)].toDouble() / scale) : std::nullopt;
    };
    const QByteArray base = "traces." + QByteArray::number(spans / 1000) + 'k';
    constexpr double mib = 1 << 20;
    print(base + ".layout", "ms", ms, "node JSON.parse + tree", of("ms", 1));
    print(base + ".throughput", "MB/s", double(body.size()) / 1e3 / ms, "none", std::nullopt);
    print(base + ".held", "MiB", double(trace.bytes()) / mib, "node heapUsed", of("heap", mib));
    if (mine)
        print(base + ".rss", "MiB", (*mine)[u"rss"_s].toDouble() / mib, "node rss", of("rss", mib));
    const auto agrees = [&](const char *key, int value) {
        return !node || (*node)[QLatin1String(key)].toInt() == value;
    };
    return trace.size() == int(spans) && agrees("rows", trace.size()) && agrees("depth", trace.facts().depth)
        && agrees("errors", trace.facts().errors);
}
} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.size() == 3 && arguments[1] == u"--rss")
        return printResident(arguments[2]);
    const bool small = compare(50'000), large = compare(200'000);
    if (!small || !large)
        std::fprintf(stderr, "the two do not agree about the trace: the figures mean nothing\n");
    return small && large ? 0 : 1;
}
