// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/exemplarmarks.h>

#include <domain/base/format.h>
#include <widgets/base/theme.h>

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <map>

namespace bw {
using namespace Qt::Literals::StringLiterals;

std::vector<int> unhiddenMarks(const std::vector<QPointF> &centers)
{
    constexpr double kRoom = 10;
    std::vector<int> order, kept;
    for (size_t i = 0; i < centers.size(); ++i) {
        if (!std::isnan(centers[i].x()) && !std::isnan(centers[i].y()))
            order.push_back(int(i));
    }
    std::stable_sort(order.begin(), order.end(),
        [&](int a, int b) { return centers[size_t(a)].y() < centers[size_t(b)].y(); });
    // Marks by column of `kRoom`: only neighbours can touch.
    std::map<int, std::vector<int>> columns;
    for (const int i : order) {
        const QPointF &at = centers[size_t(i)];
        const int column = int(std::floor(at.x() / kRoom));
        bool isHidden = false;
        for (int near = column - 1; near <= column + 1 && !isHidden; ++near) {
            const auto there = columns.find(near);
            isHidden = there != columns.end()
                && std::any_of(there->second.begin(), there->second.end(), [&](int other) {
                       const QPointF gap = centers[size_t(other)] - at;
                       return std::abs(gap.x()) < kRoom && std::abs(gap.y()) < kRoom;
                   });
        }
        if (isHidden)
            continue;
        columns[column].push_back(i);
        kept.push_back(i);
    }
    std::sort(kept.begin(), kept.end());
    return kept;
}

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
