// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/frametable.h>
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panellinks.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/tabledelegate.h>

#include <items/tablemodel.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>

#include <QHeaderView>
#include <QKeyEvent>
#include <QResizeEvent>
#include <QTableView>
#include <QVBoxLayout>

#include <list>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 10,000: what a person never scrolls through, and what stays within a frame to diff and paint.
constexpr int kMaxRows = 10'000;
constexpr Nanoseconds kWithholdAfter = std::chrono::minutes(5);

CellLook lookFor(const QString &name)
{
    if (name == "color"_L1)
        return CellLook::Color;
    if (name == "bar"_L1)
        return CellLook::Bar;
    if (name == "sparkline"_L1)
        return CellLook::Sparkline;
    return name == "state"_L1 ? CellLook::State : CellLook::Plain;
}

/// Several queries as rows: typed columns, sorting, links.
class TablePanel final : public PanelView
{
public:
    TablePanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_model(new TableModel(panel, this))
        , m_delegate(new TableDelegate(this))
        , m_table(new QTableView(this))
        , m_note(new PlainLabel(this))
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        layout->addWidget(m_table, 1);
        layout->addWidget(m_note);
        m_note->setContentsMargins(8, 2, 8, 2);
        m_note->hide();
        m_model->setLimit(m_panel.options.value(u"limit"_s).toInt());
        readColumns();
        setUpTable();
    }

    void showData(const PanelData &fresh) override
    {
        m_range = fresh.range;
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
        if (table.rows.empty() && m_model->rowCount() == 0)
            return;
        m_delegate->setWithheld(isWithheld);
        m_model->setTable(std::move(table), columns);
        if (!m_isSortedOnce && m_model->columnCount() > 0)
            sortAsConfigured();
        m_note->setText(m_model->left() > 0 ? tr("%1 more rows left out").arg(m_model->left()) : QString());
        m_note->setVisible(m_model->left() > 0);
        m_table->viewport()->update();
        layoutColumns();
    }

    QString toCsv() const override { return m_model->toCsv(); }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        PanelView::resizeEvent(event);
        layoutColumns();
    }
    bool event(QEvent *event) override
    {
        if (event->type() == QEvent::FontChange || event->type() == QEvent::PolishRequest)
            m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
        return PanelView::event(event);
    }

private:
    void readColumns()
    {
        QHash<int, CellLook> looks;
        for (const QVariant &entry : m_panel.options.value(u"columns"_s).toList()) {
            const QVariantMap map = entry.toMap();
            const QString field = map.value(u"field"_s).toString();
            if (field.isEmpty())
                continue;
            looks.insert(int(m_columns.size()), lookFor(map.value(u"cell"_s).toString()));
            m_widths.push_back(map.value(u"width"_s, 110).toInt());
            m_columns.push_back({field, map.value(u"title"_s, field).toString(),
                map.value(u"unit"_s, m_panel.unit).toString(),
                map.value(u"decimals"_s, m_panel.decimals).toInt(), map.value(u"label"_s).toString(),
                map.value(u"worst"_s).toStringList()});
        }
        m_delegate->setLooks(looks);
    }

    void setUpTable()
    {
        m_table->setModel(m_model);
        m_table->setItemDelegate(m_delegate);
        m_table->setFrameShape(QFrame::NoFrame);
        m_table->setShowGrid(false);
        m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
        m_table->setSelectionMode(QAbstractItemView::SingleSelection);
        m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
        m_table->setMouseTracking(true);
        m_table->setTabKeyNavigation(false);
        m_table->setWordWrap(false);
        m_table->setAccessibleName(m_panel.title);
        m_table->verticalHeader()->hide();
        m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
        m_table->horizontalHeader()->setHighlightSections(false);
        m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
        m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
        m_table->setSortingEnabled(true);
        connect(m_table->horizontalHeader(), &QHeaderView::sectionResized, this,
            [this] { m_userSized = m_userSized || !m_isLayingOut; });
        connect(m_table, &QTableView::activated, this,
            [this](const QModelIndex &index) { openRow(index.row()); });
    }

    void sortAsConfigured()
    {
        m_isSortedOnce = true;
        const QString field = m_panel.options.value(u"sort"_s).toString();
        for (int column = 0; column < m_model->columnCount(); ++column) {
            if (m_model->columns()[size_t(column)].field != field)
                continue;
            const bool down = m_panel.options.value(u"sort_desc"_s).toBool();
            m_table->sortByColumn(column, down ? Qt::DescendingOrder : Qt::AscendingOrder);
        }
    }

    void openRow(int row)
    {
        if (row < 0 || m_panel.links.empty())
            return;
        emit openRequested(linkFrom(m_panel.links.front(), m_range,
            [&](const QString &field) { return m_model->fieldText(row, field); }));
    }

    /// Configured widths, stretched to the space there is; what the user sized himself stays.
    void layoutColumns()
    {
        const int count = m_model->columnCount();
        if (m_userSized || count == 0)
            return;
        m_isLayingOut = true;
        int total = 0;
        std::vector<int> widths;
        for (int column = 0; column < count; ++column) {
            widths.push_back(column < int(m_widths.size()) ? m_widths[size_t(column)] : 110);
            total += widths.back();
        }
        const int room = m_table->viewport()->width();
        const double scale = total > 0 && room > total ? double(room) / total : 1;
        for (int column = 0; column < count; ++column)
            m_table->setColumnWidth(column, int(widths[size_t(column)] * scale));
        m_isLayingOut = false;
    }

    const Panel m_panel;
    TableModel *m_model;
    TableDelegate *m_delegate;
    QTableView *m_table;
    PlainLabel *m_note;
    std::vector<TableColumn> m_columns;
    std::vector<int> m_widths;
    TimeRange m_range;
    bool m_isSortedOnce = false, m_userSized = false, m_isLayingOut = false;
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
