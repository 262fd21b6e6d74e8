// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/grafanaimport.h>

#include <domain/base/timerange.h>
#include <store/grafana/importer_p.h>

#include <QSet>
#include <QTimeZone>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using grafana::Context;
using Effect = ImportItem::Effect;

namespace {

// 2,000: more panels than that are no dashboard anybody looks at.
constexpr int kMaxPanels = 2'000;
constexpr int kMaxRow = 90'000;

/// A panel of theirs on its way: where it stands, and what belongs to it.
struct Placed
{
    const JsonNode *node = nullptr;
    GridRect grid;
    bool isRow = false, collapsed = false;
    QString title; ///< of a row that is no panel there
    QString repeat; ///< likewise
};

int bounded(const JsonNode &node, int fallback, int least, int most)
{
    return std::clamp(node.integer(fallback), least, most);
}

class Importer
{
public:
    Importer(JsonNode &document, const ImportOptions &options, GrafanaImport &out)
        : m_document(document)
        , m_context(options)
        , m_out(out)
    {
    }

    Result<void> run()
    {
        unwrap();
        const QString version = m_document[u"apiVersion"].str();
        const JsonNode &spec = m_document[u"spec"];
        const bool isV2 = spec[u"elements"].isMap() || m_document[u"elements"].isMap();
        if (isV2) {
            if (!spec[u"elements"].isMap()) { // the spec alone
                JsonNode whole;
                whole.put(u"spec"_s, std::move(m_document));
                m_document = std::move(whole);
            }
            grafana::fromV2(m_document, m_context);
            m_out.schema = u"v2 "_s + version.section(u'/', -1);
        } else if (spec.isMap() && (spec[u"panels"].isList() || spec[u"rows"].isList())) {
            m_document.pinPaths();
            JsonNode inner =
                m_document.takeMember(u"spec"); // a classic dashboard in the wrapper of a resource
            inner.put(u"resource"_s, std::move(m_document));
            m_document = std::move(inner);
        }
        m_document.adopt();
        if (!isV2)
            m_out.schema = u"classic %1"_s.arg(m_document[u"schemaVersion"].integer(0));
        if (!m_document[u"panels"].isList() && !m_document[u"rows"].isList())
            return fail(
                Error::Kind::Invalid, u"this is no dashboard: it has neither panels nor rows nor elements"_s);
        readHead();
        readVariables();
        readAnnotations();
        readPanels();
        resolveReferences();
        m_context.enter(nullptr);
        grafana::sweep(m_document, {}, m_context, m_out.leaves);
        for (ImportItem &item : m_context.dashboardItems)
            m_out.items.push_back(std::move(item));
        rate();
        return {};
    }

private:
    /// {"dashboard": …, "meta": …} as an API answers it.
    void unwrap()
    {
        if (!m_document[u"dashboard"].isMap())
            return;
        m_document.pinPaths();
        JsonNode inner = m_document.takeMember(u"dashboard");
        for (const QString &key :
            {u"meta"_s, u"inputs"_s, u"overwrite"_s, u"folderId"_s, u"folderUid"_s, u"message"_s}) {
            if (m_document.member(key) && !inner.member(key))
                inner.put(key, m_document.takeMember(key));
        }
        inner.put(u"resource"_s, std::move(m_document));
        m_document = std::move(inner);
    }

    void readHead()
    {
        Dashboard &out = m_out.dashboard;
        const JsonNode &named = m_document[u"resource"][u"metadata"][u"name"];
        out.title = m_document[u"title"].str();
        const QString uid = m_document[u"uid"].str(named.str());
        out.id = m_context.options.id.isEmpty() ? grafana::slug(out.title) : m_context.options.id;
        if (out.id.isEmpty())
            out.id = grafana::slug(uid);
        if (out.id.isEmpty())
            out.id = u"imported"_s;
        if (out.title.isEmpty())
            out.title = u"Imported dashboard"_s;
        out.description = m_document[u"description"].str();
        for (const QString &tag : m_document[u"tags"].strings()) {
            if (!out.tags.contains(tag))
                out.tags << tag;
        }
        readTime();
        const int shared =
            m_document[u"graphTooltip"].integer(m_document[u"sharedCrosshair"].truth(false) ? 1 : 0);
        out.crosshair = shared > 0 ? u"shared"_s : u"panel"_s;
        m_document[u"resource"].take();
        for (const JsonNode &input : m_document[u"__inputs"].items)
            m_context.inputs.insert(input[u"name"].str(), input[u"pluginId"].str());
        for (const JsonNode &link : m_document[u"links"].items) {
            m_context.note(link, u"link %1 of the dashboard"_s.arg(link[u"title"].text),
                u"dashboards are found with Ctrl+K; variables of one name go along"_s, Effect::None);
        }
        if (m_document[u"liveNow"].truth(false))
            m_context.note(m_document[u"liveNow"], u"redrawn between answers"_s,
                u"a picture shows what was answered"_s, Effect::Looks);
        if (m_document[u"fiscalYearStartMonth"].integer(0) != 0)
            m_context.note(m_document[u"fiscalYearStartMonth"], u"fiscal year"_s,
                u"a year begins in January"_s, Effect::Data);
    }

    void readTime()
    {
        Dashboard &out = m_out.dashboard;
        const JsonNode &time = m_document[u"time"];
        TimeSpec spec;
        spec.from = time[u"from"].str(spec.from);
        spec.to = time[u"to"].str(spec.to);
        if (resolve(spec, fromUnixMs(1'800'000'000'000), QTimeZone::utc()))
            out.time = spec;
        else
            m_context.note(time, u"range %1 to %2"_s.arg(spec.from, spec.to),
                u"it cannot be read as a time"_s, Effect::Data);
        const QString zone = m_document[u"timezone"].str();
        if (zone == "utc"_L1 || zone == "UTC"_L1)
            out.zone = u"utc"_s;
        else if (!zone.isEmpty() && QTimeZone::isTimeZoneIdAvailable(zone.toUtf8()))
            out.zone = zone; // "browser", "default" and empty are where the reader is
        const JsonNode &refresh = m_document[u"refresh"];
        const QString text = refresh.str();
        const auto every = parseDuration(text);
        if (every && *every >= std::chrono::seconds(5))
            out.refresh = text;
        else if (every && *every > Nanoseconds::zero())
            out.refresh = u"5s"_s;
        else if (text == "auto"_L1)
            out.refresh = u"30s"_s;
        else
            out.refresh = u"manual"_s; // off, false or empty: asked by hand
    }

    void readVariables()
    {
        const JsonNode &list = m_document[u"templating"][u"list"];
        for (const JsonNode &node : list.items) {
            // All names first: variables refer to each other in any order.
            m_context.variables << node[u"name"].text;
            if (node[u"type"].text == "datasource"_L1)
                m_context.variableTypes.insert(node[u"name"].text, node[u"query"].text);
        }
        m_context.variables.removeAll(QString());
        QStringList seen;
        for (const JsonNode &node : list.items) {
            auto variable = grafana::variableFrom(node, m_context);
            if (!variable) {
                m_context.variables.removeAll(node[u"name"].text);
                continue;
            }
            if (seen.contains(variable->name)) {
                m_context.note(node, u"a second variable $%1"_s.arg(variable->name), u"names are unique"_s,
                    Effect::Data);
                continue;
            }
            seen << variable->name;
            m_out.dashboard.variables.push_back(std::move(*variable));
        }
    }

    void readAnnotations()
    {
        for (const JsonNode &node : m_document[u"annotations"][u"list"].items) {
            if (auto source = grafana::annotationFrom(node, m_context))
                m_out.dashboard.annotations.push_back(std::move(*source));
        }
    }

    // --- panels

    GridRect gridFrom(const JsonNode &node, int fallbackHeight)
    {
        const JsonNode &grid = node[u"gridPos"];
        GridRect out;
        out.width = bounded(grid[u"w"], 12, 1, 24);
        out.height = bounded(grid[u"h"], fallbackHeight, 1, 200);
        out.col = bounded(grid[u"x"], 0, 0, 24 - out.width);
        out.row = bounded(grid[u"y"], 0, 0, kMaxRow);
        const auto beyond = [](const JsonNode &value, int taken) {
            return !value.isMissing() && value.kind == JsonNode::Kind::Number
                && value.number != double(taken);
        };
        if (beyond(grid[u"w"], out.width) || beyond(grid[u"h"], out.height) || beyond(grid[u"x"], out.col)
            || beyond(grid[u"y"], out.row))
            m_context.note(grid, u"place %1"_s.arg(QString::fromUtf8(grid.toJson()).left(60)),
                u"the grid has 24 columns; it is moved to where it fits"_s, Effect::Looks);
        return out;
    }

    /// Panels on the grid; children of a collapsed row open below it.
    void placeClassic(const JsonNode &list)
    {
        std::vector<const JsonNode *> order;
        for (const JsonNode &node : list.items) {
            if (node.isMap())
                order.push_back(&node);
        }
        const auto rowOf = [](const JsonNode *node) {
            return std::clamp(node->operator[](u"gridPos")[u"y"].number, 0.0, double(kMaxRow));
        };
        std::stable_sort(order.begin(), order.end(),
            [&](const JsonNode *a, const JsonNode *b) { return rowOf(a) < rowOf(b); });
        int shift = 0;
        for (const JsonNode *node : order) {
            Placed placed;
            placed.node = node;
            placed.isRow = (*node)[u"type"].text == "row"_L1;
            placed.grid = gridFrom(*node, placed.isRow ? 1 : 8);
            placed.grid.row = std::min(placed.grid.row + shift, kMaxRow);
            if (placed.isRow) {
                placed.grid = {0, placed.grid.row, 24, 1};
                placed.collapsed = (*node)[u"collapsed"].truth(false);
            }
            const int below = placed.grid.row + 1;
            m_placed.push_back(placed);
            if (placed.isRow)
                shift += placeChildren((*node)[u"panels"], below);
        }
    }

    int placeChildren(const JsonNode &list, int top)
    {
        int first = kMaxRow, bottom = top;
        std::vector<Placed> children;
        for (const JsonNode &node : list.items) {
            if (!node.isMap())
                continue;
            Placed placed;
            placed.node = &node;
            placed.grid = gridFrom(node, 8);
            first = std::min(first, placed.grid.row);
            children.push_back(placed);
        }
        for (Placed &placed : children) {
            placed.grid.row = std::min(placed.grid.row - first + top, kMaxRow);
            bottom = std::max(bottom, placed.grid.row + placed.grid.height);
            m_placed.push_back(placed);
        }
        return bottom - top;
    }

    static int heightFrom(const JsonNode &node, int fallback)
    {
        QString text = node.str();
        if (text.endsWith("px"_L1))
            text.chop(2);
        bool ok = false;
        const double pixels = text.toDouble(&ok);
        return ok && pixels > 0 ? std::clamp(int(std::ceil(pixels / 38)), 2, 100) : fallback;
    }

    /// Before version 16: rows of panels with spans of twelve.
    void placeRows(const JsonNode &rows)
    {
        int top = 0;
        for (const Placed &placed : m_placed)
            top = std::max(top, placed.grid.row + placed.grid.height);
        for (const JsonNode &row : rows.items) {
            const bool collapsed = row[u"collapse"].truth(row[u"collapsed"].truth(false));
            const QString title = row[u"title"].str(), repeat = row[u"repeat"].str();
            if ((row[u"showTitle"].truth(false) && !title.isEmpty()) || collapsed || !repeat.isEmpty()) {
                Placed placed;
                placed.node = &row;
                placed.isRow = true;
                placed.collapsed = collapsed;
                placed.title = title;
                placed.repeat = repeat;
                placed.grid = {0, std::min(top++, kMaxRow), 24, 1};
                m_placed.push_back(placed);
            }
            const int usual = heightFrom(row[u"height"], 7); // 250 px
            int col = 0, high = 0;
            for (const JsonNode &node : row[u"panels"].items) {
                if (!node.isMap())
                    continue;
                Placed placed;
                placed.node = &node;
                const double span = node[u"span"].num().value_or(4);
                placed.grid.width = std::clamp(int(std::lround(span * 2)), 2, 24);
                placed.grid.height = heightFrom(node[u"height"], usual);
                if (col + placed.grid.width > 24) {
                    top += high;
                    col = high = 0;
                }
                placed.grid.col = col;
                placed.grid.row = std::min(top, kMaxRow);
                col += placed.grid.width;
                high = std::max(high, placed.grid.height);
                m_placed.push_back(placed);
            }
            top += high;
        }
    }

    void readPanels()
    {
        placeClassic(m_document[u"panels"]);
        placeRows(m_document[u"rows"]);
        if (m_placed.size() > size_t(kMaxPanels)) {
            m_context.note(m_document[u"panels"], u"%1 panels"_s.arg(m_placed.size()),
                u"the first %1 are taken"_s.arg(kMaxPanels), Effect::Data);
            m_placed.resize(size_t(kMaxPanels));
        }
        m_reports.reserve(m_placed.size()); // items refer to them while they grow
        for (const Placed &placed : m_placed)
            readPlaced(placed);
    }

    QString idFor(const JsonNode &node)
    {
        QString base = u"p"_s + grafana::slug(node[u"id"].str());
        if (base == "p"_L1)
            base += QString::number(m_out.dashboard.panels.size() + 1);
        QString id = base;
        for (int number = 2; m_ids.contains(id); ++number)
            id = u"%1-%2"_s.arg(base).arg(number);
        if (id != base)
            m_context.note(node[u"id"], u"two panels with id %1"_s.arg(node[u"id"].str()),
                u"ids are unique: one is renamed %1"_s.arg(id), Effect::None);
        m_ids.insert(id);
        return id;
    }

    void readPlaced(const Placed &placed)
    {
        const JsonNode *node = placed.node;
        if (placed.isRow) {
            readRow(placed);
            return;
        }
        PanelImport &report = m_reports.emplace_back();
        m_context.enter(&report);
        report.id = idFor(*node);
        if (!(*node)[u"repeatPanelId"].isMissing() && !(*node)[u"scopedVars"].isMissing()
            && m_context.variables.size() > 0 && (*node)[u"repeat"].isMissing()) {
            m_context.note(
                *node, u"a saved copy of a repeated panel"_s, u"copies are made anew"_s, Effect::None);
            report.title = (*node)[u"title"].text;
            report.from = (*node)[u"type"].text;
            report.becomes = u"a copy of another panel"_s;
            m_context.enter(nullptr);
            return;
        }
        const JsonNode &library = (*node)[u"libraryPanel"];
        const JsonNode &model = library[u"model"].isMap() ? library[u"model"] : *node;
        Panel panel = grafana::panelFrom(model, report, m_context);
        panel.id = report.id;
        if (library.isMap() && &model == node && (*node)[u"type"].isMissing()) {
            m_context.note(library, u"library panel %1"_s.arg(library[u"name"].text),
                u"its content is not in this file"_s, Effect::Data);
            panel.kind = report.becomes = u"placeholder"_s;
            report.from = u"library panel"_s;
            panel.options = {{u"was"_s, u"library panel"_s}};
            panel.original = QString::fromUtf8(node->toJson());
            panel.title = panel.title.isEmpty() ? library[u"name"].text : panel.title;
            report.title = panel.title;
        }
        library[u"name"].take();
        library[u"uid"].take();
        panel.grid = placed.grid;
        m_nodes.push_back(node);
        m_out.dashboard.panels.push_back(std::move(panel));
        m_context.enter(nullptr);
    }

    void readRow(const Placed &placed)
    {
        const JsonNode &node = *placed.node;
        Panel row;
        row.kind = u"row"_s;
        row.id = idFor(node);
        row.title = placed.title.isEmpty() ? node[u"title"].str() : placed.title;
        row.collapsed = placed.collapsed;
        row.grid = placed.grid;
        row.repeat.variable = placed.repeat.isEmpty() ? node[u"repeat"].str() : placed.repeat;
        if (!row.repeat.variable.isEmpty() && !m_context.variables.contains(row.repeat.variable)) {
            m_context.note(node[u"repeat"], u"row repeated by $%1"_s.arg(row.repeat.variable),
                u"the dashboard does not declare it"_s, Effect::Data);
            row.repeat = {};
        }
        // A row asks nothing, and is as wide as the grid.
        for (const QString &key : {u"targets"_s, u"type"_s, u"id"_s, u"gridPos"_s, u"datasource"_s})
            node[key].take();
        if (!node[u"links"].items.empty())
            m_context.note(node[u"links"], u"links of a row"_s, u"a row has none"_s, Effect::Looks);
        m_nodes.push_back(nullptr);
        m_out.dashboard.panels.push_back(std::move(row));
    }

    /// "-- Dashboard --": the answers of another panel; here it asks the same.
    void resolveReferences()
    {
        auto &panels = m_out.dashboard.panels;
        size_t report = 0;
        for (size_t i = 0; i < panels.size(); ++i) {
            if (!m_nodes[i])
                continue;
            while (report < m_reports.size() && m_reports[report].id != panels[i].id)
                ++report;
            const JsonNode &node = *m_nodes[i];
            const JsonNode &source =
                node[u"datasource"].isMap() ? node[u"datasource"][u"uid"] : node[u"datasource"];
            m_context.enter(&m_reports[report]);
            if (source.text == "-- Dashboard --"_L1) {
                const int wanted = node[u"targets"].items.empty()
                    ? -1
                    : node[u"targets"].items.front()[u"panelId"].integer(-1);
                const auto from = std::find_if(panels.begin(), panels.end(),
                    [&](const Panel &panel) { return panel.id == u"p%1"_s.arg(wanted); });
                if (from != panels.end() && from->id != panels[i].id && !from->queries.empty()) {
                    panels[i].queries = from->queries;
                    panels[i].datasource = from->datasource;
                    node[u"targets"].take();
                } else {
                    m_context.note(node[u"targets"], u"answers of panel %1"_s.arg(wanted),
                        u"there is no such panel with questions"_s, Effect::Data);
                }
            }
            grafana::sweep(node, {}, m_context, m_out.leaves);
            // The walk over the whole document must not meet them again; the empty place counts as a value.
            const_cast<JsonNode &>(node).kind = JsonNode::Kind::Null;
            --m_out.leaves.all;
            --m_out.leaves.known;
            m_context.enter(nullptr);
        }
        m_out.panels = std::move(m_reports);
    }

    void rate()
    {
        for (PanelImport &panel : m_out.panels) {
            panel.status = PanelImport::Status::Full;
            for (const ImportItem &item : panel.items) {
                if (item.effect != Effect::None)
                    panel.status = PanelImport::Status::Partial;
            }
            if (panel.becomes == "placeholder"_L1)
                panel.status = PanelImport::Status::Placeholder;
        }
    }

    JsonNode &m_document;
    Context m_context;
    GrafanaImport &m_out;
    std::vector<Placed> m_placed;
    std::vector<PanelImport> m_reports;
    std::vector<const JsonNode *> m_nodes; ///< one a panel of the dashboard; null for rows
    QSet<QString> m_ids;
};

} // namespace

int GrafanaImport::count(PanelImport::Status status) const
{
    return int(std::count_if(
        panels.begin(), panels.end(), [&](const PanelImport &panel) { return panel.status == status; }));
}

Result<GrafanaImport> importGrafana(const QByteArray &json, const ImportOptions &options)
{
    QStringList repeated;
    Result<JsonNode> document = parseJsonTree(json, repeated);
    if (!document)
        return tl::unexpected(document.error());
    GrafanaImport out;
    Importer importer(*document, options, out);
    if (const Result<void> done = importer.run(); !done)
        return tl::unexpected(done.error());
    repeated.removeDuplicates();
    for (const QString &key : repeated)
        out.items.push_back(
            {key, u"the key %1 twice in one object"_s.arg(key), u"the last one counts"_s, Effect::Data});
    return out;
}

} // namespace bw
