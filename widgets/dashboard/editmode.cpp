// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/editmode.h>

#include <domain/base/untrusted.h>
#include <widgets/base/safetext.h>
#include <widgets/dashboard/dashboardnamedialog.h>
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/editbar.h>
#include <widgets/dashboard/editlayer.h>
#include <widgets/dashboard/paneleditor.h>
#include <widgets/panels/panelkinds.h>

#include <QEvent>
#include <QPushButton>
#include <QShortcut>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// What a new panel of a kind starts with: something that shows something.
Panel newPanel(const QString &kind)
{
    Panel panel;
    panel.kind = kind;
    panel.title = EditMode::tr("New panel");
    if (kind == "row"_L1) {
        panel.title = EditMode::tr("New row");
        panel.grid = {0, 0, 24, 1};
    } else if (kind == "text"_L1) {
        panel.options.insert(u"content"_s, EditMode::tr("What to know about this dashboard."));
        panel.grid = {0, 0, 12, 4};
    } else {
        panel.grid = {0, 0, kind == "stat"_L1 || kind == "gauge"_L1 ? 6 : 12, 8};
        PanelQuery query;
        query.id = u"a"_s;
        query.expr = u"up"_s;
        static const QMap<QString, QString> types{{u"alerts"_s, u"alerts"_s}, {u"list"_s, u"deploys"_s},
            {u"sources"_s, u"sources"_s}, {u"tracelist"_s, u"traces"_s}, {u"nodegraph"_s, u"dependencies"_s}};
        if (types.contains(kind)) {
            query.type = types.value(kind);
            query.expr.clear();
        }
        panel.queries.push_back(query);
    }
    return panel;
}

/// `now` with the words of `named`: the file may have been read again while somebody typed them.
Dashboard withWords(Dashboard now, const Dashboard &named)
{
    now.title = named.title;
    now.description = named.description;
    now.tags = named.tags;
    return now;
}

} // namespace

EditMode::EditMode(DashboardView &view, const Dashboard &dashboard, QStringList takenIds)
    : QObject(&view)
    , m_view(view)
    , m_edits(dashboard)
    , m_takenIds(std::move(takenIds))
    , m_bar(new EditBar(&view))
    , m_layer(new EditLayer(
          m_edits, [this] { return m_view.gridMetrics(); }, view.gridWidget()))
{
    view.insertOnTop(m_bar);
    m_layer->setGeometry(view.gridWidget()->rect());
    view.gridWidget()->installEventFilter(this);
    connect(&m_edits, &DashboardEdits::changed, this, &EditMode::apply);
    connect(&m_edits, &DashboardEdits::selectionChanged, this, &EditMode::showState);
    connect(m_layer, &EditLayer::editRequested, this, &EditMode::openPanelEditor);
    connect(m_layer, &EditLayer::saveRequested, this, &EditMode::save);
    connect(m_layer, &EditLayer::leaveRequested, this, &EditMode::leave);
    connect(m_layer, &EditLayer::reachWanted, &view, &DashboardView::reach);
    connect(m_bar, &EditBar::addRequested, this, &EditMode::addPanel);
    connect(m_bar, &EditBar::editRequested, this, [this] { openPanelEditor(m_edits.selected()); });
    connect(m_bar, &EditBar::settingsRequested, this, &EditMode::openSettings);
    connect(m_bar, &EditBar::undoRequested, &m_edits.steps(), &QUndoStack::undo);
    connect(m_bar, &EditBar::redoRequested, &m_edits.steps(), &QUndoStack::redo);
    connect(m_bar, &EditBar::saveRequested, this, &EditMode::save);
    connect(m_bar, &EditBar::copyRequested, this, &EditMode::saveCopy);
    connect(m_bar, &EditBar::leaveRequested, this, &EditMode::leave);
    // While a button of the band has the focus; the layer takes its keys itself.
    const auto key = [this](const char *keys, auto run) {
        auto *shortcut = new QShortcut(QKeySequence(QString::fromLatin1(keys)), m_bar);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, run);
    };
    key("Ctrl+S", [this] { save(); });
    key("Ctrl+Z", [this] { m_edits.steps().undo(); });
    key("Ctrl+Shift+Z", [this] { m_edits.steps().redo(); });
    key("Esc", [this] { leave(); });
    m_bar->show();
    m_layer->show();
    m_layer->raise();
    m_layer->setFocus();
    showState();
}

EditMode::~EditMode() { retire(); }

void EditMode::retire()
{
    m_edits.disconnect(this);
    for (QWidget *own : {static_cast<QWidget *>(m_panelEditor), static_cast<QWidget *>(m_layer),
             static_cast<QWidget *>(m_bar)}) {
        if (!own)
            continue;
        own->hide();
        own->deleteLater(); // it may be what is calling
    }
    m_panelEditor.clear();
    m_layer.clear();
    m_bar.clear();
}

EditLayer &EditMode::layer() { return *m_layer; }

EditBar &EditMode::bar() { return *m_bar; }

PanelEditor *EditMode::panelEditor() const { return m_panelEditor; }

bool EditMode::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && m_layer)
        m_layer->setGeometry(m_view.gridWidget()->rect());
    return QObject::eventFilter(watched, event);
}

void EditMode::apply()
{
    m_view.showEdited(m_edits.dashboard());
    m_layer->raise();
    showState();
}

void EditMode::showState()
{
    if (!m_bar)
        return;
    EditBar::State state;
    state.title = m_edits.dashboard().title;
    state.undo = m_edits.steps().canUndo() ? m_edits.steps().undoText() : QString();
    state.redo = m_edits.steps().canRedo() ? m_edits.steps().redoText() : QString();
    state.problem = m_problem;
    state.isDirty = m_edits.isDirty();
    state.isSaving = !m_pending.edited.id.isEmpty();
    state.hasSelection = !m_edits.selected().isEmpty();
    m_bar->showState(state);
}

void EditMode::addPanel(const QString &kind)
{
    EditedPanel added = withPanel(m_edits.dashboard(), newPanel(kind));
    const QString id = added.panelId;
    m_edits.change(std::move(added.dashboard), tr("Add a panel"), id);
    m_view.reach(m_layer->rectOf(id));
    openPanelEditor(id);
}

void EditMode::openPanelEditor(const QString &panelId)
{
    const Panel *panel = findPanel(m_edits.dashboard(), panelId);
    if (!panel || m_panelEditor)
        return;
    m_panelEditor = new PanelEditor(*panel, m_edits.dashboard(), m_view.editorContext(), &m_view);
    m_panelEditor->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_panelEditor, &QDialog::accepted, this, [this, panelId] {
        takeEditedPanel(panelId, m_panelEditor->panel());
        m_layer->setFocus();
    });
    m_panelEditor->open();
}

/// The file may have been read again meanwhile, without this panel: what was made of it is not lost.
void EditMode::takeEditedPanel(const QString &panelId, const Panel &panel)
{
    const bool isThere = findPanel(m_edits.dashboard(), panelId) != nullptr;
    EditedPanel edited = isThere ? withPanelReplaced(m_edits.dashboard(), panelId, panel)
                                 : withPanel(m_edits.dashboard(), panel);
    if (!isThere)
        m_problem = tr("%1 was taken out of the file meanwhile; with your changes it is a new panel")
                        .arg(render::line(Untrusted(panel.title), 80));
    m_edits.change(
        std::move(edited.dashboard), isThere ? tr("Edit a panel") : tr("Add a panel"), edited.panelId);
}

void EditMode::openSettings()
{
    auto *dialog = new DashboardNameDialog(m_edits.dashboard(), {}, &m_view);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_edits.change(
            withWords(m_edits.dashboard(), dialog->dashboard()), tr("Change the title"), m_edits.selected());
    });
    dialog->open();
}

// --- saving

void EditMode::save()
{
    if (!m_pending.edited.id.isEmpty())
        return;
    if (!m_edits.isDirty()) {
        if (std::exchange(m_leavesWhenSaved, false))
            emit left();
        return;
    }
    if (!m_edits.base().origin.startsWith(u':'))
        return write(m_edits.dashboard(), false, false);
    askWhatOf(tr("Where to save"),
        tr("%1 comes with the program, and is not changed. Your version can take its place, for you alone, "
           "or stand beside it as another dashboard.")
            .arg(render::line(Untrusted(m_edits.base().title), 80)),
        {{tr("Take its place"), [this] { write(m_edits.dashboard(), false, false); }},
            {tr("Another dashboard…"), [this] { saveCopy(); }}});
}

void EditMode::saveCopy()
{
    auto *dialog = new DashboardNameDialog(m_edits.dashboard(), m_takenIds, &m_view);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        Dashboard copy = withWords(m_edits.dashboard(), dialog->dashboard());
        copy.id = dialog->dashboard().id;
        write(std::move(copy), false, false);
    });
    connect(dialog, &QDialog::rejected, this, [this] { m_leavesWhenSaved = false; });
    dialog->open();
}

void EditMode::write(Dashboard edited, bool mayRewrite, bool mayOverwrite)
{
    m_problem.clear();
    m_pending = {std::move(edited), m_edits.base(), mayRewrite, mayOverwrite};
    showState();
    emit saveWanted(m_pending);
}

void EditMode::saved(const Dashboard &saved, const QStringList &mistakes)
{
    const DashboardToSave written = std::exchange(m_pending, {});
    m_problem.clear();
    if (!mistakes.isEmpty())
        m_problem = tr("Saved, with %n mistake(s): %1", nullptr, int(mistakes.size()))
                        .arg(render::line(Untrusted(mistakes.front()), 300));
    m_disk.reset();
    if (saved.id != m_edits.base().id) {
        emit left(); // the copy is another page; this one is as its file says
        return;
    }
    m_edits.setSaved(saved, written.edited);
    if (std::exchange(m_leavesWhenSaved, false) && !m_edits.isDirty())
        emit left();
}

void EditMode::saveFailed(const QString &why)
{
    m_pending = {};
    m_leavesWhenSaved = false;
    m_problem = tr("Not saved: %1").arg(why);
    showState();
}

void EditMode::askRewrite(const QString &path)
{
    const DashboardToSave asked = std::exchange(m_pending, {});
    m_problem.clear();
    showState();
    askWhatOf(tr("Written by hand"),
        tr("%1 has comments or a layout of its own. Saving writes it anew, without them; the present file is "
           "kept beside it as a backup.")
            .arg(render::line(Untrusted(path), 300)),
        {{tr("Save with a backup"), [this, asked] { write(asked.edited, true, asked.mayOverwrite); }},
            {tr("Another dashboard…"), [this] { saveCopy(); }}});
}

void EditMode::askOverwrite(const QString &path)
{
    const DashboardToSave asked = std::exchange(m_pending, {});
    m_problem = tr("Not saved: %1 changed meanwhile").arg(render::line(Untrusted(path), 200));
    showState();
    askWhatOf(tr("The file changed meanwhile"),
        tr("Somebody else wrote %1 since you began. Your version can take its place, with theirs kept beside "
           "it as a backup, or become another dashboard.")
            .arg(render::line(Untrusted(path), 300)),
        {{tr("Replace with a backup"), [this, asked] { write(asked.edited, true, true); }},
            {tr("Another dashboard…"), [this] { saveCopy(); }}});
}

void EditMode::askRestore(const QString &path)
{
    const DashboardToSave asked = std::exchange(m_pending, {});
    m_problem = tr("Not saved: %1 was deleted meanwhile").arg(render::line(Untrusted(path), 200));
    showState();
    askWhatOf(tr("The file was deleted meanwhile"),
        tr("Somebody deleted %1 since you began. Your version can be written there again, or become another "
           "dashboard.")
            .arg(render::line(Untrusted(path), 300)),
        {{tr("Write it again"), [this, asked] { write(asked.edited, asked.mayRewrite, true); }},
            {tr("Another dashboard…"), [this] { saveCopy(); }}});
}

/// A question with several answers; Escape and "Go on editing" change nothing.
void EditMode::askWhatOf(const QString &title, const QString &question,
    std::vector<std::pair<QString, std::function<void()>>> answers)
{
    auto *box = new PlainMessageBox(PlainMessageBox::Question, title, question, &m_view);
    box->setAttribute(Qt::WA_DeleteOnClose);
    std::vector<std::pair<QAbstractButton *, std::function<void()>>> buttons;
    for (auto &[text, run] : answers)
        buttons.emplace_back(box->addButton(text, PlainMessageBox::AcceptRole), std::move(run));
    QPushButton *stay = box->addButton(tr("Go on editing"), PlainMessageBox::RejectRole);
    box->setDefaultButton(stay);
    box->setEscapeButton(stay);
    connect(box, &PlainMessageBox::buttonClicked, this, [this, buttons](QAbstractButton *clicked) {
        for (const auto &[button, run] : buttons) {
            if (button == clicked)
                return run();
        }
        m_leavesWhenSaved = false;
    });
    box->open();
}

void EditMode::leave()
{
    if (!m_edits.isDirty()) {
        emit left();
        return;
    }
    askWhatOf(tr("Not saved yet"),
        tr("%1 has changes that are not saved.").arg(render::line(Untrusted(m_edits.dashboard().title), 80)),
        {{tr("Save"),
             [this] {
                 m_leavesWhenSaved = true;
                 save();
             }},
            {tr("Discard the changes"), [this] { emit left(); }}});
}

void EditMode::goOn(const Dashboard &edited, Dashboard base)
{
    const Dashboard now = m_edits.base();
    m_edits.change(edited, tr("What was not saved"), {});
    base.id = now.id;
    base.origin = now.origin;
    if (!m_edits.isDirty() || isSameContent(base, now))
        return;
    m_edits.setSaved(base, base);
    diskChanged(now);
}

void EditMode::diskChanged(const Dashboard &dashboard)
{
    const bool wasGone = std::exchange(m_isGone, false);
    if (wasGone) {
        m_problem.clear();
        showState();
    }
    if (isSameContent(dashboard, m_edits.base()))
        return;
    if (!m_edits.isDirty()) {
        m_edits.steps().clear();
        m_edits.setSaved(dashboard, m_edits.dashboard());
        return;
    }
    m_disk = dashboard;
    m_problem = tr("The file changed on disk; your changes are kept here, and saving asks first");
    showState();
}

void EditMode::diskGone()
{
    if (m_edits.base().origin.isEmpty() || !m_problem.isEmpty())
        return;
    m_isGone = true;
    m_problem = tr("The file was deleted; what is edited is kept here, and saving asks first");
    showState();
}

} // namespace bw
