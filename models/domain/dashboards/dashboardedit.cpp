// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/dashboardedit.h>

#include <QRegularExpression>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kColumns = 24;
constexpr int kLeastWidth = 2, kLeastHeight = 2;
// 200 rows are 6000 pixels: nobody reads a panel as tall as that.
constexpr int kMostHeight = 200;

bool isRow(const Panel &panel) { return panel.kind == "row"_L1; }

bool meet(const GridRect &a, const GridRect &b)
{
    return a.col < b.col + b.width && b.col < a.col + a.width && a.row < b.row + b.height
        && b.row < a.row + a.height;
}

bool shareColumns(const GridRect &a, const GridRect &b)
{
    return a.col < b.col + b.width && b.col < a.col + a.width;
}

GridRect clamped(GridRect grid, bool row)
{
    grid.width = std::clamp(grid.width, row ? 1 : kLeastWidth, kColumns);
    grid.height = std::clamp(grid.height, row ? 1 : kLeastHeight, kMostHeight);
    grid.col = std::clamp(grid.col, 0, kColumns - grid.width);
    grid.row = std::max(grid.row, 0);
    return grid;
}

bool isBefore(const Panel &a, const Panel &b)
{
    return std::pair(a.grid.row, a.grid.col) < std::pair(b.grid.row, b.grid.col);
}

Panel *find(Dashboard &dashboard, const QString &id)
{
    const auto at = std::find_if(
        dashboard.panels.begin(), dashboard.panels.end(), [&](const Panel &panel) { return panel.id == id; });
    return at == dashboard.panels.end() ? nullptr : &*at;
}

/// Panels between a collapsed row and the next row: ids.
QStringList foldedInto(const std::vector<Panel> &panels, const Panel &row)
{
    int end = std::numeric_limits<int>::max();
    for (const Panel &panel : panels) {
        if (isRow(panel) && panel.id != row.id && panel.grid.row > row.grid.row)
            end = std::min(end, panel.grid.row);
    }
    QStringList ids;
    for (const Panel &panel : panels) {
        if (!isRow(panel) && panel.grid.row >= row.grid.row && panel.grid.row < end)
            ids << panel.id;
    }
    return ids;
}

/// A panel above or below trades places with the moved one when that has passed its middle; before, it holds
/// the moved one off.
int settledRow(const std::vector<Panel> &panels, const Panel &moved, const GridRect &wanted)
{
    int row = wanted.row;
    for (const Panel &other : panels) {
        if (other.id == moved.id || !shareColumns(other.grid, wanted))
            continue;
        const int top = other.grid.row, bottom = top + other.grid.height;
        const bool wasBelow = top >= moved.grid.row + moved.grid.height;
        const bool wasAbove = bottom <= moved.grid.row;
        const bool isPassedDown = wasBelow && 2 * (wanted.row + wanted.height) > top + bottom;
        const bool isHeldUp = wasAbove && 2 * wanted.row >= top + bottom;
        if (isPassedDown || isHeldUp)
            row = std::max(row, bottom);
    }
    return row;
}

Dashboard withSection(Dashboard dashboard, const QString &id, int row)
{
    const Panel header = *find(dashboard, id);
    const QStringList ids = foldedInto(dashboard.panels, header);
    GridRect block{0, header.grid.row, kColumns, header.grid.height};
    std::vector<Panel> section, others;
    for (Panel &panel : dashboard.panels) {
        if (!ids.contains(panel.id)) {
            others.push_back(panel);
            continue;
        }
        block.height = std::max(block.height, panel.grid.row + panel.grid.height - block.row);
        section.push_back(std::move(panel));
    }
    const auto at = [](std::vector<Panel> &panels, const QString &wanted) {
        return std::find_if(
            panels.begin(), panels.end(), [&](const Panel &panel) { return panel.id == wanted; });
    };
    Panel &whole = *at(others, id);
    whole.grid = block;
    GridRect wanted = block;
    wanted.row = row;
    wanted.row = settledRow(others, whole, wanted);
    whole.grid = wanted;
    settlePanels(others, id);
    const int shift = at(others, id)->grid.row - header.grid.row;
    at(others, id)->grid.height = header.grid.height;
    dashboard.panels = std::move(others);
    for (Panel &panel : section) {
        panel.grid.row += shift;
        dashboard.panels.push_back(std::move(panel));
    }
    settlePanels(dashboard.panels);
    return dashboard;
}

/// The rows of the grid that a collapsed row hides: [first, end).
std::vector<std::pair<int, int>> hiddenRows(const std::vector<Panel> &panels)
{
    std::vector<std::pair<int, int>> hidden;
    for (const Panel &row : panels) {
        if (!isRow(row) || !row.collapsed)
            continue;
        int end = std::numeric_limits<int>::max();
        for (const Panel &other : panels) {
            if (isRow(other) && other.grid.row > row.grid.row)
                end = std::min(end, other.grid.row);
        }
        hidden.emplace_back(row.grid.row, end);
    }
    return hidden;
}

/// Panels that each have a place, moved down where they meet and then up.
void settleAlone(std::vector<Panel> &panels, const QString &first)
{
    std::vector<Panel *> order;
    for (Panel &panel : panels) {
        panel.grid = clamped(panel.grid, isRow(panel));
        order.push_back(&panel);
    }
    std::stable_sort(order.begin(), order.end(), [&](const Panel *a, const Panel *b) {
        if ((a->id == first) != (b->id == first))
            return a->id == first;
        return isBefore(*a, *b);
    });
    std::vector<const Panel *> placed;
    for (Panel *panel : order) {
        for (bool moves = true; moves;) {
            moves = false;
            for (const Panel *other : placed) {
                if (meet(panel->grid, other->grid)) {
                    panel->grid.row = other->grid.row + other->grid.height;
                    moves = true;
                }
            }
        }
        placed.push_back(panel);
    }
    floatUp(panels);
}

} // namespace

void settlePanels(std::vector<Panel> &all, const QString &first)
{
    // Tabs are where their host is, and take no room.
    std::vector<Panel> panels;
    std::copy_if(all.begin(), all.end(), std::back_inserter(panels),
        [](const Panel &panel) { return hostOf(panel).isEmpty(); });
    settleAlone(panels, first);
    for (Panel &panel : all) {
        const QString place = hostOf(panel).isEmpty() ? panel.id : hostOf(panel);
        const auto host =
            std::find_if(panels.begin(), panels.end(), [&](const Panel &other) { return other.id == place; });
        if (host != panels.end())
            panel.grid = host->grid;
    }
}

EditedPanel withPanel(Dashboard dashboard, Panel panel)
{
    settlePanels(dashboard.panels);
    const QStringList taken = panelIds(dashboard);
    if (!isPossibleId(panel.id) || taken.contains(panel.id))
        panel.id = idFrom(panel.id.isEmpty() ? panel.title : panel.id, taken, u"panel"_s);
    panel.grid = clamped(panel.grid, isRow(panel));
    int bottom = 0;
    for (const Panel &other : dashboard.panels)
        bottom = std::max(bottom, other.grid.row + other.grid.height);
    const auto hidden = hiddenRows(dashboard.panels);
    const auto isFree = [&](const GridRect &grid) {
        const bool folded = std::any_of(hidden.begin(), hidden.end(),
            [&](const auto &rows) { return grid.row + grid.height > rows.first && grid.row < rows.second; });
        return !folded
            && std::none_of(dashboard.panels.begin(), dashboard.panels.end(),
                [&](const Panel &other) { return meet(other.grid, grid); });
    };
    GridRect place = panel.grid;
    bool isFound = false;
    for (place.row = 0; place.row <= bottom && !isFound; ++place.row) {
        for (place.col = 0; place.col + place.width <= kColumns && !isFound; ++place.col) {
            if (isFree(place)) {
                panel.grid = place;
                isFound = true;
            }
        }
    }
    if (!isFound)
        panel.grid.row = panel.grid.col = 0; // everything below is folded away
    const QString id = panel.id;
    dashboard.panels.push_back(std::move(panel));
    settlePanels(dashboard.panels, id);
    return {std::move(dashboard), id};
}

Dashboard withPanelAt(Dashboard dashboard, const QString &id, int col, int row)
{
    Panel *panel = find(dashboard, id);
    if (!panel)
        return dashboard;
    settlePanels(dashboard.panels);
    if (isRow(*panel) && panel->collapsed)
        return withSection(std::move(dashboard), id, std::max(row, 0));
    GridRect wanted = panel->grid;
    wanted.col = col;
    wanted.row = row;
    wanted = clamped(wanted, isRow(*panel));
    wanted.row = settledRow(dashboard.panels, *panel, wanted);
    panel->grid = wanted;
    settlePanels(dashboard.panels, id);
    return dashboard;
}

Dashboard withPanelNudged(Dashboard dashboard, const QString &id, GridStep step)
{
    const Panel *panel = findPanel(dashboard, id);
    if (!panel)
        return dashboard;
    settlePanels(dashboard.panels);
    const GridRect grid = panel->grid;
    if (step == GridStep::Left || step == GridStep::Right)
        return withPanelAt(std::move(dashboard), id, grid.col + (step == GridStep::Left ? -1 : 1), grid.row);
    int bottom = 0;
    for (const Panel &other : dashboard.panels)
        bottom = std::max(bottom, other.grid.row + other.grid.height);
    // Floating up undoes most single steps; the first that stays is the one that was meant.
    const int by = step == GridStep::Up ? -1 : 1;
    for (int row = grid.row + by; row >= 0 && row <= bottom; row += by) {
        Dashboard moved = withPanelAt(dashboard, id, grid.col, row);
        if (!(moved == dashboard))
            return moved;
    }
    return dashboard;
}

Dashboard withPanelResized(Dashboard dashboard, const QString &id, const GridRect &grid)
{
    Panel *panel = find(dashboard, id);
    if (!panel || isRow(*panel))
        return dashboard;
    settlePanels(dashboard.panels);
    panel->grid = clamped(grid, false);
    settlePanels(dashboard.panels, id);
    return dashboard;
}

EditedPanel withDuplicate(Dashboard dashboard, const QString &id)
{
    const Panel *panel = findPanel(dashboard, id);
    if (!panel)
        return {std::move(dashboard), {}};
    settlePanels(dashboard.panels);
    Panel copy = *panel;
    copy.id = idFrom(copy.id, panelIds(dashboard), u"panel"_s);
    copy.line = 0;
    GridRect beside = copy.grid;
    beside.col += beside.width;
    const bool fits = beside.col + beside.width <= kColumns
        && std::none_of(dashboard.panels.begin(), dashboard.panels.end(),
            [&](const Panel &other) { return meet(other.grid, beside); });
    if (fits)
        copy.grid = beside;
    else
        copy.grid.row += copy.grid.height;
    const QString copyId = copy.id;
    const auto at = std::find_if(
        dashboard.panels.begin(), dashboard.panels.end(), [&](const Panel &other) { return other.id == id; });
    dashboard.panels.insert(at + 1, std::move(copy));
    settlePanels(dashboard.panels, copyId);
    return {std::move(dashboard), copyId};
}

EditedPanel withoutPanel(Dashboard dashboard, const QString &id)
{
    const QStringList order = inReadingOrder(dashboard);
    const qsizetype at = order.indexOf(id);
    if (at < 0)
        return {std::move(dashboard), {}};
    const QString next = at + 1 < order.size() ? order[at + 1] : at > 0 ? order[at - 1] : QString();
    std::erase_if(dashboard.panels, [&](const Panel &panel) { return panel.id == id; });
    for (Panel &panel : dashboard.panels) {
        if (hostOf(panel) == id)
            panel.options.remove(u"tab_of"_s); // it gets a place of its own
    }
    settlePanels(dashboard.panels);
    return {std::move(dashboard), next};
}

EditedPanel withPanelReplaced(Dashboard dashboard, const QString &id, Panel panel)
{
    Panel *old = find(dashboard, id);
    if (!old)
        return {std::move(dashboard), {}};
    QStringList taken = panelIds(dashboard);
    taken.removeOne(id);
    if (!isPossibleId(panel.id) || taken.contains(panel.id))
        panel.id = idFrom(panel.id.isEmpty() ? id : panel.id, taken, u"panel"_s);
    const QString now = panel.id;
    *old = std::move(panel);
    settlePanels(dashboard.panels, now);
    return {std::move(dashboard), now};
}

Dashboard withPanelOrder(Dashboard dashboard, const QString &id, int to)
{
    auto &panels = dashboard.panels;
    const auto at =
        std::find_if(panels.begin(), panels.end(), [&](const Panel &panel) { return panel.id == id; });
    if (at == panels.end())
        return dashboard;
    Panel panel = std::move(*at);
    panels.erase(at);
    panels.insert(panels.begin() + std::clamp(to, 0, int(panels.size())), std::move(panel));
    return dashboard;
}

Panel withKind(Panel panel, const QString &kind, const std::vector<FieldSpec> &fields)
{
    panel.kind = kind;
    QVariantMap options;
    for (const FieldSpec &field : fields) {
        const auto at = panel.options.constFind(field.key);
        if (at != panel.options.cend() && checkedField(field, *at))
            options.insert(field.key, *at);
    }
    panel.options = options;
    if (kind != "row"_L1)
        panel.collapsed = false;
    if (kind != "placeholder"_L1)
        panel.original.clear();
    panel.grid = clamped(panel.grid, isRow(panel));
    return panel;
}

Dashboard emptyDashboard(const QString &title, const QStringList &taken)
{
    Dashboard dashboard;
    dashboard.title = title;
    dashboard.id = idFrom(title, taken, u"dashboard"_s);
    return dashboard;
}

QString idFrom(const QString &title, const QStringList &taken, const QString &otherwise)
{
    static const QRegularExpression others(u"[^a-z0-9]+"_s);
    constexpr qsizetype kLongest = 60;
    QString stem = title.normalized(QString::NormalizationForm_KD).toLower().replace(others, u"-"_s);
    stem = stem.left(kLongest);
    while (stem.startsWith(u'-'))
        stem.remove(0, 1);
    while (stem.endsWith(u'-'))
        stem.chop(1);
    if (stem.isEmpty())
        stem = otherwise;
    QString id = stem;
    static const QRegularExpression number(u"-(\\d{1,6})\\z"_s);
    int next = 2;
    if (const auto match = number.match(stem); match.hasMatch() && taken.contains(stem)) {
        next = match.captured(1).toInt() + 1;
        stem.truncate(match.capturedStart());
    }
    for (; taken.contains(id); ++next)
        id = stem + u'-' + QString::number(next);
    return id;
}

bool isPossibleId(const QString &id)
{
    static const QRegularExpression allowed(u"\\A[a-z0-9-]+\\z"_s);
    return allowed.match(id).hasMatch();
}

QStringList panelIds(const Dashboard &dashboard)
{
    QStringList ids;
    for (const Panel &panel : dashboard.panels)
        ids << panel.id;
    return ids;
}

const Panel *findPanel(const Dashboard &dashboard, const QString &id)
{
    return find(const_cast<Dashboard &>(dashboard), id);
}

QStringList inReadingOrder(const Dashboard &dashboard)
{
    std::vector<const Panel *> order;
    for (const Panel &panel : dashboard.panels)
        order.push_back(&panel);
    std::stable_sort(
        order.begin(), order.end(), [](const Panel *a, const Panel *b) { return isBefore(*a, *b); });
    QStringList ids;
    for (const Panel *panel : order)
        ids << panel->id;
    return ids;
}

bool isSameContent(Dashboard a, Dashboard b)
{
    for (Dashboard *dashboard : {&a, &b}) {
        dashboard->origin.clear();
        for (Panel &panel : dashboard->panels) {
            panel.line = 0;
            panel.scope.clear();
        }
    }
    return a == b;
}

namespace {

/// The part of the form a finding of the linter belongs to.
PanelProblem placed(const QString &text, Finding::Level level)
{
    static const QRegularExpression query(
        u"\\Aquery ([^:]*): (.*)\\z"_s, QRegularExpression::DotMatchesEverythingOption);
    if (const auto match = query.match(text); match.hasMatch())
        return {u"queries"_s, match.captured(1), match.captured(2), level};
    static const std::vector<std::pair<QString, QString>> starts{{u"query id"_s, u"queries"_s},
        {u"one of several queries"_s, u"queries"_s}, {u"title"_s, u"title"_s}, {u"unit"_s, u"unit"_s},
        {u"threshold"_s, u"thresholds"_s}, {u"mapping"_s, u"mappings"_s}, {u"link"_s, u"links"_s},
        {u"datasource"_s, u"datasource"_s}};
    for (const auto &[start, field] : starts) {
        if (text.startsWith(start))
            return {field, {}, text, level};
    }
    return {{}, {}, text, level};
}

} // namespace

std::vector<PanelProblem> problemsOf(const Panel &panel, const Dashboard &dashboard, const QStringList &kinds,
    const std::vector<FieldSpec> &fields)
{
    Dashboard alone = dashboard;
    alone.panels = {panel};
    alone.annotations.clear();
    std::vector<PanelProblem> problems;
    const QString prefix = u"panel %1: "_s.arg(panel.id);
    for (const Finding &finding : lint(alone, kinds)) {
        if (finding.text.startsWith(prefix))
            problems.push_back(placed(finding.text.mid(prefix.size()), finding.level));
    }
    for (auto option = panel.options.begin(); option != panel.options.end(); ++option) {
        const auto field = std::find_if(
            fields.begin(), fields.end(), [&](const FieldSpec &spec) { return spec.key == option.key(); });
        if (field == fields.end())
            continue; // kept for whoever knows it; lint of the file speaks of it
        if (const auto checked = checkedField(*field, *option); !checked)
            problems.push_back({u"options"_s, option.key(), checked.error().message, Finding::Level::Error});
    }
    return problems;
}

} // namespace bw
