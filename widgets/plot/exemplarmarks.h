// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>
#include <widgets/plot/hoverbox.h>

#include <QRect>
#include <QString>

#include <vector>

class QPainter;

namespace bw {

struct Theme;

/// One measured request on a graph: a diamond that leads to its trace.
struct PlotExemplar
{
    qint64 time = 0; ///< ns
    double value = 0;
    QString text; ///< plain; one "name = value" a line
    TraceId trace; ///< null: it names none
};

/// Where a mark can be hit, in logical pixels, and what it stands for.
struct PlotHit
{
    QRect rect;
    int index = 0;
};

/// Which of `centers` to paint, ascending, so that no diamond hides another: those with the greater value
/// (the smaller y) win. NaN coordinates are left out.
std::vector<int> unhiddenMarks(const std::vector<QPointF> &centers);
/// Paints the diamond around `center`; returns where it can be hit.
QRect paintExemplar(QPainter &painter, const QPointF &center, const Theme &theme);
/// The exemplar under a point, the topmost first; null when there is none.
const PlotExemplar *exemplarUnder(
    const QPoint &at, const std::vector<PlotHit> &hits, const std::vector<PlotExemplar> &exemplars);
/// Its value, what it is of, and what a click does.
std::vector<HoverBox::Row> exemplarRows(const PlotExemplar &exemplar, const QString &unit, int decimals);

} // namespace bw
