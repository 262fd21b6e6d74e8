// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/fieldspec.h>
#include <domain/base/link.h>
#include <domain/dashboards/dashboard.h>
#include <domain/query/compare.h>
#include <domain/query/queryresult.h>

#include <QWidget>

#include <functional>

namespace bw {

/// A vertical line with a flag on time panels: a deploy, an alert's start.
struct Marker
{
    qint64 time = 0; ///< ns
    Untrusted text;
    QString color; ///< role
};

/// What a panel's view is given on a frame tick.
struct PanelData
{
    struct Part
    {
        const PanelQuery *query = nullptr; ///< lives as long as the view
        QueryResult result; ///< with freshness; `data` may be null
        std::optional<QueryResult> reference{}; ///< the same question some time ago (option `compare`)
        /// The same question `compare` earlier, brought forward to the present's times and cut to `range`;
        /// nullopt: not compared. Without data while it has not been heard.
        std::optional<QueryResult> past{};
    };
    std::vector<Part> parts; ///< one a query, in the file's order, hidden ones left out
    TimeRange range; ///< what is on screen, snapped
    Nanoseconds step{0};
    QTimeZone zone;
    std::vector<Marker> markers;
    QString latencyUnit = QStringLiteral("s"); ///< the profile's; the unit "latency" resolves to it
    /// How the source spells the profile's labels (service → job), for views that join by them.
    QMap<QString, QString> labelNames;
    BootTime now; ///< for ages; numbers older than 5 min are withheld
    Timestamp utcNow{}; ///< the same moment, for ages of what carries a date
    Compare compare = Compare::Off;
    QString compareNote; ///< "24 h earlier", with what is wrong with it; empty when Off
};

/// The picture of one panel: knows values and how to draw them, nothing of where they come from. The frame
/// around it (title, freshness, error text) is the dashboard's; a view paints its data area only.
class PanelView : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;
    /// On the frame tick, not per answer. Failed parts keep their last good data.
    virtual void showData(const PanelData &data) = 0;
    /// Width in pixels of the area that time is mapped to; 0 for kinds without a time axis.
    virtual int timeWidth() const { return 0; }
    /// What freshness is painted over; less than everything for views whose words already say it.
    virtual QRect dataRect() const { return rect(); }
    /// A moment to mark (shared crosshair), or nullopt.
    virtual void showCrosshair(std::optional<qint64> time) { Q_UNUSED(time) }
    /// Once a second: ages on screen move on. Data stays.
    virtual void showNow(BootTime now, Timestamp utcNow)
    {
        Q_UNUSED(now)
        Q_UNUSED(utcNow)
    }
    /// Nothing is being computed on a worker any more: what is on screen is complete.
    virtual bool isSettled() const { return true; }
    /// Shows values beside those of a day or a week earlier.
    virtual bool comparesWithPast() const { return false; }
    /// Rows for "copy as CSV"; empty when the kind has none.
    /// Whether the kind has rows to copy. Cheap: menus ask.
    virtual bool hasCsv() const { return false; }
    /// Rows for "copy as CSV", from the heading on; empty when the kind has none. As dear as there is data.
    virtual QString toCsv() const { return {}; }

signals:
    void rangeSelected(const bw::TimeRange &range);
    void zoomOutRequested();
    void crosshairMoved(std::optional<qint64> time);
    void openRequested(const bw::Link &link);
    void alertActivated(const bw::AlertKey &key);
};

/// One line in the list of kinds (panelkinds.cpp).
struct PanelKind
{
    QString id, title;
    std::vector<FieldSpec> fields; ///< of `options`
    std::function<PanelView *(const Panel &panel, QWidget *parent)> create;
};

} // namespace bw
