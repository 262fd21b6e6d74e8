// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/timerange.h>

#include <QObject>
#include <QTimeZone>

#include <optional>
#include <vector>

namespace bw {

/// The time that every view of a window looks at: range, refresh interval, pause, zoom history and the shared
/// crosshair. Knows no widget. UI thread; one a session.
class TimeNavigator final : public QObject
{
    Q_OBJECT
public:
    /// `clock` outlives the navigator; in a replay it is the replay's.
    explicit TimeNavigator(const Clock &clock, QObject *parent = nullptr);

    const TimeSpec &spec() const { return m_spec; }
    /// The range now. Half open, not snapped.
    TimeRange range() const;
    const QTimeZone &zone() const { return m_zone; }
    const Clock &clock() const { return m_clock; }
    /// False when the range ends at a fixed moment: then nothing needs refreshing.
    bool isLive() const { return m_spec.isRelative(); }

    /// One step of history. Invalid leaves everything as it was and names what is wrong.
    [[nodiscard]] Result<void> setSpec(const TimeSpec &spec);
    /// Calendar expressions such as now/d are resolved in it. No history step.
    void setZone(const QTimeZone &zone);
    /// An absolute range, as a drag over a plot gives it. Ranges under a second are refused silently.
    void zoom(const TimeRange &range);
    /// Twice the range around its middle, never beyond now when it was not beyond now before.
    void zoomOut();
    bool canGoBack() const { return m_at > 0; }
    bool canGoForward() const { return m_at + 1 < m_history.size(); }
    void back();
    void forward();

    /// Zero: only by hand.
    std::chrono::seconds refreshInterval() const { return m_refresh; }
    /// Below 5 s but not zero becomes 5 s.
    void setRefreshInterval(std::chrono::seconds interval);
    bool isPaused() const { return m_pausedSince.has_value(); }
    std::optional<BootTime> pausedSince() const { return m_pausedSince; }
    void setPaused(bool paused);
    /// Everything visible is to be asked again in full (F5).
    void reload() { emit reloadRequested(); }

    /// The instant under the pointer in any view, ns; nullopt when there is none.
    std::optional<qint64> crosshair() const { return m_crosshair; }
    void setCrosshair(std::optional<qint64> time);

signals:
    /// Another range, by whatever means; also when the zone changed.
    void rangeChanged();
    void refreshIntervalChanged();
    void pausedChanged();
    void historyChanged();
    void reloadRequested();
    void crosshairMoved(std::optional<qint64> time);

private:
    void show(const TimeSpec &spec);

    const Clock &m_clock;
    TimeSpec m_spec;
    QTimeZone m_zone;
    std::vector<TimeSpec> m_history;
    size_t m_at = 0;
    std::chrono::seconds m_refresh{30};
    std::optional<BootTime> m_pausedSince;
    std::optional<qint64> m_crosshair;
};

} // namespace bw
