// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/timerange.h>
#include <domain/query/compare.h>

#include <QMap>
#include <QObject>
#include <QStringList>
#include <QTimeZone>

#include <optional>
#include <vector>

namespace bw {

/// Where a window looks at beside its time: which page, with which variables. A value.
struct ViewPlace
{
    QString page; ///< id; empty: nowhere yet
    QMap<QString, QStringList> choices; ///< variable → values; an empty list is "all"
    CompareChoices compare{}; ///< what panels are compared with
    bool operator==(const ViewPlace &) const = default;
};

/// The time that every view of a window looks at: range, refresh interval, pause, zoom history and the shared
/// crosshair. The history remembers where the window looked, too: one step back is the range, the page and
/// the variables of then. Knows no widget. UI thread; one a window.
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

    /// Where the window looks now; another place is one step of history.
    void setPlace(const ViewPlace &place);
    const ViewPlace &place() const { return m_place; }
    /// The same place, known better: variables that chose their first value. No step.
    void amendPlace(const ViewPlace &place);
    /// Everything that changes while one lives is one step of history, or, with Replace, no step at all.
    class Step
    {
    public:
        enum class Kind : quint8 { Push, Replace };
        explicit Step(TimeNavigator &time, Kind kind = Kind::Push);
        ~Step();
        Step(const Step &) = delete;
        Step &operator=(const Step &) = delete;

    private:
        TimeNavigator &m_time;
    };

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
    /// back() and forward() reached another place: go there. What is set meanwhile is no step.
    void placeWanted(const bw::ViewPlace &place);
    void reloadRequested();
    void crosshairMoved(std::optional<qint64> time);

private:
    struct Moment
    {
        TimeSpec spec;
        ViewPlace place;
        bool operator==(const Moment &) const = default;
    };
    void show(const TimeSpec &spec);
    void record();
    void walkTo(size_t at);

    const Clock &m_clock;
    TimeSpec m_spec;
    QTimeZone m_zone;
    ViewPlace m_place;
    std::vector<Moment> m_history;
    size_t m_at = 0;
    int m_steps = 0; ///< that live
    bool m_replaces = false; ///< the next thing to record takes the place of the present moment
    bool m_isWalking = false;
    std::chrono::seconds m_refresh{30};
    std::optional<BootTime> m_pausedSince;
    std::optional<qint64> m_crosshair;
};

} // namespace bw
