// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/untrusted.h>
#include <widgets/base/safetext.h>
#include <widgets/dashboard/dashboardnamedialog.h>
#include <widgets/dashboard/dashboardview.h>

#include <app/mainwindow.h>

#include <QCloseEvent>
#include <QFileDialog>
#include <QPushButton>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

QStringList titlesOf(const std::vector<Draft> &drafts)
{
    QStringList titles;
    for (const Draft &draft : drafts)
        titles << render::line(Untrusted(draft.edited.title), 60);
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

std::vector<Draft> MainWindow::unsaved() const
{
    std::vector<Draft> drafts;
    for (const auto &[id, opened] : m_views) {
        EditMode *edit = opened.view->editMode();
        if (edit && edit->edits().isDirty())
            drafts.push_back({edit->edits().dashboard(), edit->edits().base()});
    }
    return drafts;
}

void MainWindow::offerDrafts(const std::vector<Draft> &drafts)
{
    std::vector<Draft> known;
    QStringList ids, gone;
    for (const Draft &draft : drafts) {
        ids << draft.edited.id;
        if (find(draft.edited.id))
            known.push_back(draft);
        else
            gone << titlesOf({draft});
    }
    if (drafts.empty())
        return;
    QString text = tr("The program was ended while changes of %1 were not saved. They were kept.")
                       .arg(titlesOf(drafts).join(u", "_s));
    if (!gone.isEmpty())
        text += u"\n\n"_s + tr("There is no file any more for %1.").arg(gone.join(u", "_s));
    auto *box = new PlainMessageBox(PlainMessageBox::Question, tr("Kept from the last time"), text, this);
    if (!known.empty())
        connect(box->addButton(tr("Go on editing"), PlainMessageBox::AcceptRole), &QPushButton::clicked, this,
            [this, known] { takeDrafts(known); });
    connect(box->addButton(tr("Throw away"), PlainMessageBox::DestructiveRole), &QPushButton::clicked, this,
        [this, ids] { emit draftsTaken(ids); });
    QPushButton *later = box->addButton(tr("Ask again next time"), PlainMessageBox::RejectRole);
    box->setDefaultButton(later);
    box->setEscapeButton(later);
    box->open();
}

void MainWindow::takeDrafts(const std::vector<Draft> &drafts)
{
    QStringList taken;
    for (const Draft &draft : drafts) {
        openDashboard(draft.edited.id);
        if (!view() || view()->dashboard().id != draft.edited.id)
            continue; // taken out of the files meanwhile
        view()->startEditing();
        view()->editMode()->goOn(draft.edited, draft.base);
        taken << draft.edited.id;
    }
    emit draftsTaken(taken);
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
