// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/variablebar.h>

#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/forms/choicebutton.h>

#include <QHBoxLayout>
#include <QLineEdit>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// Constants and hidden variables have no control; a context field nobody has values for neither.
bool isShown(const VariableSet::State &state)
{
    if (state.variable.show == "none"_L1 || state.variable.kind == "constant"_L1)
        return false;
    return !state.isContext || !state.options.isEmpty() || !state.values.isEmpty();
}

} // namespace

VariableBar::VariableBar(VariableSet &variables, QWidget *parent)
    : QWidget(parent)
    , m_variables(variables)
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(10, 4, 10, 4);
    m_layout->addStretch(1);
    connect(&variables, &VariableSet::changed, this, &VariableBar::update);
    update();
}

bool VariableBar::fitsControls() const
{
    size_t at = 0;
    for (const VariableSet::State &state : m_variables.states()) {
        if (!isShown(state))
            continue;
        if (at >= m_controls.size() || m_controls[at].name != state.variable.name
            || m_controls[at].kind != state.variable.kind)
            return false;
        ++at;
    }
    return at == m_controls.size();
}

void VariableBar::update()
{
    if (!fitsControls())
        rebuild();
    size_t at = 0;
    for (const VariableSet::State &state : m_variables.states()) {
        if (isShown(state))
            fill(m_controls[at++], state);
    }
    setVisible(!m_controls.empty());
}

void VariableBar::rebuild()
{
    for (const Control &control : m_controls) {
        // Later: the change may come from the control itself.
        control.label->deleteLater();
        control.input->deleteLater();
        control.label->hide();
        control.input->hide();
    }
    m_controls.clear();
    int place = 0;
    for (const VariableSet::State &state : m_variables.states()) {
        if (!isShown(state))
            continue;
        const QString name = state.variable.name;
        const QString title =
            render::line(Untrusted(state.variable.label.isEmpty() ? name : state.variable.label), 60);
        Control control;
        control.name = name;
        control.kind = state.variable.kind;
        control.label = new PlainLabel(title, this);
        if (state.variable.kind == "text"_L1 || state.variable.kind == "textbox"_L1) {
            auto *input = new QLineEdit(this);
            input->setMaximumWidth(180);
            connect(input, &QLineEdit::editingFinished, this,
                [this, name, input] { m_variables.select(name, {input->text()}); });
            control.input = input;
        } else {
            auto *input = new ChoiceButton(this);
            connect(input, &ChoiceButton::chosen, this,
                [this, name](const QStringList &values) { m_variables.select(name, values); });
            control.input = input;
        }
        control.input->setAccessibleName(title);
        m_layout->insertWidget(place++, control.label);
        m_layout->insertWidget(place++, control.input);
        m_controls.push_back(control);
    }
}

void VariableBar::fill(const Control &control, const VariableSet::State &state)
{
    if (auto *choice = qobject_cast<ChoiceButton *>(control.input)) {
        choice->setMulti(state.variable.multi);
        choice->setAllOffered(state.variable.all);
        choice->setOptions(state.options);
        choice->setValues(state.isAll ? QStringList() : state.values);
    } else if (auto *line = qobject_cast<QLineEdit *>(control.input); line && !line->hasFocus()) {
        line->setText(state.values.value(0));
    }
    // Amber and the reason: the options are those of the last good answer.
    QPalette palette = this->palette();
    if (!state.problem.isEmpty())
        palette.setColor(QPalette::WindowText, themeOf(this).warning);
    control.label->setPalette(palette);
    setTip(control.label, state.problem);
    setTip(control.input, state.problem);
}

} // namespace bw
