// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/tables.h>
#include <widgets/traces/tracecompareview.h>

#include <items/roles.h>
#include <items/tracediffmodel.h>
#include <widgets/base/safetext.h>
#include <widgets/plot/picturewidget.h>
#include <widgets/traces/tonedelegate.h>
#include <widgets/traces/tracestyle.h>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QTableView>
#include <QToolButton>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

QString nameOf(const Trace &trace)
{
    const int root = trace.mainRoot();
    return root < 0
        ? trace.id().toHex()
        : render::line(trace.service(root), 80) + u": "_s + render::line(trace.operation(root), 120) + u" ("_s
            + durationText(trace.duration()) + u", "_s + trace.id().toHex().left(8) + u')';
}

} // namespace

TraceCompareView::TraceCompareView(QWidget *parent)
    : QWidget(parent)
    , m_title(new PlainLabel(this))
    , m_sums(new PlainLabel(this))
    , m_only(new QCheckBox(tr("Only what differs"), this))
    , m_table(new QTableView(this))
    , m_model(new TraceDiffModel(this))
{
    QFont bold = font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setElideMode(Qt::ElideRight);
    m_sums->setElideMode(Qt::ElideRight);
    auto *close = new QToolButton(this);
    close->setText(u"✕"_s);
    close->setAutoRaise(true);
    close->setAccessibleName(tr("Close"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new ToneDelegate(TraceDiffModel::Delta, m_table));
    dressTable(*m_table);
    m_table->setAccessibleName(tr("Differences"));
    m_table->installEventFilter(this);
    m_table->horizontalHeader()->setSectionResizeMode(TraceDiffModel::Name, QHeaderView::Stretch);
    for (const int column :
        {TraceDiffModel::DurationA, TraceDiffModel::DurationB, TraceDiffModel::SelfA, TraceDiffModel::SelfB})
        m_table->setColumnWidth(column, fontMetrics().horizontalAdvance(u"Own time A"_s) + 28);
    m_table->setColumnWidth(
        TraceDiffModel::Delta, fontMetrics().horizontalAdvance(u"B compared with A"_s) + 60);

    auto *titles = new QHBoxLayout;
    titles->addWidget(m_title, 1);
    titles->addWidget(close);
    auto *facts = new QHBoxLayout;
    facts->addWidget(m_sums, 1);
    facts->addWidget(m_only);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(10, 6, 8, 6);
    head->addLayout(titles);
    head->addLayout(facts);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_table, 1);
    connect(close, &QToolButton::clicked, this, &TraceCompareView::closeRequested);
    connect(m_only, &QCheckBox::toggled, m_model, &TraceDiffModel::setOnlyDifferent);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) {
        const DiffRow &row = m_model->at(index.row());
        row.rowB >= 0 ? emit spanChosen(m_b, row.rowB) : emit spanChosen(m_a, row.rowA);
    });
}

void TraceCompareView::compare(const Trace &a, const Trace &b)
{
    m_a = a;
    m_b = b;
    m_title->setText(tr("A %1   compared with   B %2").arg(nameOf(a), nameOf(b)));
    m_sums->setText(tr("comparing…"));
    m_background = std::make_unique<Background>(renderPool());
    m_background->run([a, b] { return traceDiff(a, b); },
        [this](TraceDiff &&diff) {
            QStringList words;
            words += tr("%1 slower").arg(diff.slower);
            words += tr("%1 faster").arg(diff.faster);
            words += tr("%1 only in A").arg(diff.onlyA);
            words += tr("%1 only in B").arg(diff.onlyB);
            words += tr("%1 the same").arg(diff.same);
            m_sums->setText(words.join(u" · "_s));
            m_model->setDiff(m_a, m_b, std::move(diff));
            if (m_model->rowCount() > 0)
                m_table->setCurrentIndex(m_model->index(0, 0));
            m_table->setFocus();
        });
}

void TraceCompareView::nextDifference(bool backwards)
{
    const int rows = m_model->rowCount(), from = m_table->currentIndex().row();
    for (int step = 1; step <= rows; ++step) {
        const int row = ((from + (backwards ? -step : step)) % rows + rows) % rows;
        const QModelIndex index = m_model->index(row, TraceDiffModel::Delta);
        if (!index.data(ToneRole).toString().isEmpty())
            return m_table->setCurrentIndex(index);
    }
}

bool TraceCompareView::eventFilter(QObject *watched, QEvent *event)
{
    // The table would take letters as the beginning of a name to jump to.
    if (watched == m_table && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_N || key->key() == Qt::Key_D) {
            keyPressEvent(key);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void TraceCompareView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_N)
        return nextDifference(event->modifiers().testFlag(Qt::ShiftModifier));
    if (event->key() == Qt::Key_D)
        return m_only->toggle();
    if (event->key() == Qt::Key_Escape) {
        emit closeRequested();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace bw
