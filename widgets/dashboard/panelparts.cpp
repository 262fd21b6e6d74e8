// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/panelparts.h>

#include <domain/base/format.h>
#include <widgets/base/safetext.h>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;

RowsForm::RowsForm(const QString &addText, QWidget *parent)
    : QWidget(parent)
    , m_rows(new QVBoxLayout)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    m_rows->setSpacing(4);
    column->addLayout(m_rows);
    auto *add = new QPushButton(addText, this);
    add->setAutoDefault(false);
    column->addWidget(add, 0, Qt::AlignLeft);
    connect(add, &QPushButton::clicked, this, [this] {
        addEmptyRow();
        emit changed();
    });
}

void RowsForm::addRow(const std::vector<QWidget *> &inputs, std::function<void()> removed)
{
    auto *row = new QWidget(this);
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    for (QWidget *input : inputs)
        line->addWidget(input, 1);
    auto *remove = new QToolButton(row);
    remove->setText(u"−"_s);
    remove->setAccessibleName(tr("Remove"));
    setTip(remove, tr("Remove"));
    line->addWidget(remove);
    m_rows->addWidget(row);
    connect(remove, &QToolButton::clicked, this, [this, row, removed = std::move(removed)] {
        removed();
        row->hide();
        row->deleteLater();
        emit changed();
    });
}

// --- thresholds

ThresholdsForm::ThresholdsForm(const Thresholds &thresholds, QWidget *parent)
    : RowsForm(tr("Add a threshold"), parent)
{
    for (const ThresholdStep &step : thresholds.steps)
        addStep(step);
}

void ThresholdsForm::addEmptyRow()
{
    static const QStringList order{u"good"_s, u"warning"_s, u"critical"_s};
    ThresholdStep step;
    step.color = order[std::min(qsizetype(m_rows.size()), order.size() - 1)];
    addStep(step);
}

void ThresholdsForm::addStep(const ThresholdStep &step)
{
    auto *from = new QLineEdit(step.from ? formatExact(*step.from) : QString(), this);
    from->setPlaceholderText(m_rows.empty() ? tr("from the lowest") : tr("from"));
    from->setAccessibleName(tr("From"));
    auto *color = new QComboBox(this);
    color->setEditable(true);
    color->setAccessibleName(tr("Colour"));
    color->addItems({u"good"_s, u"notice"_s, u"warning"_s, u"critical"_s, u"neutral"_s, u"unknown"_s});
    color->setCurrentText(step.color);
    m_rows.push_back({from, color});
    addRow({from, color},
        [this, from] { std::erase_if(m_rows, [from](const Row &row) { return row.from == from; }); });
    connect(from, &QLineEdit::textChanged, this, &ThresholdsForm::changed);
    connect(color, &QComboBox::currentTextChanged, this, &ThresholdsForm::changed);
}

std::vector<ThresholdStep> ThresholdsForm::steps() const
{
    std::vector<ThresholdStep> steps;
    for (const Row &row : m_rows) {
        ThresholdStep step;
        step.color = row.color->currentText().trimmed();
        const QString text = row.from->text().trimmed();
        bool ok = true;
        if (!text.isEmpty())
            step.from = text.toDouble(&ok);
        if (ok)
            steps.push_back(step);
    }
    return steps;
}

QString ThresholdsForm::problem() const
{
    for (const Row &row : m_rows) {
        const QString text = row.from->text().trimmed();
        bool ok = true;
        if (!text.isEmpty())
            Q_UNUSED(text.toDouble(&ok))
        if (!ok)
            return tr("\"%1\" is no number.").arg(text);
    }
    return {};
}

// --- links

LinksForm::LinksForm(const std::vector<PanelLink> &links, const QStringList &dashboards, QWidget *parent)
    : RowsForm(tr("Add a link"), parent)
    , m_dashboards(dashboards)
{
    for (const PanelLink &link : links)
        addLink(link);
}

void LinksForm::addEmptyRow() { addLink({}); }

void LinksForm::addLink(const PanelLink &link)
{
    auto *title = new QLineEdit(link.title, this);
    title->setPlaceholderText(tr("title"));
    title->setAccessibleName(tr("Title of the link"));
    auto *target = new QComboBox(this);
    target->setEditable(true);
    target->setAccessibleName(tr("Dashboard or web address"));
    target->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    target->addItem(QString());
    target->addItems(m_dashboards);
    target->setCurrentText(link.url.isEmpty() ? link.dashboard : link.url);
    target->lineEdit()->setPlaceholderText(tr("dashboard or https://…"));
    m_rows.push_back({title, target, link});
    addRow({title, target},
        [this, title] { std::erase_if(m_rows, [title](const Row &row) { return row.title == title; }); });
    connect(title, &QLineEdit::textChanged, this, &LinksForm::changed);
    connect(target, &QComboBox::currentTextChanged, this, &LinksForm::changed);
}

std::vector<PanelLink> LinksForm::links() const
{
    std::vector<PanelLink> links;
    for (const Row &row : m_rows) {
        PanelLink link = row.given; // with the context it hands over
        link.title = row.title->text();
        const QString target = row.target->currentText().trimmed();
        const bool isAddress = target.contains(u':') || target.contains(u'/');
        link.url = isAddress ? target : QString();
        link.dashboard = isAddress ? QString() : target;
        links.push_back(link);
    }
    return links;
}

} // namespace bw
