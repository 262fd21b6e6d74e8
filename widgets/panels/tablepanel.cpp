// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/frametable.h>
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/paneltable.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/tabledelegate.h>

#include <items/tablemodel.h>
#include <widgets/base/safetext.h>

#include <QVBoxLayout>

#include <algorithm>
#include <list>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 10,000: what a person never scrolls through, and what stays within a frame to diff and paint.
constexpr int kMaxRows = 10'000;
constexpr Nanoseconds kWithholdAfter = std::chrono::minutes(5);
constexpr int kWidth = 110; ///< of a column, unless it is set

/// Several queries as rows: typed columns, sorting, links.
class TablePanel final : public PanelView
{
public:
    TablePanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_table(new PanelTable(panel, this))
        , m_note(new PlainLabel(this))
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        layout->addWidget(m_table, 1);
        layout->addWidget(m_note);
        m_note->setContentsMargins(8, 2, 8, 2);
        m_note->hide();
        m_table->rows().setLimit(m_panel.options.value(u"limit"_s).toInt());
        readColumns();
        connect(m_table, &PanelTable::linkOpened, this, &PanelView::openRequested);
    }

    void showData(const PanelData &fresh) override
    {
        std::vector<TableColumn> columns = m_columns;
        for (TableColumn &column : columns)
            column.unit = unitFor(fresh, column.unit);
        std::vector<TableInput> inputs;
        bool isWithheld = !fresh.parts.empty();
        std::list<MetricData> made; // outlives `inputs`
        for (const PanelData::Part &part : fresh.parts) {
            const auto *alerts = dataAs<std::vector<Alert>>(part.result);
            const MetricData *metrics =
                alerts ? &made.emplace_back(alertsByService(*alerts)) : dataAs<MetricData>(part.result);
            inputs.push_back({part.query->id, metrics, part.past ? dataAs<MetricData>(*part.past) : nullptr});
            const MetricData *before = part.reference ? dataAs<MetricData>(*part.reference) : nullptr;
            if (metrics && before)
                inputs.push_back(
                    {part.query->id + u"_change"_s, &made.emplace_back(changeSince(*metrics, *before))});
            isWithheld = isWithheld && withheld(part.result.freshness, fresh.now, kWithholdAfter);
        }
        TableData table = joinedTable(inputs, m_panel.joinBy, fresh.labelNames, kMaxRows);
        if (table.rows.empty() && m_table->rows().rowCount() == 0)
            return;
        m_table->cells().setWithheld(isWithheld);
        columns = withChanges(std::move(columns), table, fresh);
        m_table->setTable(std::move(table), columns);
        m_note->setText(
            m_table->rows().left() > 0 ? tr("%1 more rows left out").arg(m_table->rows().left()) : QString());
        m_note->setVisible(m_table->rows().left() > 0);
        m_table->arrange(m_shownWidths, fresh.range);
    }

    bool comparesWithPast() const override { return true; }
    bool hasCsv() const override { return true; }
    QString toCsv() const override { return m_table->rows().toCsv(); }

private:
    /// While the panel is compared, a column with the difference behind each number. Sets widths and looks.
    std::vector<TableColumn> withChanges(
        std::vector<TableColumn> columns, const TableData &table, const PanelData &fresh)
    {
        if (fresh.compare != Compare::Off && columns.empty()) {
            for (const QString &name : table.labelNames)
                columns.push_back({name, name, {}, -1});
            for (const QString &field : table.fields)
                columns.push_back({field, field, m_panel.unit, m_panel.decimals});
        }
        std::vector<TableColumn> out;
        QHash<int, CellLook> looks;
        m_shownWidths.clear();
        for (size_t i = 0; i < columns.size(); ++i) {
            const TableColumn &column = columns[i];
            looks.insert(int(out.size()), m_looks.value(int(i)));
            out.push_back(column);
            m_shownWidths.push_back(i < m_widths.size() ? m_widths[i] : kWidth);
            const bool isCompared = std::any_of(fresh.parts.begin(), fresh.parts.end(),
                [&](const PanelData::Part &part) { return part.past && part.query->id == column.field; });
            const bool isCurve = m_looks.value(int(i)) == CellLook::Sparkline;
            if (!isCompared || isCurve || !column.worstOf.isEmpty() || !column.label.isEmpty())
                continue;
            TableColumn change = column;
            change.isChange = true;
            change.title = changeTitle(fresh.compare);
            out.push_back(change);
            m_shownWidths.push_back(kChangeWidth);
        }
        m_table->cells().setLooks(looks);
        return out;
    }

    void readColumns()
    {
        for (const QVariant &entry : m_panel.options.value(u"columns"_s).toList()) {
            const QVariantMap map = entry.toMap();
            const QString field = map.value(u"field"_s).toString();
            if (field.isEmpty())
                continue;
            m_looks.insert(int(m_columns.size()), cellLookFrom(map.value(u"cell"_s).toString()));
            m_widths.push_back(map.value(u"width"_s, kWidth).toInt());
            m_columns.push_back({field, map.value(u"title"_s, field).toString(),
                map.value(u"unit"_s, m_panel.unit).toString(),
                map.value(u"decimals"_s, m_panel.decimals).toInt(), map.value(u"label"_s).toString(),
                map.value(u"worst"_s).toStringList()});
        }
    }

    const Panel m_panel;
    PanelTable *m_table;
    PlainLabel *m_note;
    std::vector<TableColumn> m_columns;
    std::vector<int> m_widths, m_shownWidths; ///< as configured; with the columns of differences
    QHash<int, CellLook> m_looks; ///< as configured
};

} // namespace

PanelKind tablePanelKind()
{
    using Kind = FieldSpec::Kind;
    return {u"table"_s, TablePanel::tr("Table"),
        {optionField(u"columns"_s, TablePanel::tr("Columns"), Kind::List),
            optionField(u"sort"_s, TablePanel::tr("Sorted by"), Kind::Text),
            optionField(u"sort_desc"_s, TablePanel::tr("Highest first"), Kind::Boolean, false),
            optionField(u"limit"_s, TablePanel::tr("Rows"), Kind::Integer),
            optionField(u"compare"_s, TablePanel::tr("Compare with"), Kind::Duration),
            optionField(
                u"compare_queries"_s, TablePanel::tr("Only of these queries"), Kind::List, QStringList())},
        [](const Panel &panel, QWidget *parent) -> PanelView * {
            if (showsFrames(panel))
                return createFrameTable(panel, parent);
            return new TablePanel(panel, parent);
        }};
}

} // namespace bw
