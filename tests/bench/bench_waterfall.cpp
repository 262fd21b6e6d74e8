// SPDX-License-Identifier: GPL-3.0-or-later
// The trace view (G5, G5b, G5c): a Jaeger answer of 50,000 and 200,000 spans from its bytes to the first
// painted waterfall; frames of random scrolling and zooming with idle cores and with two workers that decode
// without pause; a filter; collapsing everything; memory.
//
//     bench_waterfall [--quick | --profile]
//
// Prints one JSON line a figure; no peer draws such a trace at all. --profile: a small trace and idle cores,
// for a profiler that makes everything fifty times slower.
#include <datasources/tracefile.h>
#include <domain/traces/tracefilter.h>
#include <widgets/base/theme.h>
#include <widgets/plot/picturewidget.h>
#include <widgets/traces/traceview.h>
#include <widgets/traces/waterfallview.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QThread>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <random>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

void emitFigure(const QString &name, double value, const char *unit, const QJsonObject &more = {})
{
    QJsonObject line{{u"name"_s, name}, {u"value"_s, std::round(value * 1000) / 1000},
        {u"unit"_s, QString::fromLatin1(unit)}, {u"peer"_s, QJsonValue::Null},
        {u"peer_value"_s, QJsonValue::Null}, {u"ratio"_s, QJsonValue::Null}};
    for (auto at = more.begin(); at != more.end(); ++at)
        line.insert(at.key(), at.value());
    std::printf("%s\n", QJsonDocument(line).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

/// A trace as Jaeger sends it: five tags a span, 60 services, spans in any order, one of 97 failed.
QByteArray jaegerBody(int spans)
{
    std::mt19937 dice(20261122);
    struct Span
    {
        int parent, start, duration;
    };
    std::vector<Span> made{{-1, 0, 20'000'000}};
    for (int i = 1; i < spans; ++i) {
        const int parent = std::max(0, i - 1 - int(dice() % 400));
        const Span &above = made[size_t(parent)];
        made.push_back({parent, above.start + above.duration / 10, std::max(1, above.duration * 7 / 10)});
    }
    std::vector<int> order(made.size());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = int(i);
    std::shuffle(order.begin(), order.end(), dice);
    QByteArray body = "{\"data\":[{\"traceID\":\"0000000000000000000000000000beef\",\"spans\":[";
    char text[1024];
    for (size_t k = 0; k < order.size(); ++k) {
        const int i = order[k];
        const Span &span = made[size_t(i)];
        char reference[160] = "";
        if (span.parent >= 0)
            std::snprintf(reference, sizeof reference,
                "{\"refType\":\"CHILD_OF\",\"traceID\":\"0000000000000000000000000000beef\",\"spanID\":\"%"
                "016x\"}",
                span.parent + 1);
        std::snprintf(text, sizeof text,
            "%s{\"traceID\":\"0000000000000000000000000000beef\",\"spanID\":\"%016x\",\"operationName\":\"op "
            "%d\","
            "\"references\":[%s],\"startTime\":%lld,\"duration\":%d,\"tags\":["
            "{\"key\":\"http.method\",\"type\":\"string\",\"value\":\"GET\"},"
            "{\"key\":\"http.url\",\"type\":\"string\",\"value\":\"http://big-%d/items/%d?page=%d\"},"
            "{\"key\":\"http.status_code\",\"type\":\"int64\",\"value\":%d},"
            "{\"key\":\"span.kind\",\"type\":\"string\",\"value\":\"server\"},"
            "{\"key\":\"error\",\"type\":\"bool\",\"value\":%s}],\"logs\":[],\"processID\":\"p%d\","
            "\"warnings\":null}",
            k ? "," : "", i + 1, i % 300, reference, 1'795'287'000'000'000LL + span.start, span.duration,
            i % 60, i, i % 7, i % 97 ? 200 : 500, i % 97 ? "false" : "true", i % 60);
        body += text;
    }
    body += "],\"processes\":{";
    for (int i = 0; i < 60; ++i)
        body += QByteArray(i ? "," : "") + "\"p" + QByteArray::number(i) + "\":{\"serviceName\":\"big-"
            + QByteArray::number(i) + "\",\"tags\":[]}";
    return body + "}}]}";
}

qint64 residentBytes()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE);
}

double percentile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, size_t(share * double(values.size())))];
}

double milliseconds(const std::function<void()> &work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    return double(timer.nsecsElapsed()) / 1e6;
}

/// One change and its paint, until the pixels are there.
std::vector<double> frames(WaterfallView &view, int count, const std::function<void(std::mt19937 &)> &change)
{
    std::mt19937 dice(7);
    std::vector<double> taken;
    for (int i = 0; i < count; ++i) {
        taken.push_back(milliseconds([&] {
            change(dice);
            view.viewport()->repaint();
        }));
        QCoreApplication::processEvents();
    }
    return taken;
}

/// Decodes on two threads, ten nice levels down, as the worker pool does, while it lives.
class Load
{
public:
    explicit Load(const QByteArray &body)
    {
        for (int i = 0; i < 2; ++i) {
            m_threads.emplace_back([this, body] {
                setpriority(PRIO_PROCESS, id_t(syscall(SYS_gettid)), 10);
                while (!m_stop)
                    m_decoded += readTraceFile(body) ? 1 : 0;
            });
        }
    }
    ~Load()
    {
        m_stop = true;
        for (std::thread &thread : m_threads)
            thread.join();
    }

private:
    std::atomic<bool> m_stop = false;
    std::atomic<int> m_decoded = 0;
    std::vector<std::thread> m_threads;
};

void measure(int spans, int runs, bool isLoaded = true)
{
    const QString size = u" %1k"_s.arg(spans / 1000);
    const QByteArray body = jaegerBody(spans);
    const qint64 before = residentBytes();
    TraceView whole;
    whole.resize(1600, 1000);
    whole.show();
    QCoreApplication::processEvents();
    std::vector<double> toPaint;
    for (int run = 0; run < 5; ++run) {
        QEventLoop loop;
        QObject::connect(&whole, &TraceView::shown, &loop, &QEventLoop::quit);
        toPaint.push_back(milliseconds([&] {
            // As the window does: decoded on a worker, laid out, folded and measured, then painted.
            Result<TraceFile> file = fail(Error::Kind::Decode, u"not read"_s);
            std::thread worker([&] { file = readTraceFile(body); });
            worker.join();
            if (!file)
                qFatal("%s", qPrintable(file.error().message));
            whole.showTrace(file->traces.front(), u"bench"_s, QTimeZone::utc());
            loop.exec();
            whole.repaint();
        }));
    }
    emitFigure(u"trace bytes to painted"_s + size, percentile(toPaint, 0.5), "ms",
        {{u"megabytes"_s, double(body.size()) / 1e6}, {u"target"_s, 1000}});
    const Trace trace = whole.trace();
    emitFigure(u"trace memory"_s + size, double(trace.bytes()) / 1048576, "MiB",
        {{u"resident"_s, double(residentBytes() - before) / 1048576},
            {u"answer"_s, double(body.size()) / 1048576}});

    WaterfallView &view = whole.waterfall();
    view.refold([](TraceFold &fold) { fold.expandAll(); });
    const int lines = int(view.fold().lines().size());
    const auto scroll = [&](std::mt19937 &dice) {
        view.verticalScrollBar()->setValue(int(dice() % unsigned(lines)));
    };
    const qint64 end = trace.duration().count();
    const auto zoom = [&](std::mt19937 &dice) {
        const qint64 span = std::max<qint64>(end >> (dice() % 16), 200);
        const qint64 begin = qint64(double(dice()) / 4294967296.0 * double(end - span));
        view.setWindow({begin, begin + span});
    };
    const auto report = [&](const QString &what, const std::vector<double> &taken, double target) {
        emitFigure(what + size, percentile(taken, 0.99), "ms",
            {{u"p50"_s, percentile(taken, 0.5)}, {u"max"_s, percentile(taken, 1)}, {u"target"_s, target}});
    };
    report(u"scroll frame p99"_s, frames(view, runs, scroll), 4);
    report(u"zoom frame p99"_s, frames(view, runs, zoom), 4);
    view.setWindow(wholeOf(trace));
    if (isLoaded) {
        const Load load(body);
        report(u"scroll frame p99, both cores decoding"_s, frames(view, runs, scroll), 8);
        report(u"zoom frame p99, both cores decoding"_s, frames(view, runs, zoom), 8);
    }
    view.setWindow(wholeOf(trace));
    const auto filter = [&](const char *text) {
        const auto parsed = TraceFilter::parse(QString::fromLatin1(text));
        std::vector<double> taken;
        int found = 0;
        for (int i = 0; i < 5; ++i)
            taken.push_back(milliseconds([&] { found = matchesOf(trace, *parsed)->count; }));
        emitFigure(u"filter \"%1\""_s.arg(QString::fromLatin1(text)) + size, percentile(taken, 0.5), "ms",
            {{u"matches"_s, found}});
    };
    filter("big-7 >1ms");
    filter("http.status_code=500");
    std::vector<double> collapse, expand;
    for (int i = 0; i < 20; ++i) {
        collapse.push_back(milliseconds([&] {
            view.refold([](TraceFold &fold) { fold.collapseAll(); });
            view.viewport()->repaint();
        }));
        expand.push_back(milliseconds([&] {
            view.refold([](TraceFold &fold) { fold.expandAll(); });
            view.viewport()->repaint();
        }));
    }
    emitFigure(u"collapse all"_s + size, percentile(collapse, 0.5), "ms");
    emitFigure(u"expand all"_s + size, percentile(expand, 0.5), "ms");
}

} // namespace

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("DISPLAY"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    applyTheme(app, ThemeChoice::Dark);
    const bool isQuick = app.arguments().contains(u"--quick"_s);
    if (app.arguments().contains(u"--profile"_s)) {
        measure(5'000, 300, false);
        return 0;
    }
    measure(50'000, isQuick ? 100 : 1000);
    measure(200'000, isQuick ? 100 : 1000);
    return 0;
}
