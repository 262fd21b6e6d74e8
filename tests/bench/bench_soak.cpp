// SPDX-License-Identifier: GPL-3.0-or-later
// Eight hours of each built-in dashboard at a refresh every five seconds, on an accelerated clock: 5,760
// beats of a shown window whose every panel is in view, asks, merges tails, draws and repaints. The server
// answers at once, with a sample at every step, values that move and alerts that come and go.
//
//     bench_soak [--hours N] [--dashboard ID]     eight hours, all three
//
// Prints one JSON line a figure, no peer. Slopes are least squares after the first hour: what is allocated
// (by the allocator's own account) and what is resident.
#include <support/dashboardstand.h>
#include <widgets/base/theme.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kBeatsAnHour = 720, kBeatsASample = 60, kServices = 30;

struct Sample
{
    double hours = 0, allocated = 0, resident = 0; ///< KiB
};

double residentKiB()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toDouble() * double(sysconf(_SC_PAGESIZE)) / 1024;
}

Sample sampleAt(double hours)
{
    const struct mallinfo2 info = mallinfo2();
    return {hours, double(info.uordblks + info.hblkhd) / 1024, residentKiB()};
}

/// Least squares, KiB an hour.
double slope(const std::vector<Sample> &samples, double Sample::*what)
{
    double hours = 0, mean = 0, above = 0, below = 0;
    for (const Sample &sample : samples) {
        hours += sample.hours / double(samples.size());
        mean += sample.*what / double(samples.size());
    }
    for (const Sample &sample : samples) {
        above += (sample.hours - hours) * (sample.*what - mean);
        below += (sample.hours - hours) * (sample.hours - hours);
    }
    return below > 0 ? above / below : 0;
}

double cpuMs()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto ms = [](const timeval &time) {
        return double(time.tv_sec) * 1e3 + double(time.tv_usec) / 1e3;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

void print(const QString &name, double value, const char *unit, const QJsonObject &more = {})
{
    QJsonObject line{{u"name"_s, name}, {u"value"_s, std::round(value * 100) / 100},
        {u"unit"_s, QString::fromLatin1(unit)}, {u"peer"_s, QJsonValue::Null},
        {u"peer_value"_s, QJsonValue::Null}, {u"ratio"_s, QJsonValue::Null}};
    for (auto at = more.begin(); at != more.end(); ++at)
        line.insert(at.key(), at.value());
    std::printf("%s\n", QJsonDocument(line).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

/// False when a picture did not come.
bool soak(const QString &dashboard, double hours)
{
    DashboardStand stand(
        {.dashboard = dashboard, .services = kServices, .refresh = u"5s"_s, .isAlive = true});
    std::vector<Sample> samples;
    QJsonArray hourly;
    int asked = 0;
    double spent = 0;
    const int beats = int(hours * kBeatsAnHour);
    for (int beat = 1; beat <= beats; ++beat) {
        const double before = cpuMs();
        stand.beat();
        if (!stand.draw()) {
            std::fprintf(stderr, "%s: beat %d was not drawn\n", qPrintable(dashboard), beat);
            return false;
        }
        spent += cpuMs() - before;
        asked += stand.takeAsking().panels;
        if (beat % kBeatsASample == 0)
            samples.push_back(sampleAt(double(beat) / kBeatsAnHour));
        if (beat % kBeatsAnHour == 0)
            hourly.append(QJsonArray{qRound64(samples.back().allocated), qRound64(samples.back().resident)});
    }
    const double warm = std::min(1.0, hours / 3);
    std::erase_if(samples, [&](const Sample &sample) { return sample.hours < warm; });
    const QString name = u"soak-window."_s + dashboard;
    print(name + u".allocated_slope"_s, slope(samples, &Sample::allocated), "KiB/h",
        {{u"hours"_s, hours}, {u"last_KiB"_s, std::round(samples.back().allocated)}});
    print(name + u".resident_slope"_s, slope(samples, &Sample::resident), "KiB/h",
        {{u"last_KiB"_s, std::round(samples.back().resident)}, {u"hourly_allocated_resident_KiB"_s, hourly}});
    const double made = std::chrono::duration<double, std::milli>(stand.making).count();
    print(name + u".cpu"_s, (spent - made) / beats, "ms a refresh",
        {{u"requests_a_refresh"_s, double(asked) / beats}});
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    applyTheme(application, ThemeChoice::Dark);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOption({u"hours"_s, u"Hours of the accelerated clock, from half an hour on"_s, u"n"_s, u"8"_s});
    parser.addOption({u"dashboard"_s, u"Only this one"_s, u"id"_s});
    parser.process(application);
    const double hours = std::max(0.5, parser.value(u"hours"_s).toDouble());
    for (const QString &dashboard : {u"on-call"_s, u"debug"_s, u"executive"_s}) {
        if (const QString only = parser.value(u"dashboard"_s); !only.isEmpty() && only != dashboard)
            continue;
        if (!soak(dashboard, hours))
            return 1;
    }
    return 0;
}
