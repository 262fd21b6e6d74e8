// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelkind.h>

namespace bw {

/// True for a table panel whose columns are those of its transformed answers, not those its options name.
bool showsFrames(const Panel &panel);
/// The view of such a panel.
PanelView *createFrameTable(const Panel &panel, QWidget *parent);

} // namespace bw
