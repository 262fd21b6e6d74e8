// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/actions/commandpalette.h>
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/variableset.h>

#include <app/mainwindow.h>
#include <app/savedsets.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

/// Saved sets and displays: what the palette offers beside pages and actions.
void MainWindow::addSetActions()
{
    const auto hasView = [this] { return view() != nullptr; };
    m_actions.add({u"sets.save"_s, tr("Save what is shown as a set…"), QKeySequence(u"Ctrl+Shift+S"_s),
        Menu::Dashboards, [this] { saveSet(); }, hasView});
    m_actions.add({u"sets.manage"_s, tr("Saved sets: open, rename, delete…"), {}, Menu::Dashboards,
        [this] { openSetsDialog(this, *m_sets, [this](const QString &name) { openSet(name); }); },
        [this] { return !m_sets->all().empty(); }});
    m_actions.add({u"view.display"_s, tr("Show this dashboard as a display"), QKeySequence(u"Shift+F11"_s),
        Menu::View, [this] { emit displayWanted(u"dashboard:"_s + m_current); }, hasView});
    connect(m_sets, &SavedSets::edited, this, &MainWindow::setsEdited);
    m_palette->addSource([this] {
        std::vector<PaletteEntry> entries;
        for (const SavedSet &set : m_sets->all())
            entries.push_back({set.name, tr("Set"), {}, [this, name = set.name] { openSet(name); }});
        for (const Rotation &rotation : m_files.display.rotations) {
            entries.push_back({tr("Rotation %1").arg(rotation.id), tr("Display"), {},
                [this, id = rotation.id] { emit displayWanted(u"rotation:"_s + id); }});
        }
        return entries;
    });
}

void MainWindow::saveSet()
{
    DashboardView *shown = view();
    if (!shown)
        return;
    QStringList words = shown->variables().context().values();
    if (words.isEmpty())
        words << shown->dashboard().title;
    SavedSet set{{}, m_current, shown->variables().choices(), m_time.spec(), shown->compare()};
    askForName(this, tr("Save a set"), tr("Name; one that exists is replaced"), words.join(u' '),
        [this, set](const QString &name) {
            SavedSet named = set;
            named.name = name;
            m_sets->put(named);
        });
}

void MainWindow::compareNext()
{
    DashboardView *shown = view();
    if (!shown)
        return;
    const QString every(kEveryPanel);
    shown->setCompare(withChoice(shown->compare(), every, nextOf(chosenFor(shown->compare(), every))));
    rememberPlace(shown);
}

void MainWindow::openSet(const QString &name)
{
    const SavedSet *found = m_sets->find(name);
    if (!found)
        return;
    const SavedSet set = *found;
    const TimeNavigator::Step step(m_time);
    openDashboard(set.dashboard, set.choices);
    // A range that cannot be read leaves the present one; reading the file has said so.
    if (set.time)
        Q_UNUSED(m_time.setSpec(*set.time))
    if (DashboardView *shown = view(); shown && m_current == set.dashboard) {
        shown->setCompare(set.compare);
        rememberPlace(shown);
    }
}

} // namespace bw
