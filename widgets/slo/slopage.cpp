// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/slo/slopage.h>

#include <domain/slo/slotext.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/slo/slocanvas.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QListWidget>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kKeyRole = Qt::UserRole;

/// "−29.0 %  MISSED  Checkout answers": the figure first, in a column of its own.
QString lineOf(const SloStatus &status)
{
    const QString left = percentText(status.budget.remaining, 1).rightJustified(9);
    const QString fires = firingText(status) == u"-"_s ? QString() : u"  ▲ "_s + firingText(status);
    return u"%1 %2   %3%4"_s.arg(roleGlyph(budgetRole(status)).glyph, left, titleOf(status),
        status.budget.remaining ? fires : u" ("_s + stateText(status) + u')');
}

} // namespace

SloPage::SloPage(const SloBoard &slos, const OwnData &own, QWidget *parent)
    : QWidget(parent)
    , m_slos(slos)
    , m_own(own)
    , m_state(new PlainLabel(this))
    , m_list(new QListWidget(this))
    , m_canvas(new SloCanvas(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_state->setContentsMargins(12, 6, 12, 6);
    layout->addWidget(m_state);
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFont(numberFont(font()));
    m_list->setUniformItemSizes(true);
    m_list->setAccessibleName(tr("Objectives, worst first"));
    auto *scroll = new QScrollArea(splitter);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(m_canvas);
    splitter->addWidget(m_list);
    splitter->addWidget(scroll);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 3);
    splitter->setSizes({420, 1000});
    splitter->setChildrenCollapsible(false);
    layout->addWidget(splitter, 1);
    setFocusProxy(m_list);
    m_list->installEventFilter(this);
    connect(&slos, &SloBoard::changed, this, &SloPage::refill);
    connect(&own, &OwnData::changed, this, [this](const QString &topic) {
        if (topic == u"alerts"_s)
            showCurrent();
    });
    connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem *item) {
        if (m_isFilling || !item)
            return;
        m_wanted = item->data(kKeyRole).toString();
        showCurrent();
    });
    refill();
}

void SloPage::open(const QString &key)
{
    m_wanted = key;
    refill();
    m_list->setFocus();
}

void SloPage::setFolder(const QString &folder)
{
    m_folder = folder;
    showCurrent();
}

void SloPage::refill()
{
    if (!isVisible() && !m_list->count() && m_slos.statuses().empty() && !m_folder.isEmpty())
        return;
    m_isFilling = true;
    const SloStatus *wanted = m_slos.find(m_wanted);
    if (!wanted && m_wanted.isEmpty() && !m_slos.statuses().empty())
        wanted = &m_slos.statuses().front();
    const int count = int(m_slos.statuses().size());
    while (m_list->count() > count)
        delete m_list->takeItem(m_list->count() - 1);
    int row = -1;
    for (int i = 0; i < count; ++i) {
        const SloStatus &status = m_slos.statuses()[size_t(i)];
        if (i >= m_list->count())
            m_list->addItem(QString());
        m_list->item(i)->setText(lineOf(status));
        m_list->item(i)->setForeground(budgetRole(status) == u"good"_s
                ? palette().brush(QPalette::Text)
                : roleColor(themeOf(this), budgetRole(status)));
        m_list->item(i)->setData(kKeyRole, status.key);
        if (wanted && wanted->key == status.key)
            row = i;
    }
    m_list->setCurrentRow(row);
    m_list->setVisible(count > 0);
    m_isFilling = false;
    const GlobalFigures &all = m_slos.global();
    QStringList parts{tr("%1 of %2 met").arg(all.met).arg(all.withTraffic)};
    if (all.noTraffic > 0)
        parts += tr("%1 without traffic").arg(all.noTraffic);
    if (all.noData > 0)
        parts += tr("%1 without data").arg(all.noData);
    if (all.trafficWeighted)
        parts += tr("%1 of all events good").arg(percentText(all.trafficWeighted, 3));
    if (!m_slos.progress().isEmpty())
        parts += m_slos.progress();
    else if (!m_slos.freshness().reason.isEmpty())
        parts += m_slos.freshness().reason;
    if (!m_slos.historyProblem().isEmpty())
        parts += tr("hours are not kept: %1").arg(m_slos.historyProblem());
    m_state->setText(parts.join(u" · "_s));
    m_state->setVisible(count > 0);
    showCurrent();
}

void SloPage::showCurrent()
{
    const SloStatus *status = m_slos.find(m_wanted);
    if (!status && m_wanted.isEmpty() && !m_slos.statuses().empty())
        status = &m_slos.statuses().front();
    if (!status) {
        m_canvas->show({}, {},
            m_slos.statuses().empty() ? tr(
                "There are no objectives yet. Put files into %1 – our own YAML, or those of Sloth, Pyrra or "
                "OpenSLO as they are. 'bridgewatch slo init SERVICE' prints a first one for a service, made "
                "from the metrics that were found. They are read as soon as they are saved.")
                                            .arg(m_folder)
                                      : tr("Choose an objective."));
        return;
    }
    const QueryResult alerts = m_own.current({u"alerts"_s, std::nullopt});
    const auto *list = dataAs<std::vector<Alert>>(alerts);
    const QString agreement =
        list && isCurrent(alerts.freshness) ? agreementText(*status, agreementOf(*status, *list)) : QString();
    m_canvas->show(*status, agreement, {});
}

/// The list has the focus, and would copy its line; the objective says all of it, and more.
bool SloPage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Copy)) {
        keyPressEvent(static_cast<QKeyEvent *>(event));
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void SloPage::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy))
        QGuiApplication::clipboard()->setText(m_canvas->text());
    else
        QWidget::keyPressEvent(event);
}

} // namespace bw
