// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/paneleditor.h>

#include <domain/base/format.h>
#include <domain/base/registry.h>
#include <domain/query/querycost.h>
#include <widgets/base/safetext.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/dashboard/panelparts.h>
#include <widgets/dashboard/queryform.h>
#include <widgets/forms/fieldform.h>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
// 400 ms: a pause in typing, not between two letters.
constexpr auto kPause = 400ms;

PlainLabel *newHeading(const QString &text, QWidget *parent)
{
    auto *label = new PlainLabel(text, parent);
    QFont bold = label->font();
    bold.setWeight(QFont::DemiBold);
    label->setFont(bold);
    return label;
}
} // namespace

PanelEditor::PanelEditor(
    const Panel &panel, const Dashboard &dashboard, PanelEditorContext context, QWidget *parent)
    : QDialog(parent)
    , m_kinds(builtinPanelKinds())
    , m_given(panel)
    , m_panel(panel)
    , m_dashboard(dashboard)
    , m_context(std::move(context))
{
    setWindowTitle(tr("Edit %1").arg(render::line(Untrusted(panel.title), 80)));
    auto *column = new QVBoxLayout(this);
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(buildLeft());
    split->addWidget(buildRight());
    split->setStretchFactor(0, 1);
    split->setChildrenCollapsible(false);
    column->addWidget(split, 1);
    auto *foot = new QHBoxLayout;
    m_summary = newProblemLine(this);
    m_problemLines.insert(QString(), m_summary);
    foot->addWidget(m_summary, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Apply"));
    foot->addWidget(buttons);
    column->addLayout(foot);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPause);
    connect(&m_pause, &QTimer::timeout, this, &PanelEditor::updateNow);
    m_beat.setInterval(1s);
    connect(&m_beat, &QTimer::timeout, this, [this] {
        if (m_preview)
            m_preview->beat();
    });
    m_beat.start();
    QSize size(1180, 680);
    if (const QScreen *shown = parent ? parent->screen() : nullptr)
        size = size.boundedTo(shown->availableSize() - QSize(24, 48));
    resize(size);
    split->setSizes({size.width() * 3 / 5, size.width() * 2 / 5});
    showKind();
    m_isBuilding = false;
    updateNow();
}

PanelEditor::~PanelEditor() = default;

const PanelKind *PanelEditor::kind() const { return findById(m_kinds, m_panel.kind); }

const std::vector<FieldSpec> &PanelEditor::fields() const
{
    static const std::vector<FieldSpec> none;
    return kind() ? kind()->fields : none;
}

QWidget *PanelEditor::buildLeft()
{
    auto *left = new QSplitter(Qt::Vertical, this);
    left->setChildrenCollapsible(false);
    m_stage = new QWidget(left);
    m_stage->setMinimumHeight(140);
    auto *stage = new QVBoxLayout(m_stage);
    stage->setContentsMargins(0, 0, 0, 0);
    m_queryBox = new QWidget(left);
    auto *box = new QVBoxLayout(m_queryBox);
    box->setContentsMargins(0, 0, 0, 0);
    QStringList variables;
    for (const Variable &variable : m_dashboard.variables)
        variables << variable.name;
    m_queries = new QueryForm(m_given.queries, m_context.ports, variables, m_queryBox);
    box->addWidget(newHeading(tr("Queries"), m_queryBox));
    box->addWidget(m_queries, 1);
    auto *foot = new QHBoxLayout;
    auto *run = new QPushButton(tr("Run and measure"), m_queryBox);
    run->setObjectName(u"run"_s);
    run->setAutoDefault(false);
    setTip(run, tr("Asks again, and what the query costs the server (Ctrl+Enter in the expression)"));
    m_cost = new PlainLabel(m_queryBox);
    m_cost->setWordWrap(true);
    foot->addWidget(run);
    foot->addWidget(m_cost, 1);
    box->addLayout(foot);
    connect(run, &QPushButton::clicked, this, &PanelEditor::runNow);
    connect(m_queries, &QueryForm::runRequested, this, &PanelEditor::runNow);
    connect(m_queries, &QueryForm::changed, this, [this] {
        m_costTicket.cancel(); // it was another query's
        m_cost->clear();
        edited();
    });
    left->addWidget(m_stage);
    left->addWidget(m_queryBox);
    left->setStretchFactor(0, 1);
    left->setStretchFactor(1, 1);
    left->setSizes({1000, 1000}); // halves
    return left;
}

PlainLabel *PanelEditor::addProblemRow(QFormLayout *form, const QString &field)
{
    PlainLabel *line = newProblemLine(this);
    form->addRow(line);
    m_problemLines.insert(field, line);
    return line;
}

void PanelEditor::addPart(QVBoxLayout *column, const QString &title, QWidget *part, const QString &field)
{
    column->addSpacing(6);
    column->addWidget(newHeading(title, this));
    column->addWidget(part);
    if (field.isEmpty())
        return;
    PlainLabel *line = newProblemLine(this);
    column->addWidget(line);
    m_problemLines.insert(field, line);
}

QWidget *PanelEditor::buildRight()
{
    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    auto *head = new QWidget(inner);
    auto *form = new QFormLayout(head);
    form->setContentsMargins(0, 0, 0, 0);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    m_title = new QLineEdit(m_given.title, head);
    m_title->setObjectName(u"panelTitle"_s);
    form->addRow(tr("Title"), m_title);
    addProblemRow(form, u"title"_s);
    m_kind = new QComboBox(head);
    m_kind->setObjectName(u"panelKind"_s);
    for (const PanelKind &kind : m_kinds)
        m_kind->addItem(kind.title, kind.id);
    m_kind->setCurrentIndex(std::max(0, m_kind->findData(m_given.kind)));
    form->addRow(tr("Shown as"), m_kind);
    m_description = new QPlainTextEdit(m_given.description, head);
    m_description->setTabChangesFocus(true);
    m_description->setFixedHeight(m_description->fontMetrics().lineSpacing() * 3 + 12);
    form->addRow(tr("Description"), m_description);
    m_source = new QLineEdit(m_given.datasource, head);
    m_source->setPlaceholderText(tr("the default; or $variable"));
    form->addRow(tr("Source"), m_source);
    addProblemRow(form, u"datasource"_s);
    m_unit = new QComboBox(head);
    m_unit->setEditable(true);
    m_unit->addItems(knownUnits());
    m_unit->setCurrentText(m_given.unit);
    form->addRow(tr("Unit"), m_unit);
    addProblemRow(form, u"unit"_s);
    m_decimals = new QSpinBox(head);
    m_decimals->setRange(-1, 15);
    m_decimals->setSpecialValueText(tr("as many as are worth it"));
    m_decimals->setValue(m_given.decimals);
    form->addRow(tr("Decimals"), m_decimals);
    m_noValue = new QLineEdit(m_given.noValue, head);
    m_noValue->setPlaceholderText(tr("such as: no traffic"));
    form->addRow(tr("Without a value"), m_noValue);
    column->addWidget(head);

    m_options = new FieldForm(inner);
    addPart(column, tr("Options"), m_options, u"options"_s);
    m_thresholds =
        new ThresholdsForm(m_given.thresholds.empty() ? Thresholds() : m_given.thresholds.front(), inner);
    const QString of = m_given.thresholds.empty() ? QString() : m_given.thresholds.front().field;
    const size_t others = m_given.thresholds.empty() ? 0 : m_given.thresholds.size() - 1;
    QString heading = of.isEmpty() ? tr("Thresholds") : tr("Thresholds of %1").arg(of);
    if (others > 0)
        heading += tr(" (those of %n other fields are kept)", nullptr, int(others));
    addPart(column, heading, m_thresholds, u"thresholds"_s);
    m_links = new LinksForm(m_given.links, m_context.dashboards, inner);
    addPart(column, tr("Links"), m_links, u"links"_s);
    column->addStretch(1);

    connect(m_kind, &QComboBox::currentIndexChanged, this, &PanelEditor::switchKind);
    for (QLineEdit *line : {m_title, m_source, m_noValue})
        connect(line, &QLineEdit::textChanged, this, &PanelEditor::edited);
    connect(m_description, &QPlainTextEdit::textChanged, this, &PanelEditor::edited);
    connect(m_unit, &QComboBox::currentTextChanged, this, &PanelEditor::edited);
    connect(m_decimals, &QSpinBox::valueChanged, this, &PanelEditor::edited);
    connect(m_options, &FieldForm::changed, this, &PanelEditor::edited);
    connect(m_thresholds, &RowsForm::changed, this, &PanelEditor::edited);
    connect(m_links, &RowsForm::changed, this, &PanelEditor::edited);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidgetResizable(true);
    scroll->setMinimumWidth(340);
    scroll->setWidget(inner);
    return scroll;
}

/// What fits the other kind stays, also what was typed a moment ago.
void PanelEditor::switchKind(int index)
{
    if (m_isBuilding || index < 0)
        return;
    Panel now = panel();
    const QString wanted = m_kind->itemData(index).toString();
    const bool isKnown = findById(m_kinds, m_given.kind) != nullptr;
    // A kind this program does not have is shown as a placeholder and stays what it is.
    if (wanted != now.kind && !(wanted == "placeholder"_L1 && !isKnown))
        now = withKind(std::move(now), wanted, findById(m_kinds, wanted)->fields);
    m_panel = now;
    showKind();
    edited();
}

void PanelEditor::showKind()
{
    m_options->setFields(fields(), m_panel.options);
    m_options->setVisible(!fields().empty());
    m_queryBox->setVisible(m_panel.kind != "row"_L1 && m_panel.kind != "text"_L1);
}

Panel PanelEditor::panel() const
{
    Panel panel = m_panel;
    panel.title = m_title->text();
    panel.description = m_description->toPlainText();
    panel.datasource = m_source->text().trimmed();
    panel.unit = m_unit->currentText().trimmed();
    panel.decimals = m_decimals->value();
    panel.noValue = m_noValue->text();
    panel.queries = m_queries->queries();
    panel.options = m_options->values();
    panel.links = m_links->links();
    const std::vector<ThresholdStep> steps = m_thresholds->steps();
    if (panel.thresholds.empty() && !steps.empty())
        panel.thresholds.emplace_back();
    if (!panel.thresholds.empty())
        panel.thresholds.front().steps = steps;
    if (!panel.thresholds.empty() && panel.thresholds.front() == Thresholds())
        panel.thresholds.erase(panel.thresholds.begin());
    return panel;
}

void PanelEditor::reject()
{
    if (panel() == m_given)
        return QDialog::reject();
    PlainMessageBox::ask(this, tr("Not applied"), tr("What you changed in this panel is not applied yet."),
        tr("Discard it"), [this] { QDialog::reject(); });
}

void PanelEditor::edited()
{
    if (!m_isBuilding)
        m_pause.start();
}

void PanelEditor::updateNow()
{
    m_pause.stop();
    check();
    renewPreview();
}

void PanelEditor::runNow()
{
    m_previewed.reset();
    updateNow();
    m_costTicket.cancel();
    m_cost->clear();
    for (const QueryInspection &query : m_preview->controller().inspections()) {
        const std::optional<QuerySpec> spec =
            query.id == m_queries->shownId() && query.spec ? withStats(*query.spec) : std::nullopt;
        if (!spec)
            continue;
        m_cost->setText(tr("asking …"));
        m_costTicket = m_context.ports.executor.submit(*spec, {Priority::Visible, AskedBy::User, 0ms}, this,
            [this](const Result<QueryResult> &answer) { measured(answer); });
        return;
    }
    m_cost->setText(tr("this is not asked of a server of metrics"));
}

QString PanelEditor::costText() const { return m_cost->text(); }

void PanelEditor::measured(const Result<QueryResult> &answer)
{
    const MetricData *metrics = answer ? dataAs<MetricData>(*answer) : nullptr;
    m_cost->setText(metrics ? tr("Server: %1\nHere: %2").arg(bw::costText(metrics->cost), answerText(*answer))
            : answer        ? tr("gave no metrics")
                            : render::line(Untrusted(answer.error().message), 300));
}

/// The preview asked what stands in the form.
bool PanelEditor::isAsTyped(const QString &id) const
{
    const auto textOf = [&id](const std::vector<PanelQuery> &queries) {
        const auto at = std::find_if(
            queries.begin(), queries.end(), [&id](const PanelQuery &query) { return query.id == id; });
        return at == queries.end() ? QString() : at->expr;
    };
    return m_previewed && textOf(m_previewed->queries) == textOf(m_queries->queries());
}

/// Where the server's parser stopped, at its place.
void PanelEditor::showServerProblems()
{
    QMap<QString, QueryForm::ServerProblem> problems;
    for (const QueryInspection &query : m_preview->controller().inspections()) {
        if (!query.isPast && !query.problem.isEmpty() && isAsTyped(query.id))
            problems.insert(query.id, {query.problem, query.problemAt});
    }
    m_queries->setServerProblems(problems);
}

void PanelEditor::check()
{
    QStringList kinds;
    for (const PanelKind &kind : m_kinds)
        kinds << kind.id;
    const Panel now = panel();
    if (!kinds.contains(now.kind))
        kinds << now.kind; // of an import; kept as it is
    m_problems = problemsOf(now, m_dashboard, kinds, fields());
    if (const QString text = m_thresholds->problem(); !text.isEmpty())
        m_problems.push_back({u"thresholds"_s, {}, text, Finding::Level::Error});
    QMap<QString, QStringList> lines;
    QMap<QString, QString> options, queries;
    bool hasErrors = false;
    for (const PanelProblem &problem : m_problems) {
        hasErrors = hasErrors || problem.level == Finding::Level::Error;
        const QString text = render::line(Untrusted(problem.text), 300);
        if (problem.field == "options"_L1)
            options.insert(problem.item, text);
        else if (problem.field == "queries"_L1)
            queries.insert(problem.item,
                queries.value(problem.item) + (queries.contains(problem.item) ? u"\n"_s : QString()) + text);
        else
            lines[m_problemLines.contains(problem.field) ? problem.field : QString()] << text;
    }
    m_options->setProblems(options);
    m_queries->setProblems(queries);
    if (hasErrors)
        lines[QString()].prepend(tr("There are mistakes; they stand at their fields. It can be applied all "
                                    "the same."));
    for (auto line = m_problemLines.begin(); line != m_problemLines.end(); ++line) {
        line.value()->setText(lines.value(line.key()).join(u'\n'));
        line.value()->setVisible(lines.contains(line.key()));
    }
}

/// Only what changes the picture makes it anew; the old one stays until then.
void PanelEditor::renewPreview()
{
    Panel now = panel();
    now.grid = {};
    if (m_previewed && *m_previewed == now)
        return;
    m_previewed = now;
    if (m_preview) {
        m_preview->controller().cancel();
        m_preview->hide();
        m_preview->deleteLater();
        m_preview = nullptr;
    }
    m_preview = new PanelFrame(now, m_context.ports, m_tick, m_stage);
    m_preview->setFocusPolicy(Qt::NoFocus);
    connect(&m_preview->controller(), &PanelController::stateChanged, this, &PanelEditor::showServerProblems);
    m_stage->layout()->addWidget(m_preview);
    m_preview->show();
    m_preview->controller().setEnvironment(m_context.environment);
    m_stage->layout()->activate(); // the width decides the step
    if (m_preview->controller().hasQueries())
        m_preview->controller().refresh(
            m_context.range, {Priority::Visible, AskedBy::User, 0ms}, PanelController::Ask::Full);
    emit previewed();
}

} // namespace bw
