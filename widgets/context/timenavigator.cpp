// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/context/timenavigator.h>

#include <algorithm>

namespace bw {
namespace {
constexpr size_t kHistory = 100;
}

TimeNavigator::TimeNavigator(const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_zone(QTimeZone::systemTimeZone())
    , m_history{{m_spec, {}}}
{
}

TimeRange TimeNavigator::range() const
{
    const Timestamp now = m_clock.utcNow();
    // setSpec() let it pass; a zone change cannot make it unreadable, only empty around a clock change.
    if (const Result<TimeRange> range = resolve(m_spec, now, m_zone))
        return *range;
    return {now - std::chrono::hours(1), now};
}

Result<void> TimeNavigator::setSpec(const TimeSpec &spec)
{
    if (const Result<TimeRange> range = resolve(spec, m_clock.utcNow(), m_zone); !range)
        return tl::unexpected(range.error());
    if (spec == m_spec)
        return {};
    m_spec = spec;
    record();
    show(spec);
    return {};
}

/// Writes down where and when the window looks now.
void TimeNavigator::record()
{
    if (m_isWalking)
        return;
    const Moment now{m_spec, m_place};
    m_history.resize(m_at + 1);
    if (m_history.back() == now)
        return;
    if (m_replaces)
        m_history.back() = now;
    else
        m_history.push_back(now);
    if (m_history.size() > kHistory)
        m_history.erase(m_history.begin());
    m_at = m_history.size() - 1;
    // The first of a step makes room, the others go with it.
    m_replaces = m_steps > 0;
}

void TimeNavigator::setPlace(const ViewPlace &place)
{
    if (place == m_place)
        return;
    m_place = place;
    record();
    emit historyChanged();
}

void TimeNavigator::amendPlace(const ViewPlace &place)
{
    m_place = place;
    m_history[m_at].place = place;
}

TimeNavigator::Step::Step(TimeNavigator &time, Kind kind)
    : m_time(time)
{
    if (m_time.m_steps++ == 0)
        m_time.m_replaces = kind == Kind::Replace;
}

TimeNavigator::Step::~Step()
{
    if (--m_time.m_steps == 0)
        m_time.m_replaces = false;
}

/// The place first: its page may bring a range along, which the moment's own then replaces.
void TimeNavigator::walkTo(size_t at)
{
    m_isWalking = true;
    m_at = at;
    const Moment moment = m_history[at];
    if (!(moment.place == m_place)) {
        m_place = moment.place;
        emit placeWanted(moment.place);
    }
    m_isWalking = false;
    m_place = moment.place;
    show(moment.spec);
}

void TimeNavigator::show(const TimeSpec &spec)
{
    m_spec = spec;
    emit historyChanged();
    emit rangeChanged();
}

void TimeNavigator::setZone(const QTimeZone &zone)
{
    if (zone == m_zone || !zone.isValid())
        return;
    m_zone = zone;
    emit rangeChanged();
}

void TimeNavigator::zoom(const TimeRange &range)
{
    if (range.span() < std::chrono::seconds(1))
        return;
    // A range that came from a plot always resolves.
    Q_UNUSED(setSpec(absolute(range)))
}

void TimeNavigator::zoomOut()
{
    const TimeRange present = range();
    const Timestamp now = m_clock.utcNow();
    const Nanoseconds half = present.span() / 2;
    TimeRange wider{present.begin - half, present.end + half};
    if (present.end <= now && wider.end > now)
        wider = {now - (wider.end - wider.begin), now};
    zoom(wider);
}

void TimeNavigator::back()
{
    if (canGoBack())
        walkTo(m_at - 1);
}

void TimeNavigator::forward()
{
    if (canGoForward())
        walkTo(m_at + 1);
}

void TimeNavigator::setRefreshInterval(std::chrono::seconds interval)
{
    using namespace std::chrono_literals;
    const std::chrono::seconds wanted = interval <= 0s ? 0s : std::max(interval, 5s);
    if (wanted == m_refresh)
        return;
    m_refresh = wanted;
    emit refreshIntervalChanged();
}

void TimeNavigator::setPaused(bool paused)
{
    if (paused == isPaused())
        return;
    m_pausedSince = paused ? std::optional(m_clock.bootNow()) : std::nullopt;
    emit pausedChanged();
}

void TimeNavigator::setCrosshair(std::optional<qint64> time)
{
    if (time == m_crosshair)
        return;
    m_crosshair = time;
    emit crosshairMoved(time);
}

} // namespace bw
