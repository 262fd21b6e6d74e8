// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelkind.h>

namespace bw {

/// Every kind of panel the program has, in menu order. To add one: a file with a function, and a line here.
std::vector<PanelKind> builtinPanelKinds();
/// The view of a panel; of an unknown kind a placeholder that says so.
PanelView *createPanelView(const Panel &panel, QWidget *parent);

} // namespace bw
