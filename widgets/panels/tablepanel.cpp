// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/frametable.h>
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/paneltable.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/tabledelegate.h>

#include <items/tablemodel.h>
#include <widgets/base/safetext.h>

#include <QVBoxLayout>

#include <list>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 10,000: what a person never scrolls through, and what stays within a frame to diff and paint.
constexpr int kMaxRows = 10'000;
constexpr Nanoseconds kWithholdAfter = std::chrono::minutes(5);

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
            inputs.push_back({part.query->id, metrics});
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
        m_table->rows().setTable(std::move(table), columns);
        m_note->setText(
            m_table->rows().left() > 0 ? tr("%1 more rows left out").arg(m_table->rows().left()) : QString());
        m_note->setVisible(m_table->rows().left() > 0);
        m_table->arrange(m_widths, fresh.range);
    }

    QString toCsv() const override { return m_table->rows().toCsv(); }

private:
    void readColumns()
    {
        QHash<int, CellLook> looks;
        for (const QVariant &entry : m_panel.options.value(u"columns"_s).toList()) {
            const QVariantMap map = entry.toMap();
            const QString field = map.value(u"field"_s).toString();
            if (field.isEmpty())
                continue;
            looks.insert(int(m_columns.size()), cellLookFrom(map.value(u"cell"_s).toString()));
            m_widths.push_back(map.value(u"width"_s, 110).toInt());
            m_columns.push_back({field, map.value(u"title"_s, field).toString(),
                map.value(u"unit"_s, m_panel.unit).toString(),
                map.value(u"decimals"_s, m_panel.decimals).toInt(), map.value(u"label"_s).toString(),
                map.value(u"worst"_s).toStringList()});
        }
        m_table->cells().setLooks(looks);
    }

    const Panel m_panel;
    PanelTable *m_table;
    PlainLabel *m_note;
    std::vector<TableColumn> m_columns;
    std::vector<int> m_widths;
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
            optionField(u"compare_queries"_s, TablePanel::tr("Only of these queries"), Kind::List)},
        [](const Panel &panel, QWidget *parent) -> PanelView * {
            if (showsFrames(panel))
                return createFrameTable(panel, parent);
            return new TablePanel(panel, parent);
        }};
}

} // namespace bw
