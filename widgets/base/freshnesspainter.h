// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/freshness.h>
#include <widgets/base/theme.h>

#include <QRect>

namespace bw {

/// The only painter of freshness: the same picture of the same state in panels, tables, tray and displays.
/// Every state has shape, word, colour and pattern; no two look alike, and none looks like a zero.

/// Shape, character, word and colour role of a state. Fresh has no word: data speaks for itself.
Mark freshnessGlyph(Freshness::State state);

/// Paints over the data area `rect`, whose last good data is already there (or nothing, when there never was
/// any). Fresh paints nothing. Stale: dimmed, hatched, a band with the age and the reason. Error without
/// data: the reason on an empty ground; with data: cross-hatched behind a band. Empty: the word "none".
/// Never: a dashed outline. Opaque colours only: Qt 6.4 hands translucent spans to other threads.
void paintFreshness(
    QPainter &painter, const QRect &rect, const Freshness &freshness, BootTime now, const Theme &theme);

/// The compact form for title rows and table cells: shape and word, right-aligned in `rect`; nothing for a
/// fresh state. Returns the width it took. Too narrow a `rect` gets the shape alone.
int paintFreshnessBadge(
    QPainter &painter, const QRect &rect, const Freshness &freshness, BootTime now, const Theme &theme);

} // namespace bw
