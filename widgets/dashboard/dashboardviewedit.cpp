// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/dashboardview.h>

#include <domain/dashboards/variablegraph.h>
#include <widgets/dashboard/editlayer.h>
#include <widgets/dashboard/markers.h>
#include <widgets/dashboard/paneleditor.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/dashboard/variableset.h>

#include <QBoxLayout>
#include <QScrollArea>

namespace bw {

namespace {

/// Where it lies and where it is written do not change what a panel shows.
bool isSamePicture(Panel a, Panel b)
{
    a.grid = b.grid;
    a.line = b.line;
    a.collapsed = b.collapsed;
    return a == b;
}

} // namespace

void DashboardView::startEditing()
{
    if (m_edit || m_isBare)
        return;
    if (m_maximised)
        toggleMaximised(m_maximised);
    QStringList taken = m_knownDashboards;
    if (!taken.contains(m_dashboard.id))
        taken << m_dashboard.id;
    m_edit = new EditMode(*this, m_dashboard, taken);
    connect(m_edit, &EditMode::saveWanted, this, &DashboardView::saveWanted);
    connect(m_edit, &EditMode::left, this, &DashboardView::stopEditing);
    m_tabs.clear(); // hosts stand for their tabs
    for (const Entry &entry : m_entries)
        entry.frame->setEnabled(false);
    updateCopies();
    m_edit->layer().raise();
    setFocusProxy(&m_edit->layer());
}

void DashboardView::stopEditing()
{
    if (!m_edit)
        return;
    const Dashboard base = m_edit->onDisk();
    // Its slots may be on the stack.
    setFocusProxy(nullptr);
    m_edit->retire();
    m_edit->deleteLater();
    m_edit = nullptr;
    for (const Entry &entry : m_entries)
        entry.frame->setEnabled(true);
    showEdited(base);
    setFocus();
}

void DashboardView::showEdited(const Dashboard &dashboard)
{
    const bool hasOtherVariables =
        dashboard.variables != m_dashboard.variables || dashboard.context != m_dashboard.context;
    m_dashboard = dashboard;
    if (hasOtherVariables)
        m_variables->load(m_dashboard, {});
    updateCopies();
}

void DashboardView::takePanels(const std::vector<Panel> &wanted)
{
    std::vector<Entry> old = std::exchange(m_entries, {});
    QSet<PanelFrame *> fresh;
    for (const Panel &panel : wanted) {
        const auto same = std::find_if(old.begin(), old.end(),
            [&](const Entry &entry) { return entry.frame && isSamePicture(entry.frame->panel(), panel); });
        if (same == old.end()) {
            addPanel(panel);
            fresh.insert(m_entries.back().frame);
            continue;
        }
        m_entries.push_back(*same);
        m_entries.back().grid = panel.grid;
        same->frame = nullptr;
    }
    for (const Entry &entry : old) {
        if (entry.frame && entry.frame == m_maximised)
            m_maximised = nullptr;
        if (entry.frame)
            dispose(entry.frame);
    }
    const PanelEnvironment now = environment();
    const std::vector<Marker> markers =
        markersFor(m_dashboard, m_ports.own, m_time.range(), m_variables->context());
    for (Entry &entry : m_entries) {
        if (!fresh.contains(entry.frame))
            continue;
        entry.names = namesUsedBy(entry.frame->panel(), m_variables->adhocNames());
        entry.frame->controller().setEnvironment(now);
        entry.frame->controller().setMarkers(markers);
        entry.asked = relevantTo(entry, now);
    }
    layoutPanels();
}

GridMetrics DashboardView::gridMetrics() const { return GridMetrics(m_grid->width(), m_scale); }

void DashboardView::insertOnTop(QWidget *band) { static_cast<QBoxLayout *>(layout())->insertWidget(0, band); }

void DashboardView::reach(const QRect &place)
{
    const QPoint center = place.center();
    m_scroll->ensureVisible(center.x(), center.y(), place.width() / 2, place.height() / 2);
}

PanelEditorContext DashboardView::editorContext() const
{
    return {m_ports, environment(), m_time.range(), m_knownDashboards};
}

} // namespace bw
