// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>

#include <domain/base/registry.h>

namespace bw {

PanelKind timeSeriesPanelKind(); // timeseriespanel.cpp
PanelKind statPanelKind(); // statpanel.cpp
PanelKind gaugePanelKind(); // gaugepanel.cpp
PanelKind barGaugePanelKind(); // gaugepanel.cpp
PanelKind tablePanelKind(); // tablepanel.cpp
PanelKind heatmapPanelKind(); // heatmappanel.cpp
PanelKind statusHistoryPanelKind(); // statushistorypanel.cpp
PanelKind alertListPanelKind(); // alertlistpanel.cpp
PanelKind listPanelKind(); // listpanel.cpp
PanelKind sourcesPanelKind(); // listpanel.cpp
PanelKind traceListPanelKind(); // tracelistpanel.cpp
PanelKind nodeGraphPanelKind(); // nodegraphpanel.cpp
PanelKind textPanelKind(); // textpanel.cpp
PanelKind rowPanelKind(); // rowpanel.cpp
PanelKind placeholderPanelKind(); // placeholderpanel.cpp

std::vector<PanelKind> builtinPanelKinds()
{
    return {timeSeriesPanelKind(), statPanelKind(), gaugePanelKind(), barGaugePanelKind(), tablePanelKind(),
        heatmapPanelKind(), statusHistoryPanelKind(), alertListPanelKind(), listPanelKind(),
        sourcesPanelKind(), traceListPanelKind(), nodeGraphPanelKind(), textPanelKind(), rowPanelKind(),
        placeholderPanelKind()};
}

PanelView *createPanelView(const Panel &panel, QWidget *parent)
{
    static const std::vector<PanelKind> kinds = builtinPanelKinds();
    const PanelKind *kind = findById(kinds, panel.kind);
    return (kind ? *kind : kinds.back()).create(panel, parent);
}

} // namespace bw
