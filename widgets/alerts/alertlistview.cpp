// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/alerts/alertlistview.h>

#include <widgets/alerts/alertdelegate.h>
#include <widgets/alerts/alerttable.h>
#include <widgets/base/safetext.h>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

bool isActive(const Alert &alert)
{
    return alert.alertClass != AlertClass::Health
        && (alert.state == AlertState::Firing || alert.state == AlertState::Pending
            || alert.state == AlertState::Unknown);
}

// 50,000: what the table is built for; beyond that the filter helps, not the scroll bar.
constexpr size_t kMaxRows = 50'000;

} // namespace

AlertListView::AlertListView(const Clock &clock, QWidget *parent)
    : QWidget(parent)
    , m_clock(clock)
    , m_model(new AlertModel(this))
    , m_delegate(new AlertDelegate(clock, this))
    , m_table(new AlertTable(m_delegate, this))
    , m_summary(new PlainLabel(this))
    , m_filter(new QLineEdit(this))
{
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 2, 4, 2);
    bar->addWidget(m_summary, 1);
    bar->addWidget(m_filter);
    m_summary->setElideMode(Qt::ElideRight);
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter alerts"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(200);
    m_filter->installEventFilter(this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_table, 1);

    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Alerts"));
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    m_table->installEventFilter(this);
    m_table->viewport()->installEventFilter(this);
    m_table->setColumnHidden(AlertModel::State, true);
    connect(m_filter, &QLineEdit::textChanged, m_model, &AlertModel::setFilter);
    connect(m_filter, &QLineEdit::textChanged, this, &AlertListView::updateCounts);
    connect(m_filter, &QLineEdit::returnPressed, m_table, qOverload<>(&QWidget::setFocus));
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) {
        if (index.isValid())
            emit alertActivated(m_model->alertAt(index.row()).key);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        &AlertListView::currentChanged);
    updateCounts();
}

void AlertListView::setAlerts(std::vector<Alert> alerts, const Freshness &freshness)
{
    m_alerts = std::move(alerts);
    m_freshness = freshness;
    m_counts = countAlerts(m_alerts);
    showAlerts();
    updateCounts();
}

void AlertListView::setFreshness(const Freshness &freshness)
{
    m_freshness = freshness;
    m_model->setFreshness(freshness);
    updateDimming();
    beat();
}

void AlertListView::setShow(Show show)
{
    if (show == m_show)
        return;
    m_show = show;
    m_table->setColumnHidden(AlertModel::State, show == Show::Active);
    showAlerts();
    layoutColumns();
}

void AlertListView::showAlerts()
{
    std::vector<Alert> listed;
    for (const Alert &alert : m_alerts) {
        if (listed.size() == kMaxRows)
            break;
        if (m_show == Show::All || isActive(alert))
            listed.push_back(alert);
    }
    m_model->setAlerts(std::move(listed), m_freshness);
    updateDimming();
}

void AlertListView::updateDimming()
{
    m_delegate->setDimmed(!isCurrent(m_freshness) && m_freshness.state != Freshness::State::Partial);
}

QString AlertListView::countsText() const
{
    QString text = describeFiring(m_counts.firing, m_freshness, m_clock.bootNow());
    if (withheld(m_freshness, m_clock.bootNow(), std::chrono::minutes(5)))
        return text;
    if (m_counts.pages > 0)
        text += m_counts.pages == 1 ? tr(" · 1 page") : tr(" · %1 pages").arg(m_counts.pages);
    if (m_counts.unknown > 0)
        text += tr(" · %1 unknown").arg(m_counts.unknown);
    if (m_counts.pending > 0)
        text += tr(" · %1 pending").arg(m_counts.pending);
    if (m_counts.suppressed > 0)
        text += tr(" · %1 suppressed").arg(m_counts.suppressed);
    return text;
}

void AlertListView::updateCounts()
{
    m_summary->setText(countsText());
    m_table->setEmptyText(emptyText());
}

/// What an empty list means. Without a current answer it means nothing, and nothing is said.
QString AlertListView::emptyText() const
{
    if (!isCurrent(m_freshness))
        return {};
    if (!m_filter->text().isEmpty())
        return tr("No alert matches “%1”.").arg(m_filter->text());
    if (m_show == Show::Active && m_counts.suppressed > 0)
        return tr("Nothing is firing that is not silenced or inhibited.");
    return tr("Nothing is firing.");
}

void AlertListView::beat()
{
    updateCounts();
    m_table->viewport()->update(); // ages
}

std::optional<AlertKey> AlertListView::currentAlert() const
{
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() ? std::optional(m_model->alertAt(index.row()).key) : std::nullopt;
}

void AlertListView::selectAlert(const AlertKey &key)
{
    if (const int row = m_model->rowOf(key); row >= 0)
        m_table->selectRow(row);
}

void AlertListView::focusFilter() { m_filter->setFocus(); }

QRect AlertListView::listRect() const
{
    return QRect(m_table->mapTo(this, m_table->viewport()->pos()), m_table->viewport()->size());
}

QString AlertListView::toCsv() const
{
    QString csv = u"state,severity,class,name,service,summary,since\r\n"_s;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const Alert &alert = m_model->alertAt(row);
        csv += QStringList{stateName(alert.state), severityName(alert.severity), className(alert.alertClass),
                   render::csv(alert.name()), render::csv(Untrusted(alert.service())),
                   render::csv(alert.summary()), isoUtc(alert.startsAt)}
                   .join(u',')
            + u"\r\n"_s;
    }
    return csv;
}

/// Fixed widths for the short columns; the summary takes the rest, and what does not fit is hidden.
void AlertListView::layoutColumns()
{
    const int letter = fontMetrics().averageCharWidth();
    const int room = m_table->viewport()->width();
    const bool hasSummary = room > 95 * letter, hasService = room > 55 * letter,
               hasMembers = room > 45 * letter;
    m_table->setColumnHidden(AlertModel::Summary, !hasSummary);
    m_table->setColumnHidden(AlertModel::Service, !hasService);
    m_table->setColumnHidden(AlertModel::Members, !hasMembers);
    int fixed = 0;
    const auto fix = [&](AlertModel::Column column, int letters, bool isShown) {
        m_table->setColumnWidth(column, letters * letter);
        fixed += isShown ? letters * letter : 0;
    };
    fix(AlertModel::State, 12, m_show == Show::All);
    fix(AlertModel::SeverityColumn, 12, true);
    fix(AlertModel::Service, 16, hasService);
    fix(AlertModel::Since, 11, true);
    fix(AlertModel::Members, 10, hasMembers);
    const int left = std::max(12 * letter, room - fixed);
    m_table->setColumnWidth(AlertModel::Name, hasSummary ? left * 2 / 5 : left);
    m_table->setColumnWidth(AlertModel::Summary, left - left * 2 / 5);
}

bool AlertListView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && watched == m_table->viewport())
        layoutColumns();
    if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (watched == m_filter && key->key() == Qt::Key_Escape && !m_filter->text().isEmpty()) {
            m_filter->clear();
            return true;
        }
        if (watched == m_table && key->text() == "/"_L1) {
            focusFilter();
            return true;
        }
        const bool opens =
            key->key() == Qt::Key_G || key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (watched == m_table && opens && key->modifiers() == Qt::NoModifier) {
            if (const auto current = currentAlert())
                emit alertActivated(*current);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace bw
