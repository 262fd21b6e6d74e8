// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/frametable.h>

#include <items/tablemodel.h>
#include <widgets/base/safetext.h>
#include <widgets/panels/panelframes.h>
#include <widgets/panels/paneltable.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/tabledelegate.h>

#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 10,000: what a person never scrolls through, and what stays within a frame to diff and paint.
constexpr size_t kMaxRows = 10'000;
constexpr Nanoseconds kWithholdAfter = std::chrono::minutes(5);

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

Frame oneFrame(Frames frames)
{
    if (frames.size() > 1) {
        // Nobody said how they belong together: rows that agree are one.
        const Transformation merge{u"merge"_s, {}, false};
        frames = transformed(std::move(frames), {&merge, 1}).frames;
    }
    return frames.empty() ? Frame() : std::move(frames.front());
}

/// Gives the cells of `table`, made of `columns` of `frame`, what they were in `past`: columns by name, rows
/// by their texts.
void addPast(TableData &table, const Frame &frame, const std::vector<size_t> &columns, const Frame &past)
{
    std::vector<size_t> same;
    for (const size_t column : columns) {
        const Field &wanted = frame.fields[column];
        const auto at = std::find_if(past.fields.begin(), past.fields.end(),
            [&](const Field &field) { return field.name == wanted.name && field.type == wanted.type; });
        if (at == past.fields.end() && wanted.type == Field::Type::Text)
            return; // rows cannot be told apart as they are now
        if (at != past.fields.end())
            same.push_back(size_t(at - past.fields.begin()));
    }
    const TableData before = tableFrom(past, same);
    QHash<Labels, const TableRow *> rowOf;
    for (const TableRow &row : before.rows)
        rowOf.insert(row.labels, &row);
    for (TableRow &row : table.rows) {
        const TableRow *then = rowOf.value(row.labels);
        for (qsizetype field = 0; then && field < table.fields.size(); ++field) {
            const qsizetype at = before.fields.indexOf(table.fields[field]);
            if (at >= 0 && then->cells[size_t(at)].present)
                row.cells[size_t(field)].before = then->cells[size_t(at)].value;
        }
    }
}

/// Answers as they come out of the panel's transformations, one column a field.
class FrameTable final : public PanelView
{
public:
    FrameTable(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_looks(m_panel)
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
        connect(m_table, &PanelTable::linkOpened, this, &PanelView::openRequested);
    }

    void showData(const PanelData &fresh) override
    {
        int left = 0;
        Transformed made = framesFor(m_panel, fresh, left);
        const Frame frame = oneFrame(std::move(made.frames));
        if (frame.rows() == 0 && m_table->rows().rowCount() == 0)
            return;
        bool isWithheld = !fresh.parts.empty();
        for (const PanelData::Part &part : fresh.parts)
            isWithheld = isWithheld && withheld(part.result.freshness, fresh.now, kWithholdAfter);
        m_table->cells().setWithheld(isWithheld);
        const PanelData before = fresh.compare == Compare::Off ? PanelData() : pastOf(fresh);
        int leftThen = 0;
        const Frame past =
            before.parts.empty() ? Frame() : oneFrame(framesFor(m_panel, before, leftThen).frames);
        showFrame(frame, before.parts.empty() ? nullptr : &past, fresh);
        QString note = made.problem.isEmpty() ? QString() : tr("not transformed: %1").arg(made.problem);
        if (left > 0 || m_table->rows().left() > 0)
            note = tr("%1 more rows left out").arg(std::max(left, m_table->rows().left()));
        m_note->setText(note);
        m_note->setVisible(!note.isEmpty());
        m_table->arrange(m_widths, fresh.range);
    }

    bool comparesWithPast() const override { return true; }
    bool hasCsv() const override { return true; }
    QString toCsv() const override { return m_table->rows().toCsv(); }

private:
    /// `past`: the same answers earlier, null when they are not compared or not known.
    void showFrame(const Frame &frame, const Frame *past, const PanelData &fresh)
    {
        const bool isCompared = past != nullptr;
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
            looks.push_back(look);
            if (!isCompared || field.type != Field::Type::Number)
                continue;
            column.isChange = true;
            column.title = changeTitle(fresh.compare);
            columns.push_back(column);
            m_widths.push_back(kChangeWidth);
            looks.push_back(std::move(look));
        }
        m_table->cells().setLooks(cells);
        m_table->rows().setLooks(std::move(looks));
        TableData table = tableFrom(frame, shown);
        if (isCompared)
            addPast(table, frame, shown, *past);
        m_table->setTable(std::move(table), columns);
    }

    const Panel m_panel;
    const FieldLooks m_looks;
    PanelTable *m_table;
    PlainLabel *m_note;
    std::vector<int> m_widths;
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
