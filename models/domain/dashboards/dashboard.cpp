// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/dashboard.h>

#include <algorithm>
#include <array>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr int kColumns = 24;
}

QString Finding::toString() const
{
    QString place = file;
    if (line > 0)
        place += u":%1"_s.arg(line);
    if (line > 0 && column > 0)
        place += u":%1"_s.arg(column);
    return place.isEmpty() ? text : place + u": "_s + text;
}

QString hostOf(const Panel &panel) { return panel.options.value(u"tab_of"_s).toString(); }

void floatUp(std::vector<Panel> &panels)
{
    std::vector<Panel *> order;
    order.reserve(panels.size());
    for (Panel &panel : panels)
        order.push_back(&panel);
    std::stable_sort(order.begin(), order.end(), [](const Panel *a, const Panel *b) {
        return a->grid.row != b->grid.row ? a->grid.row < b->grid.row : a->grid.col < b->grid.col;
    });
    std::array<int, kColumns> bottom{};
    for (Panel *panel : order) {
        GridRect &grid = panel->grid;
        const int from = std::clamp(grid.col, 0, kColumns - 1);
        const int to = std::clamp(grid.col + grid.width, from + 1, kColumns);
        grid.row = *std::max_element(bottom.begin() + from, bottom.begin() + to);
        std::fill(bottom.begin() + from, bottom.begin() + to, grid.row + std::max(grid.height, 1));
    }
}

} // namespace bw
