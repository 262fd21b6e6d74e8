// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <store/documents/profilefile.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>

#include <app/doctorpage.h>
#include <app/session.h>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSet>
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

enum Column { State, Check, Found, Meaning, Todo, Columns };
// What a line stands for.
constexpr int kIdRole = Qt::UserRole, kKeyRole = Qt::UserRole + 1;

QString roleOf(SourceCheck::State state)
{
    switch (state) {
    case SourceCheck::State::Ok:
        return u"good"_s;
    case SourceCheck::State::Note:
        return u"notice"_s;
    case SourceCheck::State::Warn:
        return u"warning"_s;
    case SourceCheck::State::Fail:
        break;
    }
    return u"critical"_s;
}

QString roleOf(PanelVerdict::State state)
{
    switch (state) {
    case PanelVerdict::State::Works:
    case PanelVerdict::State::NotAsked:
        return u"good"_s;
    case PanelVerdict::State::Fallback:
    case PanelVerdict::State::Partly:
        return u"notice"_s;
    case PanelVerdict::State::Missing:
        return u"warning"_s;
    case PanelVerdict::State::Failed:
        break;
    }
    return u"critical"_s;
}

/// The shape beside the word: colour is never alone.
void setState(QTreeWidgetItem *item, const QString &role, const QString &word, const QWidget *widget)
{
    item->setText(State, roleGlyph(role).glyph + u' ' + word);
    item->setForeground(State, roleColor(themeOf(widget), role));
}

/// The parts of a profile that can be edited, by key.
QMap<QString, QString> partsOf(const MetricProfile &profile)
{
    QMap<QString, QString> parts;
    for (const QString &key : {u"requests"_s, u"errors"_s, u"buckets"_s, u"sums"_s, u"counts"_s})
        parts.insert(u"metric "_s + key, profile.selectors.value(key).metric);
    parts.insert(u"matchers errors"_s, profile.selectors.value(u"errors"_s).matchers);
    parts.insert(u"latency unit"_s, profile.latencyUnit);
    parts.insert(u"base matchers"_s, profile.base);
    for (auto label = profile.labels.begin(); label != profile.labels.end(); ++label)
        parts.insert(u"label "_s + label.key(), label.value().join(u", "_s));
    return parts;
}

MetricProfile withParts(MetricProfile profile, const QMap<QString, QString> &parts)
{
    for (auto part = parts.begin(); part != parts.end(); ++part) {
        const QString kind = part.key().section(u' ', 0, 0), key = part.key().section(u' ', 1);
        const QString value = part.value().trimmed();
        if (kind == "metric"_L1)
            profile.selectors[key].metric = value;
        else if (kind == "matchers"_L1)
            profile.selectors[key].matchers = value;
        else if (kind == "latency"_L1)
            profile.latencyUnit = value == "ms"_L1 ? u"ms"_s : u"s"_s;
        else if (kind == "base"_L1)
            profile.base = value;
        else if (kind == "label"_L1)
            profile.labels[key] = value.split(u", "_s, Qt::SkipEmptyParts);
    }
    return profile;
}

/// The same line after the page was made anew: the texts that lead to it.
QString keyOf(const QTreeWidgetItem &item)
{
    const QString own = item.text(State) + u'\t' + item.text(Check);
    return item.parent() ? keyOf(*item.parent()) + u'\n' + own : own;
}

} // namespace

DoctorPage::DoctorPage(Session &session, QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_check(session.executor(), session.clock(), session.board(), session.own())
    , m_state(new PlainLabel(this))
    , m_tree(new QTreeWidget(this))
{
    auto *again = new QPushButton(tr("Examine again"), this);
    auto *panels = new QPushButton(tr("Check every panel"), this);
    auto *save = new QPushButton(tr("Save the edited profile"), this);
    auto *bar = new QHBoxLayout;
    bar->addWidget(m_state, 1);
    for (QPushButton *button : {again, panels, save})
        bar->addWidget(button);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->addLayout(bar);
    layout->addWidget(m_tree, 1);
    m_tree->setColumnCount(Columns);
    m_tree->setHeaderLabels({tr("State"), tr("Looked at"), tr("Found"), tr("Meaning"), tr("What to do")});
    m_tree->setAccessibleName(tr("What was found out about every source"));
    m_tree->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    m_tree->setWordWrap(true);
    m_tree->setUniformRowHeights(false);
    for (const auto &[column, wide] :
        {std::pair(State, 150), std::pair(Check, 210), std::pair(Found, 330), std::pair(Meaning, 330)})
        m_tree->setColumnWidth(column, wide);
    connect(m_tree, &QTreeWidget::itemChanged, this, [this](const QTreeWidgetItem *item, int column) {
        if (column == Found && item->flags().testFlag(Qt::ItemIsEditable))
            m_edits.insert(keyOf(*item), item->text(Found));
    });
    connect(
        m_tree->itemDelegate(), &QAbstractItemDelegate::closeEditor, this,
        [this] {
            if (m_isBehind)
                rebuild();
        },
        Qt::QueuedConnection);
    connect(again, &QPushButton::clicked, this, [this] { m_session.retryAll(); });
    connect(panels, &QPushButton::clicked, this, &DoctorPage::checkPanels);
    connect(save, &QPushButton::clicked, this, &DoctorPage::saveProfile);
    connect(&m_session.survey(), &SourceSurvey::examined, this, &DoctorPage::rebuild);
    connect(&m_check, &PanelCheck::finished, this, &DoctorPage::rebuild);
}

void DoctorPage::setDashboards(const std::vector<Dashboard> &dashboards)
{
    m_dashboards.clear();
    for (const Dashboard &dashboard : dashboards) {
        if (dashboard.origin.startsWith(u':'))
            m_dashboards.push_back(dashboard);
    }
}

void DoctorPage::refresh() { rebuild(); }

void DoctorPage::rebuild()
{
    // Not while a name is being typed: its line would go with the editor. The end of typing comes back here.
    const auto *typing = m_tree->viewport()->findChild<QLineEdit *>();
    m_isBehind = typing && typing->hasFocus();
    if (m_isBehind)
        return;
    // What somebody reads or writes right now stays where it is.
    const int scrolled = m_tree->verticalScrollBar()->value();
    const QTreeWidgetItem *current = m_tree->currentItem();
    const QString currentKey = current ? keyOf(*current) : QString();
    QSet<QString> folded;
    for (QTreeWidgetItemIterator at(m_tree, QTreeWidgetItemIterator::HasChildren); *at; ++at) {
        if (!(*at)->isExpanded())
            folded.insert(keyOf(**at));
    }
    const QSignalBlocker quiet(m_tree);
    m_tree->clear();
    for (const SourceInfo &source : m_session.board().sources())
        addSource(source);
    addKept();
    addVerdicts();
    m_tree->expandAll();
    m_state->setText(m_check.isBusy() ? tr("Asking what every panel would ask…")
                                      : tr("Double click a name of a profile to change it."));
    for (QTreeWidgetItemIterator at(m_tree); *at; ++at) {
        const QString key = keyOf(**at);
        if (folded.contains(key))
            (*at)->setExpanded(false);
        if (!currentKey.isEmpty() && key == currentKey)
            m_tree->setCurrentItem(*at);
    }
    m_tree->verticalScrollBar()->setValue(scrolled);
    selectWanted();
}

/// Nothing while all is well: whoever looks here looks for what is not.
void DoctorPage::addKept()
{
    const QString problem = m_session.keptProblem();
    if (problem.isEmpty())
        return;
    auto *line = new QTreeWidgetItem(m_tree);
    setState(line, u"warning"_s, tr("not well"), this);
    line->setText(Check, tr("last good answers"));
    line->setText(Found, render::line(Untrusted(problem), 400));
    line->setText(Meaning, tr("Started while nothing answers, the window has less to show."));
}

void DoctorPage::addSource(const SourceInfo &source)
{
    auto *top = new QTreeWidgetItem(m_tree);
    top->setFirstColumnSpanned(true);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    top->setFont(State, bold);
    top->setText(State, u"%1 (%2) %3"_s.arg(source.id.id, source.kind, source.url));
    const SourceReport *report = m_session.survey().report(source.id);
    if (!report) {
        auto *line = new QTreeWidgetItem(top);
        setState(line, u"unknown"_s, tr("asking"), this);
        return;
    }
    for (const SourceCheck &check : report->checks) {
        auto *line = new QTreeWidgetItem(top);
        setState(line, roleOf(check.state), stateName(check.state), this);
        line->setText(Check, check.name);
        line->setText(Found, render::line(Untrusted(check.found), 400));
        line->setText(Meaning, render::line(Untrusted(check.meaning), 400));
        line->setText(Todo, render::line(Untrusted(check.todo), 400));
    }
    if (source.kind == "prometheus"_L1)
        addProfile(top, source);
}

void DoctorPage::addProfile(QTreeWidgetItem *parent, const SourceInfo &source)
{
    const DetectedProfile &detected = source.profile;
    auto *top = new QTreeWidgetItem(parent);
    setState(top, detected.found ? u"good"_s : u"warning"_s, detected.found ? tr("ok") : tr("none"), this);
    top->setText(Check, tr("profile"));
    top->setText(Found, detected.found ? detected.profile.id : tr("no known telemetry of services"));
    top->setText(Meaning, detected.notes.join(u"; "_s));
    top->setText(Todo,
        detected.alsoFound.isEmpty() ? QString()
                                     : tr("also found: %1").arg(detected.alsoFound.join(u", "_s)));
    top->setData(State, kIdRole, source.id.id);
    const QMap<QString, QString> parts = partsOf(detected.profile);
    for (auto part = parts.begin(); part != parts.end(); ++part) {
        auto *line = new QTreeWidgetItem(top);
        line->setText(Check, part.key());
        line->setData(Check, kKeyRole, part.key());
        if (const QString key = keyOf(*line); m_edits.value(key) == part.value())
            m_edits.remove(key); // it was written and read
        line->setText(Found, m_edits.value(keyOf(*line), part.value()));
        line->setFlags(line->flags() | Qt::ItemIsEditable);
    }
}

void DoctorPage::addVerdicts()
{
    if (m_check.verdicts().empty())
        return;
    QString last;
    QTreeWidgetItem *top = nullptr;
    for (const PanelVerdict &verdict : m_check.verdicts()) {
        if (!top || last != verdict.dashboard) {
            top = new QTreeWidgetItem(m_tree);
            top->setFirstColumnSpanned(true);
            top->setText(State, tr("Panels of %1").arg(verdict.dashboard));
            last = verdict.dashboard;
        }
        auto *line = new QTreeWidgetItem(top);
        setState(line, roleOf(verdict.state), stateName(verdict.state), this);
        line->setText(Check, render::line(Untrusted(verdict.title), 100));
        line->setText(Found,
            verdict.state == PanelVerdict::State::NotAsked
                ? verdict.text
                : tr("%1 series in %2 ms").arg(verdict.series).arg(verdict.tookMs));
        const bool isTodo = verdict.state == PanelVerdict::State::Missing;
        if (verdict.state != PanelVerdict::State::NotAsked)
            line->setText(isTodo ? Todo : Meaning, render::line(Untrusted(verdict.text), 600));
        line->setData(State, kIdRole, verdict.dashboard + u'/' + verdict.panel);
    }
}

void DoctorPage::checkPanels()
{
    m_check.start(m_dashboards);
    if (m_check.isBusy())
        m_state->setText(tr("Asking what every panel would ask…"));
}

void DoctorPage::showPanel(const QString &dashboard, const QString &panel)
{
    m_wanted = dashboard + u'/' + panel;
    if (m_check.verdicts().empty() && !m_check.isBusy())
        checkPanels();
    rebuild();
}

void DoctorPage::selectWanted()
{
    for (QTreeWidgetItemIterator at(m_tree); *at && !m_wanted.isEmpty(); ++at) {
        if ((*at)->data(State, kIdRole).toString() != m_wanted)
            continue;
        m_tree->setCurrentItem(*at);
        m_tree->scrollToItem(*at, QAbstractItemView::PositionAtCenter);
        m_wanted.clear();
    }
}

/// Of the source whose profile has the current line, else the first.
void DoctorPage::saveProfile()
{
    QTreeWidgetItem *wanted = nullptr;
    for (QTreeWidgetItemIterator at(m_tree); *at; ++at) {
        const bool isProfile = (*at)->childCount() > 0 && (*at)->parent();
        const bool isCurrent =
            *at == m_tree->currentItem() || (m_tree->currentItem() && m_tree->currentItem()->parent() == *at);
        if (isProfile && (!wanted || isCurrent))
            wanted = *at;
    }
    const SourceInfo *source =
        wanted ? m_session.board().find({wanted->data(State, kIdRole).toString()}) : nullptr;
    if (!source)
        return;
    QMap<QString, QString> parts;
    for (int i = 0; i < wanted->childCount(); ++i)
        parts.insert(wanted->child(i)->data(Check, kKeyRole).toString(), wanted->child(i)->text(Found));
    MetricProfile profile = withParts(source->profile.profile, parts);
    if (profile.id.isEmpty())
        profile.id = u"own"_s;
    const auto checked = parseProfile(writeProfile(profile), profile.id + u".yaml"_s);
    if (!checked) {
        m_state->setText(checked.error().message);
        return;
    }
    if (!checked->findings.empty()) {
        m_state->setText(checked->findings.front().toString());
        return;
    }
    m_state->setText(tr("Writing profiles/%1.yaml; it is read as soon as it is there.").arg(profile.id));
    emit profileSaved(profile.id, writeProfile(profile));
}

} // namespace bw
