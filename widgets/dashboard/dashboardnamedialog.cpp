// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/dashboardnamedialog.h>

#include <domain/dashboards/dashboardedit.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>

namespace bw {
using namespace Qt::Literals::StringLiterals;

DashboardNameDialog::DashboardNameDialog(
    const Dashboard &dashboard, const QStringList &taken, QWidget *parent)
    : QDialog(parent)
    , m_dashboard(dashboard)
    , m_taken(taken)
    , m_title(new QLineEdit(dashboard.title, this))
    , m_description(new QLineEdit(dashboard.description, this))
    , m_tags(new QLineEdit(dashboard.tags.join(u", "_s), this))
    , m_id(new QLineEdit(this))
    , m_problem(new PlainLabel(this))
{
    setWindowTitle(taken.isEmpty() ? tr("Title and settings") : tr("Another dashboard"));
    auto *form = new QFormLayout(this);
    form->addRow(tr("Title"), m_title);
    form->addRow(tr("Description"), m_description);
    form->addRow(tr("Tags, separated by commas"), m_tags);
    if (!taken.isEmpty()) {
        form->addRow(tr("Name of the file"), m_id);
        const bool isCopy = taken.contains(dashboard.id);
        if (isCopy && !dashboard.title.isEmpty())
            m_title->setText(tr("%1 (mine)").arg(dashboard.title));
        m_title->selectAll();
        connect(m_id, &QLineEdit::textEdited, this, [this] { m_isIdTyped = true; });
    } else {
        m_id->hide();
    }
    m_description->setCursorPosition(0); // what is too long is cut at its end
    m_problem->setWordWrap(true);
    QPalette colors = m_problem->palette();
    colors.setColor(QPalette::WindowText, themeOf(this).critical);
    m_problem->setPalette(colors);
    form->addRow(m_problem);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    for (QLineEdit *edit : {m_title, m_id})
        connect(edit, &QLineEdit::textChanged, this, &DashboardNameDialog::check);
    check();
    resize(480, sizeHint().height());
}

void DashboardNameDialog::check()
{
    if (!m_taken.isEmpty() && !m_isIdTyped) {
        const QSignalBlocker quiet(m_id);
        m_id->setText(idFrom(m_title->text(), m_taken, u"dashboard"_s));
    }
    QString problem;
    if (m_title->text().trimmed().isEmpty())
        problem = tr("A dashboard needs a title.");
    else if (!m_taken.isEmpty() && !isPossibleId(m_id->text()))
        problem = tr("The name of the file is made of a-z, 0-9 and -.");
    else if (m_taken.contains(m_id->text()))
        problem = tr("There is a dashboard %1 already.").arg(m_id->text());
    m_problem->setText(problem);
    m_ok->setEnabled(problem.isEmpty());
}

Dashboard DashboardNameDialog::dashboard() const
{
    Dashboard dashboard = m_dashboard;
    dashboard.title = m_title->text().trimmed();
    dashboard.description = m_description->text().trimmed();
    dashboard.tags.clear();
    for (const QString &tag : m_tags->text().split(u',')) {
        if (!tag.trimmed().isEmpty())
            dashboard.tags << tag.trimmed();
    }
    if (!m_taken.isEmpty())
        dashboard.id = m_id->text();
    return dashboard;
}

} // namespace bw
