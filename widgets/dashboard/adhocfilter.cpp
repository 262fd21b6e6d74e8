// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/adhocfilter.h>

#include <domain/metrics/matcher.h>
#include <widgets/base/safetext.h>

#include <QComboBox>
#include <QCompleter>
#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
namespace {

constexpr int kMaxCompletions = 10'000; // a list to choose from, not a download
constexpr auto kYoung = 1min; // names of labels do not change while one types

QComboBox *nameBox(QWidget *parent, const QString &hint)
{
    auto *box = new QComboBox(parent);
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setMinimumWidth(180);
    box->setMaxVisibleItems(16);
    box->lineEdit()->setPlaceholderText(hint);
    box->completer()->setFilterMode(Qt::MatchContains);
    box->completer()->setCompletionMode(QCompleter::PopupCompletion);
    box->setAccessibleName(hint);
    return box;
}

} // namespace

AdhocFilter::AdhocFilter(DashboardPorts ports, QString source, QWidget *parent)
    : QWidget(parent)
    , m_ports(ports)
    , m_source(std::move(source))
    , m_add(new QToolButton(this))
    , m_editor(new QFrame(this, Qt::Popup))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_add);
    m_add->setText(tr("+ Filter"));
    m_add->setFocusPolicy(Qt::StrongFocus);
    setTip(m_add, tr("A matcher for every metric on this page"));
    buildEditor();
    connect(m_add, &QToolButton::clicked, this, &AdhocFilter::openEditor);
}

void AdhocFilter::buildEditor()
{
    m_editor->setFrameShape(QFrame::StyledPanel);
    auto *grid = new QGridLayout(m_editor);
    m_label = nameBox(m_editor, tr("label"));
    m_op = new QComboBox(m_editor);
    m_op->addItems({u"="_s, u"!="_s, u"=~"_s, u"!~"_s});
    m_op->setAccessibleName(tr("operator"));
    m_value = nameBox(m_editor, tr("value"));
    auto *take = new QPushButton(tr("Add"), m_editor);
    take->setDefault(true);
    m_problem = new PlainLabel(m_editor);
    m_problem->hide();
    grid->addWidget(m_label, 0, 0);
    grid->addWidget(m_op, 0, 1);
    grid->addWidget(m_value, 0, 2);
    grid->addWidget(take, 0, 3);
    grid->addWidget(m_problem, 1, 0, 1, 4);
    connect(take, &QPushButton::clicked, this, &AdhocFilter::add);
    connect(m_value->lineEdit(), &QLineEdit::returnPressed, this, &AdhocFilter::add);
    connect(m_label->lineEdit(), &QLineEdit::returnPressed, m_value, qOverload<>(&QWidget::setFocus));
    connect(m_label, &QComboBox::textActivated, this, &AdhocFilter::askValues);
    connect(m_label->lineEdit(), &QLineEdit::editingFinished, this, &AdhocFilter::askValues);
}

DatasourceId AdhocFilter::source() const
{
    const SourceInfo *usual = m_ports.sources.defaultOf(u"prometheus");
    return !m_source.isEmpty() ? DatasourceId{m_source} : usual ? usual->id : DatasourceId();
}

void AdhocFilter::setMatchers(const QStringList &matchers)
{
    if (matchers == m_matchers)
        return;
    m_matchers = matchers;
    rebuild();
}

void AdhocFilter::rebuild()
{
    for (QWidget *chip : std::exchange(m_chips, {})) {
        chip->hide();
        chip->deleteLater(); // the click may come from it
    }
    auto *row = static_cast<QHBoxLayout *>(layout());
    for (qsizetype at = 0; at < m_matchers.size(); ++at) {
        auto *chip = new QToolButton(this);
        chip->setText(render::line(Untrusted(m_matchers[at]), 60).replace(u'&', u"&&"_s) + u"  ✕"_s);
        chip->setAccessibleName(tr("Remove %1").arg(chip->text()));
        setTip(chip, tr("Click to remove"));
        connect(chip, &QToolButton::clicked, this, [this, at] {
            QStringList left = m_matchers;
            left.removeAt(at);
            setMatchers(left);
            emit edited(left);
        });
        row->insertWidget(int(at), chip);
        m_chips.push_back(chip);
    }
    updateGeometry();
}

void AdhocFilter::openEditor()
{
    m_problem->hide();
    m_label->setCurrentText({});
    m_value->setCurrentText({});
    m_value->clear();
    askLabels();
    m_editor->adjustSize();
    m_editor->move(m_add->mapToGlobal(QPoint(0, m_add->height())));
    m_editor->show();
    m_label->setFocus();
}

void AdhocFilter::askLabels()
{
    m_labels = m_ports.executor.submit({source(), LabelQuery{}}, {Priority::Visible, AskedBy::User, kYoung},
        this, [this](const Result<QueryResult> &answer) { fill(m_label, answer); });
}

void AdhocFilter::askValues()
{
    const QString label = m_label->currentText().trimmed();
    if (label.isEmpty())
        return;
    m_values = m_ports.executor.submit({source(), LabelQuery{label, {}, std::nullopt}},
        {Priority::Visible, AskedBy::User, kYoung}, this,
        [this](const Result<QueryResult> &answer) { fill(m_value, answer); });
}

/// Without an answer one types without help, and knows why.
void AdhocFilter::fill(QComboBox *box, const Result<QueryResult> &answer)
{
    m_problem->setVisible(!answer);
    if (!answer) {
        m_problem->setText(render::line(Untrusted(answer.error().message), 120));
        m_editor->adjustSize();
        return;
    }
    const auto *names = dataAs<LabelValues>(*answer);
    if (!names)
        return;
    QStringList texts;
    for (const Untrusted &name : names->values) {
        if (texts.size() < kMaxCompletions)
            texts << render::plain(name);
    }
    const QString typed = box->currentText();
    const QSignalBlocker quiet(box);
    box->clear();
    box->addItems(texts);
    box->setCurrentText(typed);
}

void AdhocFilter::add()
{
    static const QList<Matcher::Op> ops{
        Matcher::Op::Equal, Matcher::Op::NotEqual, Matcher::Op::Regex, Matcher::Op::NotRegex};
    const auto matcher = Matcher::create(
        m_label->currentText().trimmed(), ops.at(m_op->currentIndex()), m_value->currentText());
    if (!matcher) {
        m_problem->setText(render::line(Untrusted(matcher.error().message), 120));
        m_problem->show();
        m_editor->adjustSize();
        return;
    }
    m_editor->hide();
    if (m_matchers.contains(matcher->text()))
        return;
    setMatchers(m_matchers + QStringList{matcher->text()});
    emit edited(m_matchers);
}

} // namespace bw
