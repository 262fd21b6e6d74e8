// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/tables.h>
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <items/signaturemodel.h>
#include <items/tracelistmodel.h>
#include <widgets/base/safetext.h>
#include <widgets/traces/tonedelegate.h>

#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Found traces: one line each, or failed ones grouped by what makes them the same. Enter opens a trace, of a
/// group its newest at the span that failed.
class TraceListPanel final : public PanelView
{
public:
    TraceListPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_isGrouped(panel.options.value(u"group"_s, u"signature"_s).toString() == "signature"_L1)
        , m_table(new QTableView(this))
        , m_note(new PlainLabel(this))
        , m_traces(new TraceListModel(this))
        , m_groups(new SignatureModel(this))
    {
        auto *box = new QVBoxLayout(this);
        box->setContentsMargins(0, 0, 0, 0);
        box->setSpacing(0);
        box->addWidget(m_table, 1);
        box->addWidget(m_note);
        m_note->setElideMode(Qt::ElideRight);
        m_note->setForegroundRole(QPalette::PlaceholderText);
        m_note->setContentsMargins(6, 2, 6, 2);
        m_note->hide();
        m_table->setItemDelegate(new ToneDelegate(-1, m_table));
        dressTable(*m_table);
        m_table->setAccessibleName(panel.title);
        if (m_isGrouped)
            m_table->setModel(m_groups);
        else
            m_table->setModel(m_traces);
        layoutColumns();
        connect(m_table, &QTableView::activated, this,
            [this](const QModelIndex &index) { openRow(index.row()); });
    }

    void showData(const PanelData &fresh) override
    {
        std::vector<TraceSummary> found;
        m_source.clear();
        QStringList notes;
        for (const PanelData::Part &part : fresh.parts) {
            const auto *list = dataAs<TraceSummaries>(part.result);
            if (!list)
                continue;
            if (m_source.isEmpty())
                m_source = part.result.spec.source.id;
            if (!list->note.isEmpty() && !notes.contains(list->note))
                notes += list->note;
            // Several questions (failed, slow) may find the same trace.
            for (const TraceSummary &trace : list->traces) {
                if (std::find_if(found.begin(), found.end(),
                        [&](const TraceSummary &known) { return known.id == trace.id; })
                    == found.end())
                    found.push_back(trace);
            }
        }
        m_note->setText(notes.join(u"; "_s));
        m_note->setVisible(!notes.isEmpty());
        if (m_isGrouped) {
            // What the backend does not say is no zero: a search for failed traces found it.
            std::erase_if(found, [](const TraceSummary &trace) { return trace.errors == 0; });
            const QModelIndex now = m_table->currentIndex();
            const auto kept = now.isValid() ? std::optional(m_groups->at(now.row()).signature) : std::nullopt;
            m_groups->setZone(fresh.zone);
            m_groups->setGroups(groupedBySignature(found));
            for (int row = 0; kept && row < m_groups->rowCount(); ++row) {
                if (m_groups->at(row).signature == *kept)
                    m_table->setCurrentIndex(m_groups->index(row, 0));
            }
            return;
        }
        const QModelIndex current = m_table->currentIndex();
        const TraceId kept = current.isValid() ? m_traces->at(current.row()).id : TraceId();
        m_traces->setZone(fresh.zone);
        m_traces->setTraces(std::move(found));
        if (const int row = m_traces->rowOf(kept); row >= 0)
            m_table->setCurrentIndex(m_traces->index(row, 0));
    }

    bool hasCsv() const override { return true; }
    QString toCsv() const override
    {
        const QAbstractItemModel *model = m_table->model();
        QString csv;
        for (int row = -1; row < model->rowCount(); ++row) {
            QStringList cells;
            for (int column = 0; column < model->columnCount(); ++column) {
                const QVariant text =
                    row < 0 ? model->headerData(column, Qt::Horizontal) : model->index(row, column).data();
                cells += render::csv(Untrusted(text.toString()));
            }
            csv += cells.join(u',') + u"\r\n"_s;
        }
        return csv;
    }

private:
    void layoutColumns()
    {
        QHeaderView *header = m_table->horizontalHeader();
        const auto wide = [this](const QString &text) { return fontMetrics().horizontalAdvance(text) + 24; };
        if (m_isGrouped) {
            header->setSectionResizeMode(SignatureModel::Root, QHeaderView::Stretch);
            header->setSectionResizeMode(SignatureModel::Failed, QHeaderView::Stretch);
            m_table->setColumnWidth(SignatureModel::Count, wide(u"Traces"_s));
            m_table->setColumnWidth(SignatureModel::Exception, wide(u"PaymentDeclined"_s));
            m_table->setColumnWidth(SignatureModel::Newest, wide(u"00-00 00:00:00"_s));
            m_table->setColumnWidth(SignatureModel::Durations, wide(u"000 ms – 000 ms"_s));
            return;
        }
        header->setSectionResizeMode(TraceListModel::Root, QHeaderView::Stretch);
        m_table->setColumnWidth(TraceListModel::When, wide(u"00-00 00:00:00.000"_s));
        m_table->setColumnWidth(TraceListModel::Duration, wide(u"000.00 ms"_s));
        m_table->setColumnWidth(TraceListModel::Spans, wide(u"00000"_s));
        m_table->setColumnWidth(TraceListModel::Errors, wide(u"Failed "_s));
        m_table->setColumnHidden(TraceListModel::Services, true);
    }

    void openRow(int row)
    {
        const TraceSummary *trace = nullptr;
        if (!m_isGrouped)
            trace = &m_traces->at(row);
        else if (!m_groups->at(row).samples.empty())
            trace = &m_groups->at(row).samples.front();
        if (!trace)
            return;
        const auto around = std::chrono::minutes(1);
        emit openRequested(TraceLink{m_source, trace->id,
            TimeRange{trace->start - around, trace->start + trace->duration + around}, trace->failedSpan});
    }

    const bool m_isGrouped;
    QString m_source;
    QTableView *m_table;
    PlainLabel *m_note;
    TraceListModel *m_traces;
    SignatureModel *m_groups;
};

} // namespace

PanelKind traceListPanelKind()
{
    return {u"tracelist"_s, TraceListPanel::tr("Traces"),
        {optionField(u"group"_s, TraceListPanel::tr("Group by"), FieldSpec::Kind::Choice, u"signature"_s,
            {u"signature"_s, u"none"_s})},
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new TraceListPanel(panel, parent); }};
}

} // namespace bw
