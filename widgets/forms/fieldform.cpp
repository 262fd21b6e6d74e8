// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/forms/fieldform.h>

#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QJsonDocument>
#include <QLineEdit>
#include <QPlainTextEdit>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isStructured(const FieldSpec &field)
{
    return field.kind == FieldSpec::Kind::List || field.kind == FieldSpec::Kind::Map;
}

/// A list of plain words, typed with commas between them; a word with a comma makes it JSON.
bool isWords(const FieldSpec &field, const QVariant &value)
{
    if (field.kind != FieldSpec::Kind::List || field.fallback.typeId() != QMetaType::QStringList)
        return false;
    const QVariantList list = value.toList();
    return std::all_of(list.begin(), list.end(), [](const QVariant &word) {
        return word.typeId() == QMetaType::QString && !word.toString().contains(u',');
    });
}

QString jsonOf(const QVariant &value)
{
    const QJsonDocument json = QJsonDocument::fromVariant(value);
    // What is neither list nor map was mistyped here or in the file: shown as it is, to be put right.
    return json.isNull() ? value.toString()
                         : QString::fromUtf8(json.toJson(QJsonDocument::Indented)).trimmed();
}

} // namespace

PlainLabel *newProblemLine(QWidget *parent)
{
    auto *line = new PlainLabel(parent);
    line->setWordWrap(true);
    line->setObjectName(u"problem"_s);
    QPalette colors = line->palette();
    colors.setColor(QPalette::WindowText, themeOf(parent).critical);
    line->setPalette(colors);
    line->hide();
    return line;
}

FieldForm::FieldForm(QWidget *parent)
    : QWidget(parent)
    , m_form(new QFormLayout(this))
{
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setRowWrapPolicy(QFormLayout::WrapLongRows);
}

QWidget *FieldForm::inputFor(const FieldSpec &field, const QVariant &value)
{
    if (field.kind == FieldSpec::Kind::Boolean) {
        auto *box = new QCheckBox(this);
        box->setChecked((value.isValid() ? value : field.fallback).toBool());
        connect(box, &QCheckBox::toggled, this, &FieldForm::changed);
        return box;
    }
    if (field.kind == FieldSpec::Kind::Choice) {
        auto *choice = new QComboBox(this);
        choice->addItems(field.choices);
        const QString now = (value.isValid() ? value : field.fallback).toString();
        if (choice->findText(now) < 0)
            choice->addItem(now); // shown as it is; the check says what is allowed
        choice->setCurrentText(now);
        connect(choice, &QComboBox::currentTextChanged, this, &FieldForm::changed);
        return choice;
    }
    if (isWords(field, value)) {
        auto *line = new QLineEdit(value.toStringList().join(u", "_s), this);
        line->setPlaceholderText(tr("none; separated by commas"));
        connect(line, &QLineEdit::textChanged, this, &FieldForm::changed);
        return line;
    }
    if (isStructured(field) || (field.kind == FieldSpec::Kind::Text && field.key == "content"_L1)) {
        auto *text = new QPlainTextEdit(this);
        text->setTabChangesFocus(true);
        text->setPlainText(isStructured(field) ? jsonOf(value) : value.toString());
        text->setPlaceholderText(isStructured(field) ? tr("none; JSON") : QString());
        text->setFixedHeight(text->fontMetrics().lineSpacing() * 8 + 12);
        connect(text, &QPlainTextEdit::textChanged, this, &FieldForm::changed);
        return text;
    }
    auto *line = new QLineEdit(value.toString(), this);
    line->setPlaceholderText(field.fallback.isValid() && !field.fallback.toString().isEmpty()
            ? field.fallback.toString()
            : field.kind == FieldSpec::Kind::Duration ? tr("such as 1h")
                                                      : tr("by itself"));
    connect(line, &QLineEdit::textChanged, this, &FieldForm::changed);
    return line;
}

void FieldForm::setFields(const std::vector<FieldSpec> &fields, const QVariantMap &values)
{
    while (m_form->rowCount() > 0)
        m_form->removeRow(0);
    m_inputs.clear();
    m_given = values;
    for (const FieldSpec &field : fields) {
        Input input{field, inputFor(field, values.value(field.key)), newProblemLine(this)};
        input.widget->setObjectName(u"option."_s + field.key);
        input.widget->setAccessibleName(field.label);
        m_form->addRow(field.label, input.widget);
        m_form->addRow(input.problem);
        m_inputs.push_back(input);
    }
}

QVariant FieldForm::valueOf(const Input &input)
{
    if (const auto *box = qobject_cast<QCheckBox *>(input.widget))
        return box->isChecked();
    if (const auto *choice = qobject_cast<QComboBox *>(input.widget))
        return choice->currentText().isEmpty() ? QVariant() : choice->currentText();
    QString text;
    if (const auto *area = qobject_cast<QPlainTextEdit *>(input.widget))
        text = area->toPlainText();
    else if (const auto *line = qobject_cast<QLineEdit *>(input.widget))
        text = line->text();
    if (text.trimmed().isEmpty())
        return {};
    if (isStructured(input.field) && qobject_cast<QLineEdit *>(input.widget)) {
        QVariantList words;
        for (const QString &word : text.split(u',', Qt::SkipEmptyParts)) {
            if (!word.trimmed().isEmpty())
                words += word.trimmed();
        }
        return words.isEmpty() ? QVariant() : words;
    }
    if (isStructured(input.field)) {
        const QJsonDocument json = QJsonDocument::fromJson(text.toUtf8());
        return json.isNull() ? QVariant(text) : json.toVariant();
    }
    if (const auto checked = checkedField(input.field, text))
        return *checked;
    return text;
}

QVariantMap FieldForm::values() const
{
    QVariantMap values = m_given;
    for (const Input &input : m_inputs) {
        const QString &key = input.field.key;
        const QVariant value = valueOf(input);
        const bool isFallback = value == input.field.fallback && !m_given.contains(key);
        if (!value.isValid() || isFallback)
            values.remove(key);
        // A number written 5 and a number read as 5.0 are one: the file's form stays.
        else if (checkedField(input.field, m_given.value(key)).value_or(QVariant()) != value
            || !m_given.contains(key))
            values.insert(key, value);
    }
    return values;
}

void FieldForm::setProblems(const QMap<QString, QString> &problems)
{
    for (const Input &input : m_inputs) {
        QString text = problems.value(input.field.key);
        if (text.isEmpty() && isStructured(input.field) && valueOf(input).typeId() == QMetaType::QString)
            text = tr("This is no JSON.");
        input.problem->setText(text);
        input.problem->setVisible(!text.isEmpty());
    }
}

} // namespace bw
