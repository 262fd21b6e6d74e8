// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bw {

class PanelView;
class PictureWidget;

/// Fills a panel with one picture over time; the picture's gestures and crosshair become the panel's.
void fillWithPicture(PanelView &panel, PictureWidget &picture);

} // namespace bw
