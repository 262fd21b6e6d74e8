// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/blindness.h>

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

bool isBlind(const SourceInfo &source)
{
    switch (source.freshness.state) {
    case Freshness::State::Stale:
    case Freshness::State::Error:
    case Freshness::State::NeedsAuth:
        return true;
    case Freshness::State::Never:
    case Freshness::State::Fresh:
    case Freshness::State::Refreshing:
    case Freshness::State::Empty:
    case Freshness::State::Partial:
    case Freshness::State::Paused:
        return false;
    }
    return false;
}

QString tr(const char *text, int count = -1)
{
    return QCoreApplication::translate("bw::MainWindow", text, nullptr, count);
}

} // namespace

QString blindText(const std::vector<SourceInfo> &sources, const QTimeZone &zone)
{
    if (sources.empty() || !std::all_of(sources.begin(), sources.end(), isBlind))
        return {};
    std::optional<Timestamp> last;
    for (const SourceInfo &source : sources) {
        if (source.freshness.lastGoodUtc && (!last || *source.freshness.lastGoodUtc > *last))
            last = source.freshness.lastGoodUtc;
    }
    const QString since =
        last ? tr(" since %1").arg(toDateTime(*last).toTimeZone(zone).toString(u"HH:mm:ss"_s)) : QString();
    return tr("No monitoring data%1: none of %n sources answers. What you see is old.", int(sources.size()))
        .arg(since);
}

} // namespace bw
