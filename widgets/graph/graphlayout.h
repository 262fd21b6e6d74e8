// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <vector>

namespace bw {

struct GraphEdgeEnds
{
    int from = 0, to = 0; ///< indices of nodes
    QSizeF label; ///< room its label needs; empty: none
};
/// Where everything stands. Same indices as what was given.
struct GraphPicture
{
    QSizeF size;
    std::vector<QPointF> nodes; ///< middles
    struct Edge
    {
        std::vector<QPointF> curve; ///< cubic Bézier: start, then three points a piece; empty: not drawn
        QPointF arrow; ///< tip
        QPointF label; ///< middle
    };
    std::vector<Edge> edges;
};

/// Layers from left to right, by Graphviz' dot. Milliseconds for tens of nodes, a second for a thousand: not
/// for the UI thread. Graphviz is not made for several threads, so one layout is made at a time; any thread.
GraphPicture layeredLayout(const std::vector<QSizeF> &nodes, const std::vector<GraphEdgeEnds> &edges);

} // namespace bw
