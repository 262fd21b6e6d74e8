// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/variablebar.h>

#include <widgets/base/flowlayout.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/dashboard/adhocfilter.h>
#include <widgets/forms/choicebutton.h>

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// Constants and hidden variables have no control; a context field nobody has values for neither.
bool isShown(const VariableSet::State &state)
{
    if (state.variable.show == "none"_L1 || state.variable.kind == "constant"_L1)
        return false;
    return !state.isContext || !state.options.empty() || !state.values.isEmpty();
}

QString titleOf(const VariableSet::State &state)
{
    const Variable &variable = state.variable;
    return render::line(Untrusted(variable.label.isEmpty() ? variable.name : variable.label), 60);
}

/// `show: label`: what it is, without a way to change it.
QString fixedText(const VariableSet::State &state)
{
    return state.isAll ? VariableBar::tr("All") : render::line(Untrusted(state.values.join(u", "_s)), 80);
}

} // namespace

VariableBar::VariableBar(VariableSet &variables, DashboardPorts ports, QWidget *parent)
    : QWidget(parent)
    , m_variables(variables)
    , m_ports(ports)
    , m_layout(new FlowLayout(this))
{
    m_layout->setContentsMargins(10, 4, 10, 4);
    setAccessibleName(tr("Variables"));
    connect(&variables, &VariableSet::changed, this, &VariableBar::update);
    update();
}

VariableBar::~VariableBar()
{
    // A line that still has the focus loses it with its window, and would say so to what is left of the bar.
    for (const Control &control : m_controls) {
        if (control.input)
            control.input->blockSignals(true);
    }
}

void VariableBar::setSuppressed(bool suppressed)
{
    m_isSuppressed = suppressed;
    setVisible(!suppressed && !m_controls.empty());
}

int VariableBar::heightForWidth(int width) const { return m_layout->heightForWidth(width); }

std::vector<const VariableSet::State *> VariableBar::shownStates() const
{
    std::vector<const VariableSet::State *> states;
    for (const VariableSet::State &state : m_variables.states()) {
        if (isShown(state))
            states.push_back(&state);
    }
    return states;
}

bool VariableBar::isFor(const Control &control, const VariableSet::State &state)
{
    return control.name == state.variable.name && control.kind == state.variable.kind
        && control.show == state.variable.show;
}

bool VariableBar::fitsControls(const std::vector<const VariableSet::State *> &states) const
{
    return std::equal(m_controls.begin(), m_controls.end(), states.begin(), states.end(),
        [](const Control &control, const VariableSet::State *state) { return isFor(control, *state); });
}

void VariableBar::update()
{
    const std::vector<const VariableSet::State *> states = shownStates();
    if (!fitsControls(states))
        rebuild();
    for (size_t at = 0; at < states.size(); ++at)
        fill(m_controls[at], *states[at]);
    setVisible(!m_controls.empty() && !m_isSuppressed);
}

void VariableBar::rebuild()
{
    std::vector<Control> old = std::exchange(m_controls, {});
    for (const Control &control : old)
        m_layout->removeWidget(control.box);
    for (const VariableSet::State *state : shownStates()) {
        const auto same = std::find_if(old.begin(), old.end(),
            [&](const Control &control) { return control.box && isFor(control, *state); });
        if (same == old.end()) {
            m_controls.push_back(made(*state));
            continue;
        }
        m_controls.push_back(*same); // with what is being typed into it
        m_layout->addWidget(same->box);
        same->box = nullptr;
    }
    for (const Control &control : old) {
        if (!control.box)
            continue;
        // A line that loses the focus says that it was edited, and the set would call update() again.
        if (control.input)
            control.input->blockSignals(true);
        control.box->hide();
        control.box->deleteLater(); // later: the change may come from the control itself
    }
}

VariableBar::Control VariableBar::made(const VariableSet::State &state)
{
    Control control;
    control.name = state.variable.name;
    control.kind = state.variable.kind;
    control.show = state.variable.show;
    control.box = new QWidget(this);
    auto *row = new QHBoxLayout(control.box);
    row->setContentsMargins(0, 0, 6, 0);
    row->setSpacing(5);
    control.label = new PlainLabel(titleOf(state), control.box);
    row->addWidget(control.label);
    if (control.show != "label"_L1) {
        control.input = inputFor(state, control.box);
        control.input->setAccessibleName(titleOf(state));
        row->addWidget(control.input);
    }
    control.label->setVisible(control.show != "value"_L1);
    m_layout->addWidget(control.box);
    control.box->show();
    return control;
}

QWidget *VariableBar::inputFor(const VariableSet::State &state, QWidget *parent)
{
    const QString name = state.variable.name;
    if (state.variable.kind == "text"_L1) {
        auto *input = new QLineEdit(parent);
        input->setMaximumWidth(180);
        input->setPlaceholderText(tr("empty"));
        connect(input, &QLineEdit::editingFinished, this,
            [this, name, input] { m_variables.select(name, {input->text()}); });
        return input;
    }
    if (state.variable.kind == "adhoc"_L1) {
        auto *input = new AdhocFilter(m_ports, m_variables.sourceIdOf(name), parent);
        connect(input, &AdhocFilter::edited, this,
            [this, name](const QStringList &matchers) { m_variables.select(name, matchers); });
        return input;
    }
    auto *input = new ChoiceButton(parent);
    connect(input, &ChoiceButton::chosen, this,
        [this, name](const QStringList &values) { m_variables.select(name, values); });
    return input;
}

void VariableBar::fill(const Control &control, const VariableSet::State &state)
{
    if (auto *choice = qobject_cast<ChoiceButton *>(control.input)) {
        choice->setMulti(state.variable.multi);
        choice->setAllOffered(state.variable.all);
        choice->setOptions(state.options);
        choice->setValues(state.isAll ? QStringList() : state.values);
        choice->setMissing(state.missing);
    } else if (auto *line = qobject_cast<QLineEdit *>(control.input); line && !line->hasFocus()) {
        line->setText(state.values.value(0));
    } else if (auto *adhoc = qobject_cast<AdhocFilter *>(control.input)) {
        adhoc->setSource(m_variables.sourceIdOf(control.name)); // which may be that of another variable
        adhoc->setMatchers(state.values);
    } else if (!control.input) {
        control.label->setText(titleOf(state) + u": "_s + fixedText(state));
    }
    // Amber and the reason: the options are those of the last good answer.
    QPalette palette = this->palette();
    if (!state.problem.isEmpty() || !state.missing.isEmpty())
        palette.setColor(QPalette::WindowText, themeOf(this).warning);
    control.label->setPalette(palette);
    QStringList words{state.problem, state.note};
    if (!state.missing.isEmpty())
        words << tr("Not among the present values: %1").arg(state.missing.join(u", "_s));
    if (state.variable.kind == "text"_L1 && state.values.value(0).isEmpty())
        words << tr("Empty: questions get an empty text in its place");
    words.removeAll(QString());
    setTip(control.label, words.join(u'\n'));
    if (control.input)
        setTip(control.input, words.join(u'\n'));
}

void VariableBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = themeOf(this);
    QPainter painter(this);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.border);
}

} // namespace bw
