// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/queryform.h>

#include <domain/query/owndata.h>
#include <widgets/base/safetext.h>
#include <widgets/forms/fieldform.h>

#include <QCheckBox>
#include <QComboBox>
#include <QFontDatabase>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;

QueryForm::QueryForm(std::vector<PanelQuery> queries, const DashboardPorts &ports,
    const QStringList &variables, QWidget *parent)
    : QWidget(parent)
    , m_queries(std::move(queries))
    , m_tabs(new QTabBar(this))
    , m_add(new QToolButton(this))
    , m_remove(new QToolButton(this))
    , m_before(new QToolButton(this))
    , m_after(new QToolButton(this))
    , m_form(new QWidget(this))
    , m_expression(newQueryText(ports, variables, m_form))
    , m_type(new QComboBox(m_form))
    , m_mode(new QComboBox(m_form))
    , m_source(new QComboBox(m_form))
    , m_id(new QLineEdit(m_form))
    , m_legend(new QLineEdit(m_form))
    , m_minStep(new QLineEdit(m_form))
    , m_hidden(new QCheckBox(tr("hidden"), m_form))
    , m_exemplars(new QCheckBox(tr("exemplars"), m_form))
    , m_problem(newProblemLine(this))
{
    QStringList sources;
    for (const SourceInfo &source : ports.sources.sources()) {
        if (!sources.contains(source.source))
            sources << source.source;
    }
    build(sources);
    updateTabs();
    showQuery();
}

void QueryForm::build(const QStringList &sources)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *head = new QHBoxLayout;
    m_tabs->setExpanding(false);
    m_tabs->setDocumentMode(true);
    head->addWidget(m_tabs, 1);
    const auto button = [&](QToolButton *of, const QString &sign, const QString &name, auto run) {
        of->setText(sign);
        of->setAccessibleName(name);
        setTip(of, name);
        head->addWidget(of);
        connect(of, &QToolButton::clicked, this, run);
    };
    button(m_before, u"◂"_s, tr("Move the query to the front"), [this] { moveQuery(-1); });
    button(m_after, u"▸"_s, tr("Move the query to the back"), [this] { moveQuery(1); });
    button(m_remove, u"−"_s, tr("Remove the query"), [this] { removeQuery(); });
    button(m_add, u"+"_s, tr("Add a query"), [this] { addQuery(); });
    column->addLayout(head);
    column->addWidget(m_form, 1);
    column->addWidget(m_problem);

    auto *form = new QVBoxLayout(m_form);
    form->setContentsMargins(0, 0, 0, 0);
    m_expression->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_expression->setTabChangesFocus(true);
    m_expression->setObjectName(u"expression"_s);
    m_expression->setAccessibleName(tr("Expression"));
    m_expression->setMinimumHeight(m_expression->fontMetrics().height() * 3);
    form->addWidget(m_expression, 1);
    m_type->addItems(QStringList{u"promql"_s, u"traces"_s, u"dependencies"_s} + ownTopics());
    m_mode->addItem(tr("over the range"));
    m_mode->addItem(tr("one moment"));
    m_source->setEditable(true);
    m_source->addItem(QString());
    m_source->addItems(sources);
    m_source->lineEdit()->setPlaceholderText(tr("the panel's"));
    m_legend->setPlaceholderText(u"{{service}}"_s);
    m_minStep->setPlaceholderText(tr("by itself"));
    auto *grid = new QGridLayout;
    const auto field = [&](int row, int place, const QString &name, QWidget *input) {
        auto *label = new PlainLabel(name, m_form);
        label->setBuddy(input);
        input->setAccessibleName(name);
        grid->addWidget(label, row, 2 * place);
        grid->addWidget(input, row, 2 * place + 1);
        grid->setColumnStretch(2 * place + 1, 1);
    };
    field(0, 0, tr("Name"), m_id);
    field(0, 1, tr("Asks for"), m_type);
    field(0, 2, tr("Source"), m_source);
    field(1, 0, tr("Legend"), m_legend);
    field(1, 1, tr("Asked"), m_mode);
    field(1, 2, tr("Least step"), m_minStep);
    auto *flags = new QHBoxLayout;
    flags->addWidget(m_hidden);
    flags->addWidget(m_exemplars);
    flags->addStretch(1);
    grid->addLayout(flags, 2, 1, 1, 5);
    form->addLayout(grid);

    connect(m_tabs, &QTabBar::currentChanged, this, &QueryForm::choose);
    connect(m_expression, &QPlainTextEdit::textChanged, this, &QueryForm::takeQuery);
    connect(m_expression, &QueryEditor::runRequested, this, &QueryForm::runRequested);
    for (QLineEdit *line : {m_id, m_legend, m_minStep})
        connect(line, &QLineEdit::textChanged, this, &QueryForm::takeQuery);
    for (QComboBox *choice : {m_type, m_mode, m_source})
        connect(choice, &QComboBox::currentTextChanged, this, &QueryForm::takeQuery);
    for (QCheckBox *flag : {m_hidden, m_exemplars})
        connect(flag, &QCheckBox::toggled, this, &QueryForm::takeQuery);
}

const PanelQuery *QueryForm::current() const { return const_cast<QueryForm *>(this)->current(); }

PanelQuery *QueryForm::current()
{
    return m_index >= 0 && size_t(m_index) < m_queries.size() ? &m_queries[size_t(m_index)] : nullptr;
}

void QueryForm::choose(int index)
{
    if (m_isShowing || index < 0)
        return;
    m_index = index;
    updateTabs();
    showQuery();
}

void QueryForm::addQuery()
{
    QStringList taken;
    for (const PanelQuery &query : m_queries)
        taken << query.id;
    PanelQuery query;
    for (char letter = 'a'; letter <= 'z' && query.id.isEmpty(); ++letter) {
        if (!taken.contains(QChar::fromLatin1(letter)))
            query.id = QChar::fromLatin1(letter);
    }
    if (const PanelQuery *like = current()) {
        query.type = like->type;
        query.mode = like->mode;
        query.datasource = like->datasource;
    }
    m_queries.push_back(query);
    m_index = int(m_queries.size()) - 1;
    updateTabs();
    showQuery();
    m_expression->setFocus();
    emit changed();
}

void QueryForm::removeQuery()
{
    if (!current())
        return;
    m_queries.erase(m_queries.begin() + m_index);
    m_index = std::clamp(m_index, 0, std::max(0, int(m_queries.size()) - 1));
    updateTabs();
    showQuery();
    emit changed();
}

void QueryForm::moveQuery(int by)
{
    const int to = m_index + by;
    if (!current() || to < 0 || size_t(to) >= m_queries.size())
        return;
    std::swap(m_queries[size_t(m_index)], m_queries[size_t(to)]);
    m_index = to;
    updateTabs();
    emit changed();
}

void QueryForm::updateTabs()
{
    m_isShowing = true;
    while (m_tabs->count() > int(m_queries.size()))
        m_tabs->removeTab(m_tabs->count() - 1);
    while (m_tabs->count() < int(m_queries.size()))
        m_tabs->addTab(QString());
    for (int i = 0; i < m_tabs->count(); ++i) {
        const PanelQuery &query = m_queries[size_t(i)];
        QString name = query.id.isEmpty() ? tr("query %1").arg(i + 1) : query.id;
        if (m_problems.contains(query.id))
            name += u" !"_s;
        m_tabs->setTabText(i, name.replace(u'&', u"&&"_s));
    }
    m_tabs->setCurrentIndex(m_index);
    m_remove->setEnabled(!m_queries.empty());
    m_before->setEnabled(m_index > 0);
    m_after->setEnabled(m_index + 1 < int(m_queries.size()));
    m_isShowing = false;
}

void QueryForm::showQuery()
{
    m_isShowing = true;
    const PanelQuery *query = current();
    m_form->setVisible(query != nullptr);
    if (query) {
        m_expression->setPlainText(query->expr);
        if (m_type->findText(query->type) < 0)
            m_type->addItem(query->type);
        m_type->setCurrentText(query->type);
        m_mode->setCurrentIndex(query->mode == PanelQuery::Mode::Instant ? 1 : 0);
        m_source->setCurrentText(query->datasource);
        m_id->setText(query->id);
        m_legend->setText(query->legend);
        m_minStep->setText(query->minStep);
        m_hidden->setChecked(query->hidden);
        m_exemplars->setChecked(query->exemplars);
    }
    m_isShowing = false;
    setProblems(m_problems);
}

void QueryForm::takeQuery()
{
    PanelQuery *query = current();
    if (m_isShowing || !query)
        return;
    const PanelQuery before = *query;
    query->expr = m_expression->toPlainText();
    query->type = m_type->currentText();
    query->mode = m_mode->currentIndex() == 1 ? PanelQuery::Mode::Instant : PanelQuery::Mode::Range;
    query->datasource = m_source->currentText().trimmed();
    query->id = m_id->text().trimmed();
    query->legend = m_legend->text();
    query->minStep = m_minStep->text().trimmed();
    query->hidden = m_hidden->isChecked();
    query->exemplars = m_exemplars->isChecked();
    if (*query == before)
        return;
    if (m_serverProblems.remove(before.id) > 0)
        showProblems(); // it was about another text
    if (query->id != before.id)
        updateTabs();
    emit changed();
}

void QueryForm::setProblems(const QMap<QString, QString> &problems)
{
    const bool differs = problems != m_problems;
    m_problems = problems;
    if (differs)
        updateTabs();
    showProblems();
}

void QueryForm::setServerProblems(const QMap<QString, ServerProblem> &problems)
{
    if (problems == m_serverProblems)
        return;
    m_serverProblems = problems;
    showProblems();
}

QString QueryForm::shownId() const { return current() ? current()->id : QString(); }

void QueryForm::showProblems()
{
    const PanelQuery *query = current();
    QStringList texts;
    if (query && m_problems.contains(query->id))
        texts << m_problems.value(query->id);
    if (m_problems.contains(QString()) && (!query || !query->id.isEmpty()))
        texts << m_problems.value(QString());
    const ServerProblem problem = query ? m_serverProblems.value(query->id) : ServerProblem();
    m_expression->setProblem(problem.message, problem.at);
    if (!problem.message.isEmpty())
        texts << render::line(Untrusted(problem.message), 300);
    m_problem->setText(texts.join(u'\n'));
    m_problem->setVisible(!texts.isEmpty());
}

} // namespace bw
