// SPDX-License-Identifier: GPL-3.0-or-later
// Plots: a full panel of 1600 × 900 with axes, labels and antialiased curves, 1 and 2 px wide (G2, G2b),
// against uPlot in headless Chromium and QCustomPlot; and what a refresh of 24 panels takes from the UI
// thread (G2c).
//
//     bench_plot [--quick]     prints one JSON line a figure; peers that are not installed are null
#include <widgets/base/theme.h>
#include <widgets/plot/plotwidget.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QGridLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QProcess>
#include <QStandardPaths>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <optional>
#include <qcustomplot.h>
#include <random>
#include <time.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kStep = 15'000'000'000;
constexpr QSize kPanel(1600, 900), kTile(280, 225);
constexpr int kTiles = 24;

struct Data
{
    std::vector<SampleVector<qint64>> times;
    std::vector<SampleVector<double>> values;
};

/// Random walks, as the peer draws them.
std::shared_ptr<Data> walk(int series, int points)
{
    auto data = std::make_shared<Data>();
    std::mt19937 engine(20261121);
    std::uniform_real_distribution<double> step(-0.5, 0.5);
    for (int s = 0; s < series; ++s) {
        SampleVector<qint64> times(static_cast<size_t>(points));
        SampleVector<double> values(static_cast<size_t>(points));
        double value = 50 + 10 * s;
        for (size_t i = 0; i < times.size(); ++i) {
            times[i] = 1'795'000'000'000'000'000 + qint64(i) * kStep;
            value += step(engine) * (100 / std::sqrt(points));
            values[i] = value + step(engine) * 3;
        }
        data->times.push_back(std::move(times));
        data->values.push_back(std::move(values));
    }
    return data;
}

PlotScene sceneOf(const std::shared_ptr<Data> &data, double width)
{
    PlotScene scene;
    scene.step = Nanoseconds(kStep);
    scene.range = {fromNs(data->times[0].front()), fromNs(data->times[0].back())};
    for (size_t s = 0; s < data->times.size(); ++s) {
        PlotCurve curve;
        curve.owner = data;
        curve.samples = {data->times[s], data->values[s], {}};
        curve.name = u"series %1"_s.arg(s);
        curve.color = u"series-%1"_s.arg(s + 1);
        curve.width = width;
        scene.curves.push_back(curve);
    }
    scene.legend.mode = PlotLegend::Mode::None;
    scene.theme = &darkTheme();
    scene.font = QApplication::font();
    scene.numberFont = numberFont(scene.font);
    return scene;
}

double median(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values[values.size() / 2];
}

double medianOf(int runs, const std::function<void()> &work)
{
    std::vector<double> taken;
    for (int i = 0; i < runs + 3; ++i) {
        QElapsedTimer timer;
        timer.start();
        work();
        if (i >= 3)
            taken.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    return median(taken);
}

double threadCpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

/// All the work of one picture: thinning, axes, curves, and the copy to the screen's buffer.
double ourPanel(const std::shared_ptr<Data> &data, double width, int runs)
{
    PlotScene scene = sceneOf(data, width);
    QImage spare, screen(kPanel, QImage::Format_RGB32);
    return medianOf(runs, [&] {
        const auto picture = renderPlot(scene, kPanel, 1, std::move(spare));
        scene.areaWidthHint = picture->area.width();
        QPainter painter(&screen);
        painter.drawImage(QPointF(0, 0), picture->image);
        painter.end();
        spare = std::move(picture->image);
    });
}

/// QCustomPlot with its defaults: adaptive sampling, antialiasing. Only 1 px: its wider pens take seconds.
double qcpPanel(const Data &data, int runs)
{
    QCustomPlot plot;
    plot.resize(kPanel);
    plot.setViewport(QRect(QPoint(0, 0), kPanel));
    for (size_t s = 0; s < data.times.size(); ++s) {
        QVector<double> keys, values(data.values[s].begin(), data.values[s].end());
        for (const qint64 time : data.times[s])
            keys.append(double(time) / 1e9);
        plot.addGraph()->setData(keys, values, true);
        plot.graph()->setPen(QPen(roleColor(darkTheme(), u"series-%1"_s.arg(s + 1)), 1));
    }
    plot.rescaleAxes();
    return medianOf(runs, [&] { plot.replot(QCustomPlot::rpImmediateRefresh); });
}

/// Milliseconds of the UI thread for new data in 24 shown panels, from the first scene to the last repaint.
double ourDashboard(int runs)
{
    QWidget window;
    auto *grid = new QGridLayout(&window);
    std::vector<PlotWidget *> plots;
    for (int i = 0; i < kTiles; ++i) {
        plots.push_back(new PlotWidget(&window));
        plots.back()->setFixedSize(kTile);
        grid->addWidget(plots.back(), i / 6, i % 6);
    }
    window.show();
    const auto data = walk(10, 1000);
    const PlotScene scene = sceneOf(data, 1);
    const auto settled = [&] {
        return std::all_of(
            plots.begin(), plots.end(), [](const PlotWidget *plot) { return plot->isSettled(); });
    };
    QEventLoop loop;
    for (const PlotWidget *plot : plots) {
        QObject::connect(plot, &PictureWidget::pictureShown, &loop, [&] {
            if (settled())
                loop.quit();
        });
    }
    std::vector<double> taken;
    for (int run = 0; run < runs + 3; ++run) {
        std::vector<PlotScene> scenes(kTiles, scene); // naming series is the panel's work
        const double start = threadCpuMs();
        for (int i = 0; i < kTiles; ++i)
            plots[size_t(i)]->setScene(std::move(scenes[size_t(i)]));
        loop.exec(); // sleeps between events: waiting costs the thread nothing
        QCoreApplication::processEvents(); // the last repaint
        if (run >= 3)
            taken.push_back(threadCpuMs() - start);
    }
    return median(taken);
}

double qcpDashboard(int runs)
{
    const auto data = walk(10, 1000);
    std::vector<std::unique_ptr<QCustomPlot>> plots;
    for (int i = 0; i < kTiles; ++i) {
        auto plot = std::make_unique<QCustomPlot>();
        plot->resize(kTile);
        plot->setViewport(QRect(QPoint(0, 0), kTile));
        for (size_t s = 0; s < data->times.size(); ++s) {
            QVector<double> keys, values(data->values[s].begin(), data->values[s].end());
            for (const qint64 time : data->times[s])
                keys.append(double(time) / 1e9);
            plot->addGraph()->setData(keys, values, true);
        }
        plot->rescaleAxes();
        plots.push_back(std::move(plot));
    }
    return medianOf(runs, [&] {
        for (const auto &plot : plots)
            plot->replot(QCustomPlot::rpImmediateRefresh);
    });
}

QJsonObject uplot(bool quick)
{
    const QString node = QStandardPaths::findExecutable(u"node"_s);
    if (node.isEmpty())
        return {};
    QProcess process;
    process.start(node,
        QStringList{QStringLiteral(BW_BENCH_DIR "/uplot_peer.js")}
            + (quick ? QStringList{u"--quick"_s} : QStringList()));
    if (!process.waitForFinished(600'000) || process.exitCode() != 0)
        return {};
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
}

void print(
    const QString &name, const char *unit, double value, const char *peer, std::optional<double> peerValue)
{
    const QByteArray theirs = peerValue ? QByteArray::number(*peerValue, 'g', 4) : QByteArray("null");
    const QByteArray ratio = peerValue ? QByteArray::number(*peerValue / value, 'g', 3) : QByteArray("null");
    std::printf(R"({"name": "%s", "value": %.4g, "unit": "%s", "peer": "%s", "peer_value": %s, "ratio": %s})"
                "\n",
        qPrintable(name), value, unit, peer, theirs.constData(), ratio.constData());
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM") && !qEnvironmentVariableIsSet("DISPLAY"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    applyTheme(application, ThemeChoice::Dark);
    const bool quick = QApplication::arguments().contains(u"--quick"_s);
    const int runs = quick ? 11 : 51;
    const QJsonObject peer = uplot(quick); // first, so that nothing of ours runs beside it
    const auto peerMs = [&](int series, int points, int width) -> std::optional<double> {
        for (const QJsonValue entry : peer[u"cases"_s].toArray()) {
            if (entry[u"series"_s].toInt() == series && entry[u"points"_s].toInt() == points
                && entry[u"width"_s].toInt() == width)
                return entry[u"ms"_s].toDouble();
        }
        return std::nullopt;
    };
    const std::pair<int, int> sizes[] = {{10, 1'000}, {10, 100'000}, {1, 1'000'000}, {10, 1'000'000}};
    for (const auto &[series, points] : sizes) {
        const auto data = walk(series, points);
        for (const int width : {1, 2}) {
            const QString name = u"plot.panel.%1x%2.%3px"_s.arg(series).arg(points).arg(width);
            const double ms = ourPanel(data, width, runs);
            print(name, "ms", ms, "uPlot", peerMs(series, points, width));
            if (width == 1)
                print(name, "ms", ms, "QCustomPlot", qcpPanel(*data, std::max(5, runs / 3)));
        }
    }
    const double dashboard = ourDashboard(runs);
    const QJsonValue tiles = peer[u"dashboard"_s][u"ms"_s];
    print(u"plot.dashboard24.ui_thread"_s, "ms", dashboard, "uPlot",
        tiles.isDouble() ? std::optional(tiles.toDouble()) : std::nullopt);
    print(
        u"plot.dashboard24.ui_thread"_s, "ms", dashboard, "QCustomPlot", qcpDashboard(std::max(5, runs / 3)));
    return 0;
}
