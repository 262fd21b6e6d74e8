// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <domain/dashboards/macros.h>
#include <widgets/panels/panelkind.h>
#include <widgets/panels/panelports.h>

namespace bw {

class FrameTick;

/// What a panel's questions depend on beside the panel itself.
struct PanelEnvironment
{
    QMap<QString, QStringList> variables;
    QMap<QString, VariableForm> forms; ///< how expressions write them
    QMap<QString, QStringList> matchers; ///< adhoc: source → matchers; those of every source under ""
    QMap<QString, QString> context; ///< service, route, namespace … → value; empty ones left out
    QTimeZone zone;
    bool isLive = true; ///< false: the range ends at a fixed moment, nothing ages
    Nanoseconds interval{0}; ///< of the dashboard's refresh; 0: by hand, nothing ages
    bool operator==(const PanelEnvironment &) const = default;
};

/// One question of a panel as the inspector shows it.
struct QueryInspection
{
    QString id, source, expression,
        kind; ///< expression as sent; kind "range step=15s", "instant", "own data"
    int fallback = 0; ///< 0: the first choice
    qsizetype series = 0, samples = 0, bytes = 0; ///< of the last answer as received
    std::chrono::milliseconds took{0};
    bool wasTail = false; ///< only the newest part was asked for
    bool isPast = false; ///< the same question earlier, for a comparison
    std::optional<QuerySpec> spec{}; ///< the whole of it; nullopt for own data and what was not asked
    QString problem{}; ///< what the server found wrong with the question itself
    std::optional<qsizetype> problemAt{}; ///< where in the query's text, when that can be told
    QString freshness; ///< word and sentence
    std::vector<Untrusted> warnings;
};

/// Asks what a panel shows, and keeps it: macros to expressions, width to step, fallbacks in order, the tail
/// instead of the whole on a refresh, last good data with its age when a question fails. Hands the view its
/// data on a frame tick, never from an answer. Decides nothing about when: refresh() is called by the
/// dashboard, which knows what is visible. UI thread; owned by the panel's frame.
class PanelController final : public QObject
{
    Q_OBJECT
public:
    enum class Ask : quint8 {
        Tail, ///< the newest part where that gives the same picture
        Full
    };
    /// `view` may be null (rows). `view` and `tick` outlive the controller.
    PanelController(
        const Panel &panel, DashboardPorts ports, FrameTick &tick, PanelView *view, QObject *parent);
    ~PanelController() override;

    const Panel &panel() const { return m_panel; }
    /// With the values of its variables.
    QString title() const;
    /// Another environment makes the next refresh a full one. Asks nothing by itself.
    void setEnvironment(PanelEnvironment environment);
    const QTimeZone &zone() const { return m_environment.zone; }
    void setMarkers(std::vector<Marker> markers);
    /// Asks every query for `range` (the panel's own range wins), cancelling what is still being asked.
    void refresh(const TimeRange &range, QueryOptions options, Ask ask);
    /// Cancels what is being asked; data stays.
    void cancel();
    /// What its values are shown beside; Off for views that cannot. Asks nothing by itself: refresh() does,
    /// and askPast() at once.
    void setCompare(Compare compare);
    Compare compare() const { return m_compare; }
    /// Asks for the past side of every question that has an answer and needs it.
    void askPast();
    /// "24 h earlier", "24 h earlier: no data"; empty when nothing is compared.
    QString compareNote() const;
    /// Lets ages move on; once a second. Hands the view its data again when a state changed by age alone.
    void beat();

    bool hasQueries() const { return !m_slots.empty(); }
    /// When refresh() was last called; nullopt before.
    std::optional<BootTime> askedAt() const { return m_askedAt; }
    /// The larger of the panel's min_refresh and the dashboard's interval; 0: by hand.
    Nanoseconds cadence() const;
    /// Over all queries, aged to now.
    Freshness freshness() const;
    /// Why there is nothing to show although nothing failed: the panel's how_to_enable line, or what the
    /// profile lacks. Empty when there is something to show, or a failure to tell.
    QString howToEnable() const;
    /// "fallback 2" when a query is answered by one of its fallbacks; else empty.
    /// Own data that the context leaves out is counted here too.
    QString note() const;
    /// Server warnings of the present data, unique.
    std::vector<Untrusted> warnings() const;
    std::vector<QueryInspection> inspections() const;
    /// Every query has had its first outcome, nothing is being asked, and the view has drawn it.
    bool isSettled() const;

signals:
    /// Freshness, note or warnings may have changed.
    void stateChanged();
    /// A source this panel waited for is there, or is another one now.
    void refreshWanted();

private:
    struct Slot;
    struct Plan;

    /// `back` earlier than the range on screen, on its grid of steps.
    [[nodiscard]] Result<Plan> planFor(
        const Slot &slot, const QString &expression, Nanoseconds back = {}) const;
    const SourceInfo *sourceFor(const Slot &slot) const;
    std::optional<Nanoseconds> smallestStep(const PanelQuery &query) const;
    QStringList matchersFor(const SourceInfo &source) const;
    MacroContext contextFor(const SourceInfo &source, const StepPlan &steps) const;
    void askNext(Slot &slot);
    void submit(Slot &slot, Plan plan);
    std::optional<TimeRange> tailOf(const Slot &slot, const Plan &plan) const;
    void answered(Slot &slot, const Result<QueryResult> &answer);
    void accept(Slot &slot, QueryResult result);
    bool isCompared(const Slot &slot) const;
    QByteArray pastIdentity(const Slot &slot) const;
    void askPast(Slot &slot);
    void pastAnswered(Slot &slot, const Result<QueryResult> &answer);
    std::optional<qsizetype> problemPlace(const Slot &slot) const;
    QueryInspection pastInspection(const Slot &slot) const;
    /// `text` and what is compared.
    QString withCompare(const QString &text) const;
    std::optional<QueryResult> pastToShow(Slot &slot, const TimeRange &range) const;
    void askReference(Slot &slot);
    void askExemplars(Slot &slot);
    void readOwn(Slot &slot);
    /// Own data that has nothing gives way to its fallbacks, which are asked of a server.
    void refreshOwn(Slot &slot, Ask ask);
    static bool showsOwn(const Slot &slot);
    std::optional<QueryResult> ownReference(const Slot &slot) const;
    void fetchCached();
    void takeCached(const std::vector<QueryResult> &results);
    void sourcesChanged();
    Freshness ownFreshness(const Slot &slot) const;
    Freshness agedFreshness(const Slot &slot) const;
    void markDirty();
    void deliver();

    const Panel m_panel;
    DashboardPorts m_ports;
    FrameTick &m_tick;
    PanelView *m_view;
    PanelEnvironment m_environment;
    std::vector<Marker> m_markers;
    std::vector<std::unique_ptr<Slot>> m_slots;
    TimeRange m_range;
    QueryOptions m_options;
    Compare m_compare = Compare::Off;
    Ask m_ask = Ask::Full;
    std::optional<BootTime> m_askedAt;
    Freshness m_shownFreshness; ///< state as last announced
    bool m_shownWithheld = false;
    bool m_dirty = false;
    bool m_cacheRead = false;
};

} // namespace bw
