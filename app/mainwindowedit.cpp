// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/untrusted.h>
#include <widgets/base/safetext.h>
#include <widgets/dashboard/dashboardnamedialog.h>
#include <widgets/dashboard/dashboardview.h>

#include <app/mainwindow.h>

#include <QCloseEvent>
#include <QFileDialog>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

QStringList titlesOf(const std::vector<Dashboard> &dashboards)
{
    QStringList titles;
    for (const Dashboard &dashboard : dashboards)
        titles << render::line(Untrusted(dashboard.title), 60);
    return titles;
}

} // namespace

void MainWindow::addEditActions()
{
    // E itself belongs to the dashboard: other pages have a use of their own for the letter.
    m_actions.add({u"dashboard.edit"_s, tr("Edit dashboard, or leave editing (E)"), {}, Menu::View,
        [this] {
            if (EditMode *edit = view()->editMode())
                edit->leave();
            else
                view()->startEditing();
        },
        [this] { return view() != nullptr; }});
    m_actions.add({u"dashboard.save"_s, tr("Save the edited dashboard (Ctrl+S)"), {}, Menu::Dashboards,
        [this] { view()->editMode()->save(); }, [this] { return view() && view()->editMode(); }});
    m_actions.add({u"dashboard.empty"_s, tr("New empty dashboard…"), {}, Menu::Dashboards,
        [this] { newDashboard(); }, {}});
}

void MainWindow::connectEditing(DashboardView *view)
{
    view->setKnownDashboards(dashboardIds());
    connect(view, &DashboardView::saveWanted, this, &MainWindow::dashboardSaveWanted);
    connect(view, &DashboardView::exportWanted, this, &MainWindow::chooseExportFile);
}

QStringList MainWindow::dashboardIds() const
{
    QStringList ids;
    for (const Dashboard &dashboard : m_files.dashboards)
        ids << dashboard.id;
    return ids;
}

void MainWindow::newDashboard()
{
    const QStringList taken = dashboardIds();
    auto *dialog = new DashboardNameDialog(
        emptyDashboard(tr("New dashboard"), taken), taken.isEmpty() ? QStringList{QString()} : taken, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        emit dashboardSaveWanted({dialog->dashboard(), {}, false, false});
    });
    dialog->open();
}

void MainWindow::saveAnswered(const DashboardToSave &save, const Result<DashboardSaved> &answer)
{
    const auto at = m_views.find(save.base.id);
    EditMode *edit = at == m_views.end() ? nullptr : at->second.view->editMode();
    using Outcome = DashboardSaved::Outcome;
    if (answer && answer->outcome == Outcome::Written) {
        if (save.edited.id != save.base.id) {
            m_opensNext = save.edited.id;
            m_editsNext = save.base.id.isEmpty();
        }
        if (edit)
            edit->saved(answer->dashboard, answer->mistakes);
        return;
    }
    if (!edit) {
        const QString why = answer ? tr("%1 exists already.").arg(answer->path) : answer.error().message;
        PlainMessageBox::inform(this, PlainMessageBox::Warning, tr("No dashboard was written"), why);
    } else if (!answer) {
        edit->saveFailed(answer.error().message);
    } else if (answer->outcome == Outcome::AsksRewrite) {
        edit->askRewrite(answer->path);
    } else if (answer->outcome == Outcome::AsksRestore) {
        edit->askRestore(answer->path);
    } else {
        edit->askOverwrite(answer->path);
    }
}

/// What was saved under a new name comes to the front as soon as its file has been read.
void MainWindow::openNext()
{
    if (m_opensNext.isEmpty() || !find(m_opensNext))
        return;
    openDashboard(std::exchange(m_opensNext, QString()));
    if (std::exchange(m_editsNext, false) && view())
        view()->startEditing();
}

void MainWindow::chooseExportFile(const PanelExport &made)
{
    auto *dialog = new QFileDialog(this, tr("Save the panel"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(made.suffix);
    dialog->setNameFilters({u"%1 (*.%2)"_s.arg(made.suffix.toUpper(), made.suffix), tr("All files (*)")});
    dialog->selectFile(made.name);
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, made](const QString &path) { emit exportChosen(path, made); });
    dialog->open();
}

std::vector<Dashboard> MainWindow::unsaved() const
{
    std::vector<Dashboard> dashboards;
    for (const auto &[id, opened] : m_views) {
        EditMode *edit = opened.view->editMode();
        if (edit && edit->edits().isDirty())
            dashboards.push_back(edit->edits().dashboard());
    }
    return dashboards;
}

void MainWindow::offerDrafts(const std::vector<Dashboard> &drafts)
{
    std::vector<Dashboard> known;
    std::copy_if(drafts.begin(), drafts.end(), std::back_inserter(known),
        [this](const Dashboard &draft) { return find(draft.id) != nullptr; });
    if (known.empty())
        return;
    PlainMessageBox::ask(this, tr("Kept from the last time"),
        tr("The program was ended while changes of %1 were not saved. They were kept.")
            .arg(titlesOf(known).join(u", "_s)),
        tr("Go on editing"), [this, known] {
            QStringList taken;
            for (const Dashboard &draft : known) {
                openDashboard(draft.id);
                if (!view() || view()->dashboard().id != draft.id)
                    continue; // taken out of the files meanwhile
                view()->startEditing();
                view()->editMode()->edits().change(draft, tr("What was not saved"), {});
                taken << draft.id;
            }
            emit draftsTaken(taken);
        });
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const QStringList unsaved = titlesOf(this->unsaved());
    if (unsaved.isEmpty() || m_closesUnsaved) {
        QMainWindow::closeEvent(event);
        return;
    }
    event->ignore();
    PlainMessageBox::ask(this, tr("Not saved yet"),
        tr("Changes of %1 are not saved.").arg(unsaved.join(u", "_s)), tr("Discard and quit"), [this] {
            m_closesUnsaved = true;
            close();
        });
}

} // namespace bw
