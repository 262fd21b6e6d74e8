// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/frametable.h>

#include <items/tablemodel.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/panels/panelframes.h>
#include <widgets/panels/panellinks.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/tabledelegate.h>

#include <QEvent>
#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 10,000: what a person never scrolls through, and what stays within a frame to diff and paint.
constexpr size_t kMaxRows = 10'000;
constexpr Nanoseconds kWithholdAfter = std::chrono::minutes(5);

CellLook cellLookFrom(const QString &name)
{
    if (name == "color"_L1)
        return CellLook::Color;
    if (name == "background"_L1)
        return CellLook::Background;
    if (name == "bar"_L1)
        return CellLook::Bar;
    if (name == "sparkline"_L1)
        return CellLook::Sparkline;
    return name == "state"_L1 ? CellLook::State : CellLook::Plain;
}

/// Rows of a frame as the table model knows them: by their texts, and by a number where those are equal.
TableData tableFrom(const Frame &frame, const std::vector<size_t> &columns)
{
    TableData table;
    for (const size_t column : columns) {
        const Field &field = frame.fields[column];
        (field.type == Field::Type::Text ? table.labelNames : table.fields) << field.name;
    }
    QHash<Labels, int> seen;
    for (size_t row = 0; row < frame.rows(); ++row) {
        if (row >= kMaxRows) {
            table.left = int(frame.rows() - kMaxRows);
            break;
        }
        std::vector<Labels::Pair> pairs;
        TableRow made;
        for (const size_t column : columns) {
            const Field &field = frame.fields[column];
            const Cell &cell = field.cells[row];
            if (field.type == Field::Type::Text) {
                if (const auto *text = std::get_if<Untrusted>(&cell))
                    pairs.emplace_back(Untrusted(field.name), *text);
            } else {
                made.cells.push_back({cell.index() != 0, numberOf(cell), {}});
            }
        }
        Labels labels = Labels::fromPairs(std::move(pairs));
        if (const int number = seen[labels]++; number > 0)
            labels = labels.with(u"\u0001row"_s, QString::number(number));
        made.labels = std::move(labels);
        table.rows.push_back(std::move(made));
    }
    return table;
}

/// Answers as they come out of the panel's transformations, one column a field.
class FrameTable final : public PanelView
{
public:
    FrameTable(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_looks(m_panel)
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
        setUpTable();
    }

    void showData(const PanelData &fresh) override
    {
        m_range = fresh.range;
        int left = 0;
        Transformed made = framesFor(m_panel, fresh, left);
        if (made.frames.size() > 1) {
            // Nobody said how they belong together: rows that agree are one.
            const Transformation merge{u"merge"_s, {}, false};
            made.frames = transformed(std::move(made.frames), {&merge, 1}).frames;
        }
        const Frame frame = made.frames.empty() ? Frame() : std::move(made.frames.front());
        if (frame.rows() == 0 && m_model->rowCount() == 0)
            return;
        bool isWithheld = !fresh.parts.empty();
        for (const PanelData::Part &part : fresh.parts)
            isWithheld = isWithheld && withheld(part.result.freshness, fresh.now, kWithholdAfter);
        m_delegate->setWithheld(isWithheld);
        showFrame(frame, fresh);
        QString note = made.problem.isEmpty() ? QString() : tr("not transformed: %1").arg(made.problem);
        if (left > 0 || m_model->left() > 0)
            note = tr("%1 more rows left out").arg(std::max(left, m_model->left()));
        m_note->setText(note);
        m_note->setVisible(!note.isEmpty());
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
    void showFrame(const Frame &frame, const PanelData &fresh)
    {
        std::vector<size_t> shown;
        std::vector<TableColumn> columns;
        std::vector<FieldLook> looks;
        QHash<int, CellLook> cells;
        m_widths.clear();
        for (size_t i = 0; i < frame.fields.size(); ++i) {
            const Field &field = frame.fields[i];
            FieldFacts facts;
            facts.name = field.name;
            facts.query = field.query;
            facts.type = typeName(field.type);
            FieldLook look = m_looks.lookFor(facts);
            if (look.set.value(u"hidden"_s).toBool())
                continue;
            const bool isDated =
                look.isOverridden && look.set.value(u"unit"_s).toString().startsWith("dateTime"_L1);
            if (field.type == Field::Type::Time && !isDated)
                look.unit = u"dateTimeAsIso"_s;
            look.unit = unitFor(fresh, look.unit);
            TableColumn column;
            column.field = field.name;
            column.title = look.title.isEmpty() ? field.name : render::line(Untrusted(look.title), 120);
            column.unit = look.unit;
            column.decimals = look.decimals;
            cells.insert(int(columns.size()), cellLookFrom(look.set.value(u"cell"_s).toString()));
            m_widths.push_back(look.set.value(u"width"_s, 110).toInt());
            shown.push_back(i);
            columns.push_back(column);
            looks.push_back(std::move(look));
        }
        m_delegate->setLooks(cells);
        m_model->setLooks(std::move(looks));
        m_model->setTable(tableFrom(frame, shown), columns);
        if (!m_isSortedOnce && m_model->columnCount() > 0)
            sortAsConfigured();
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
        const QString wanted = m_panel.options.value(u"sort"_s).toString();
        m_isSortedOnce = wanted.isEmpty();
        for (int column = 0; column < m_model->columnCount(); ++column) {
            const TableColumn &spec = m_model->columns()[size_t(column)];
            if (spec.field != wanted && spec.title != wanted)
                continue;
            const bool down = m_panel.options.value(u"sort_desc"_s).toBool();
            m_table->sortByColumn(column, down ? Qt::DescendingOrder : Qt::AscendingOrder);
            m_isSortedOnce = true; // the column may come with a later answer
            return;
        }
    }

    void openRow(int row)
    {
        if (row < 0 || m_panel.links.empty())
            return;
        emit openRequested(linkFrom(m_panel.links.front(), m_range,
            [&](const QString &field) { return m_model->fieldText(row, field); }));
    }

    /// Widths as they are set, stretched to the space there is; what the user sized himself stays.
    void layoutColumns()
    {
        const int count = std::min(m_model->columnCount(), int(m_widths.size()));
        if (m_userSized || count == 0)
            return;
        m_isLayingOut = true;
        int total = 0;
        for (int column = 0; column < count; ++column)
            total += m_widths[size_t(column)];
        const int room = m_table->viewport()->width();
        const double scale = total > 0 && room > total ? double(room) / total : 1;
        for (int column = 0; column < count; ++column)
            m_table->setColumnWidth(column, int(m_widths[size_t(column)] * scale));
        m_isLayingOut = false;
    }

    const Panel m_panel;
    const FieldLooks m_looks;
    TableModel *m_model;
    TableDelegate *m_delegate;
    QTableView *m_table;
    PlainLabel *m_note;
    std::vector<int> m_widths;
    TimeRange m_range;
    bool m_isSortedOnce = false, m_userSized = false, m_isLayingOut = false;
};

} // namespace

bool showsFrames(const Panel &panel)
{
    return !panel.options.contains(u"columns"_s)
        && (!panel.transform.empty() || !panel.overrides.empty()
            || std::any_of(panel.queries.begin(), panel.queries.end(),
                [](const PanelQuery &query) { return query.format == "table"_L1; }));
}

PanelView *createFrameTable(const Panel &panel, QWidget *parent) { return new FrameTable(panel, parent); }

} // namespace bw
