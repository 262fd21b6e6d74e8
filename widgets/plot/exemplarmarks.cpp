// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/exemplarmarks.h>

#include <domain/base/format.h>
#include <widgets/base/theme.h>

#include <QPainter>

namespace bw {
using namespace Qt::Literals::StringLiterals;

QRect paintExemplar(QPainter &painter, const QPointF &center, const Theme &theme)
{
    const QRectF box(center.x() - 4, center.y() - 4, 8, 8);
    paintShape(painter, box.adjusted(-1, -1, 1, 1), Shape::Diamond, theme.surface);
    paintShape(painter, box, Shape::Diamond, theme.accent);
    return box.toAlignedRect().adjusted(-2, -2, 2, 2);
}

const PlotExemplar *exemplarUnder(
    const QPoint &at, const std::vector<PlotHit> &hits, const std::vector<PlotExemplar> &exemplars)
{
    for (auto hit = hits.rbegin(); hit != hits.rend(); ++hit) {
        if (hit->rect.contains(at) && size_t(hit->index) < exemplars.size())
            return &exemplars[size_t(hit->index)];
    }
    return nullptr;
}

std::vector<HoverBox::Row> exemplarRows(const PlotExemplar &exemplar, const QString &unit, int decimals)
{
    std::vector<HoverBox::Row> rows;
    rows.push_back({QColor(), QObject::tr("Exemplar"), formatValue(exemplar.value, unit, decimals)});
    for (const QString &line : exemplar.text.split(u'\n', Qt::SkipEmptyParts))
        rows.push_back({QColor(), line.section(u" = "_s, 0, 0), line.section(u" = "_s, 1)});
    if (!exemplar.trace.isNull())
        rows.push_back({QColor(), QObject::tr("Click opens the trace"), QString()});
    return rows;
}

} // namespace bw
