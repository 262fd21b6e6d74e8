// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/plotpainter.h>

#include <domain/base/format.h>
#include <domain/metrics/calc.h>
#include <domain/query/compare.h>

#include <QFontMetrics>
#include <QPainter>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kSwatch = 10;
constexpr int kMaxNameWidth = 320;

/// A series without samples has no last value; that is a dash, not "NaN".
QString calcText(const PlotScene &scene, const PlotPicture &picture, size_t curve, size_t calc)
{
    const double value =
        curve < picture.legendValues.size() ? picture.legendValues[curve][calc] : std::nan("");
    if (std::isnan(value))
        return u"—"_s;
    if (scene.legend.calcs[qsizetype(calc)] == "count"_L1)
        return QString::number(value);
    const PlotAxis &axis = scene.curves[curve].rightAxis ? scene.right : scene.left;
    return formatValue(value, axis.unit, axis.decimals);
}

/// The curve's past figure, in `before`, and the difference to it.
QString pastText(const PlotScene &scene, const PlotPicture &picture, size_t curve, QString &before)
{
    before = u"—"_s;
    const int past = curve < picture.pastOf.size() ? picture.pastOf[curve] : -1;
    if (past < 0 || picture.legendValues[size_t(past)].empty())
        return u"—"_s;
    before = calcText(scene, picture, size_t(past), 0);
    const PlotAxis &axis = scene.curves[curve].rightAxis ? scene.right : scene.left;
    return differenceText(differenceOf(picture.legendValues[curve][0], picture.legendValues[size_t(past)][0]),
        axis.unit, axis.decimals);
}

/// Columns of a table legend: those of the calculations, and two for the comparison of the first one.
size_t columnCount(const PlotScene &scene)
{
    const size_t calcs = size_t(scene.legend.calcs.size());
    return calcs + (calcs > 0 && !scene.pastName.isEmpty() ? 2 : 0);
}

QString columnTitle(const PlotScene &scene, size_t column)
{
    const size_t calcs = size_t(scene.legend.calcs.size());
    return column < calcs ? calcTitle(scene.legend.calcs[qsizetype(column)])
        : column == calcs ? scene.pastName
                          : QObject::tr("difference");
}

QString columnText(const PlotScene &scene, const PlotPicture &picture, size_t curve, size_t column)
{
    const size_t calcs = size_t(scene.legend.calcs.size());
    if (column < calcs)
        return scene.curves[curve].isPast ? u"—"_s : calcText(scene, picture, curve, column);
    if (scene.curves[curve].isPast) // there is no present one
        return column == calcs ? calcText(scene, picture, curve, 0) : u"—"_s;
    QString before;
    const QString change = pastText(scene, picture, curve, before);
    return column == calcs ? before : change;
}

int rowHeight(const PlotScene &scene) { return QFontMetrics(scene.font).height() + 2; }

void paintSwatch(QPainter &painter, const PlotScene &scene, const PlotCurve &curve, int x, int y, int height)
{
    const QColor color = curveColor(*scene.theme, curve);
    const int thick = curve.fill > 0 || curve.draw == CurveLook::Draw::Bars ? 8 : 3;
    const QRect box(x, y + (height - thick) / 2, kSwatch, thick);
    if (curve.isPast) { // dashed, as it is drawn
        painter.fillRect(box.adjusted(0, 0, -kSwatch + 4, 0), color);
        painter.fillRect(box.adjusted(kSwatch - 4, 0, 0, 0), color);
    } else if (curve.visible)
        painter.fillRect(box, color);
    else
        painter.fillRect(box, mixed(color, scene.theme->surface, 0.25));
}

/// Entries side by side, wrapped: swatch, name, value.
struct ListLayout
{
    struct Entry
    {
        size_t curve;
        int row, x, nameWidth, valueWidth;
        QString value;
    };
    std::vector<Entry> entries;
    int rows = 0;
};

ListLayout listLayout(const PlotScene &scene, const PlotPicture &picture, int width)
{
    ListLayout layout;
    const QFontMetrics names(scene.font), numbers(scene.numberFont);
    int x = 0, row = 0;
    const int longest = std::clamp(width / 2, 60, kMaxNameWidth);
    for (const size_t i : picture.legendOrder) {
        QStringList values;
        for (size_t calc = 0; calc < size_t(scene.legend.calcs.size()); ++calc) {
            const QString text = calcText(scene, picture, i, calc);
            values << (scene.legend.calcs.size() > 1
                    ? calcTitle(scene.legend.calcs[qsizetype(calc)]) + u' ' + text
                    : text);
        }
        if (QString before; scene.curves[i].isCompared && !values.isEmpty()) {
            const QString change = pastText(scene, picture, i, before);
            values << (picture.pastOf[i] < 0 ? QObject::tr("no data then")
                                             : QObject::tr("then %1, %2").arg(before, change));
        }
        const QString value = values.join(u"  "_s);
        const int nameWidth = std::min(names.horizontalAdvance(scene.curves[i].name) + 1, longest);
        const int valueWidth = value.isEmpty() ? 0 : numbers.horizontalAdvance(value) + 6;
        const int total = kSwatch + 6 + nameWidth + valueWidth;
        if (x > 0 && x + total > width) {
            x = 0;
            ++row;
        }
        layout.entries.push_back({i, row, x, nameWidth, valueWidth, value});
        x += total + 14;
    }
    layout.rows = layout.entries.empty() ? 0 : row + 1;
    return layout;
}

void paintName(QPainter &painter, const PlotScene &scene, const PlotCurve &curve, const QRect &rect)
{
    painter.setFont(scene.font);
    painter.setPen(
        curve.visible ? scene.theme->text : mixed(scene.theme->textDim, scene.theme->surface, 0.7));
    painter.drawText(rect, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
        painter.fontMetrics().elidedText(curve.name, Qt::ElideMiddle, rect.width()));
}

void paintList(QPainter &painter, const QRect &rect, const PlotScene &scene, PlotPicture &picture)
{
    const ListLayout layout = listLayout(scene, picture, rect.width());
    const int height = rowHeight(scene);
    picture.legendRows = layout.rows;
    picture.legendVisibleRows = rect.height() / height;
    const int first =
        std::clamp(scene.legend.firstRow, 0, std::max(0, layout.rows - picture.legendVisibleRows));
    for (size_t i = 0; i < layout.entries.size(); ++i) {
        const ListLayout::Entry &entry = layout.entries[i];
        const int row = entry.row - first;
        if (row < 0 || row >= picture.legendVisibleRows)
            continue;
        const PlotCurve &curve = scene.curves[entry.curve];
        const int x = rect.left() + entry.x, y = rect.top() + row * height;
        paintSwatch(painter, scene, curve, x, y, height);
        const int nameX = x + kSwatch + 6;
        paintName(painter, scene, curve, QRect(nameX, y, entry.nameWidth, height));
        painter.setFont(scene.numberFont);
        painter.setPen(scene.theme->textDim);
        painter.drawText(QRect(nameX + entry.nameWidth + 6, y, entry.valueWidth, height),
            Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, entry.value);
        picture.legendHits.push_back(
            {QRect(x, y, nameX - x + entry.nameWidth + entry.valueWidth, height), int(entry.curve)});
    }
}

std::vector<int> columnWidths(const PlotScene &scene, const PlotPicture &picture, const QFontMetrics &numbers)
{
    std::vector<int> widths;
    for (size_t c = 0; c < columnCount(scene); ++c) {
        int widest = numbers.horizontalAdvance(columnTitle(scene, c));
        for (const size_t i : picture.legendOrder)
            widest = std::max(widest, numbers.horizontalAdvance(columnText(scene, picture, i, c)));
        widths.push_back(widest + 14);
    }
    return widths;
}

void paintTable(QPainter &painter, const QRect &rect, const PlotScene &scene, PlotPicture &picture)
{
    const int height = rowHeight(scene);
    const QFontMetrics numbers(scene.numberFont);
    const size_t columns = columnCount(scene);
    const std::vector<int> widths = columnWidths(scene, picture, numbers);
    int nameWidth = rect.width() - kSwatch - 6;
    for (const int width : widths)
        nameWidth -= width;
    nameWidth = std::max(nameWidth, 40);
    const auto cells = [&](int y, const QColor &color, const auto &textOf) {
        painter.setFont(scene.numberFont);
        painter.setPen(color);
        int x = rect.left() + kSwatch + 6 + nameWidth;
        for (size_t c = 0; c < columns; ++c) {
            painter.drawText(QRect(x, y, widths[c] - 2, height),
                Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, textOf(c));
            x += widths[c];
        }
    };
    cells(rect.top(), scene.theme->textDim, [&](size_t c) { return columnTitle(scene, c); });
    picture.legendRows = int(picture.legendOrder.size());
    picture.legendVisibleRows = rect.height() / height - 1;
    const int first =
        std::clamp(scene.legend.firstRow, 0, std::max(0, picture.legendRows - picture.legendVisibleRows));
    for (int row = 0; row < picture.legendVisibleRows && first + row < picture.legendRows; ++row) {
        const size_t i = picture.legendOrder[size_t(first + row)];
        const int y = rect.top() + (row + 1) * height;
        paintSwatch(painter, scene, scene.curves[i], rect.left(), y, height);
        paintName(
            painter, scene, scene.curves[i], QRect(rect.left() + kSwatch + 6, y, nameWidth - 6, height));
        cells(y, scene.curves[i].visible ? scene.theme->text : scene.theme->textDim,
            [&](size_t c) { return columnText(scene, picture, i, c); });
        picture.legendHits.push_back({QRect(rect.left(), y, rect.width(), height), int(i)});
    }
}

} // namespace

int legendHeight(const PlotScene &scene, const PlotPicture &picture, int width, int limit)
{
    if (scene.legend.mode == PlotLegend::Mode::None || picture.legendOrder.empty() || scene.legend.right)
        return 0;
    const int height = rowHeight(scene);
    const int rows = scene.legend.mode == PlotLegend::Mode::Table ? int(picture.legendOrder.size()) + 1
                                                                  : listLayout(scene, picture, width).rows;
    const int smallest = scene.legend.mode == PlotLegend::Mode::Table ? 2 : 1;
    const int fitting = std::min(rows, limit / height);
    return fitting < smallest ? 0 : fitting * height;
}

int legendWidth(const PlotScene &scene, const PlotPicture &picture, int limit)
{
    if (scene.legend.mode == PlotLegend::Mode::None || picture.legendOrder.empty() || !scene.legend.right)
        return 0;
    const QFontMetrics names(scene.font), numbers(scene.numberFont);
    int widest = 0;
    for (const size_t i : picture.legendOrder)
        widest = std::max(widest, names.horizontalAdvance(scene.curves[i].name));
    int wanted = kSwatch + 20 + std::min(widest, kMaxNameWidth);
    if (scene.legend.mode == PlotLegend::Mode::Table) {
        for (const int width : columnWidths(scene, picture, numbers))
            wanted += width;
    }
    return std::min(wanted, limit);
}

void paintLegend(QPainter &painter, const QRect &rect, const PlotScene &scene, PlotPicture &picture)
{
    picture.legendRect = rect;
    painter.save();
    painter.setClipRect(rect);
    if (scene.legend.mode == PlotLegend::Mode::Table)
        paintTable(painter, rect, scene, picture);
    else
        paintList(painter, rect, scene, picture);
    painter.restore();
    if (picture.legendRows <= picture.legendVisibleRows)
        return;
    // A hairline says that there is more, and where in it we are.
    const double share = double(picture.legendVisibleRows) / picture.legendRows;
    const int first = std::clamp(scene.legend.firstRow, 0, picture.legendRows - picture.legendVisibleRows);
    const int length = std::max(6, int(rect.height() * share));
    const int top = rect.top()
        + int((rect.height() - length) * double(first) / (picture.legendRows - picture.legendVisibleRows));
    painter.fillRect(QRect(rect.right() - 1, top, 2, length), scene.theme->textDim);
}

} // namespace bw
