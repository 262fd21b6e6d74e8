// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/fieldspec.h>
#include <domain/dashboards/dashboard.h>

namespace bw {

/// Changes of a dashboard as functions from one value to the next: nothing here knows files, windows or undo.
/// Every result is laid out: panels stay inside the 24 columns, do not overlap, and float up. A panel that
/// does not exist gives the dashboard as it was. Any thread.

/// A dashboard and the panel the change was about.
struct EditedPanel
{
    Dashboard dashboard;
    QString panelId;
};

/// Where a nudge goes on the grid.
enum class GridStep : quint8 { Left, Right, Up, Down };

/// Lays `panels` out: clamped to the grid, none over another, floated up. Where two meet, the one with id
/// `first` keeps its place and the other moves down.
void settlePanels(std::vector<Panel> &panels, const QString &first = {});

/// Puts `panel` into the first gap it fits in that is not below a collapsed row. Its id is made unique.
EditedPanel withPanel(Dashboard dashboard, Panel panel);
/// Moves a panel so that its corner comes to `col`, `row`. A panel on the way trades places once the moved
/// one has passed its middle. A collapsed row brings what is folded into it along.
Dashboard withPanelAt(Dashboard dashboard, const QString &id, int col, int row);
/// Moves a panel by the smallest step that changes anything; at the edge nothing does.
Dashboard withPanelNudged(Dashboard dashboard, const QString &id, GridStep step);
/// Gives a panel the rectangle `grid`, clamped; others make room. Rows keep their size.
Dashboard withPanelResized(Dashboard dashboard, const QString &id, const GridRect &grid);
/// A copy with an id of its own, beside the panel where there is room, else below it.
EditedPanel withDuplicate(Dashboard dashboard, const QString &id);
/// Without the panel; the next in reading order is `panelId`. Panels below a removed row stay, unfolded.
EditedPanel withoutPanel(Dashboard dashboard, const QString &id);
/// `panel` instead of the one with `id`. An id that is taken or impossible is replaced by a free one.
EditedPanel withPanelReplaced(Dashboard dashboard, const QString &id, Panel panel);
/// Panels and their ids in another order of the file; the picture stays. `to` is clamped.
Dashboard withPanelOrder(Dashboard dashboard, const QString &id, int to);

/// `panel` as another kind: options the kind does not have or would not accept are left out, what fits stays.
Panel withKind(Panel panel, const QString &kind, const std::vector<FieldSpec> &fields);
/// An empty dashboard with an id made from its title that is none of `taken`.
Dashboard emptyDashboard(const QString &title, const QStringList &taken);

/// "p99 latency (ms)" → "p99-latency-ms"; never empty. `taken` ids get a number.
QString idFrom(const QString &title, const QStringList &taken, const QString &otherwise);
bool isPossibleId(const QString &id);
QStringList panelIds(const Dashboard &dashboard);
const Panel *findPanel(const Dashboard &dashboard, const QString &id);
/// Ids from the top left to the bottom right.
QStringList inReadingOrder(const Dashboard &dashboard);
/// Equal but for what belongs to the place: line numbers, the file, copies' scopes.
bool isSameContent(Dashboard a, Dashboard b);

/// What is wrong with one panel, by the part of the form it belongs to: title, unit, queries, thresholds,
/// mappings, links, options, or "" for the rest.
struct PanelProblem
{
    QString field;
    QString item; ///< id of the query, key of the option
    QString text;
    Finding::Level level = Finding::Level::Error;
    bool operator==(const PanelProblem &) const = default;
};
/// `panel` is judged as if it stood in `dashboard`. `fields` are the kind's.
std::vector<PanelProblem> problemsOf(const Panel &panel, const Dashboard &dashboard, const QStringList &kinds,
    const std::vector<FieldSpec> &fields);

} // namespace bw
