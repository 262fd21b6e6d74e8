// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <domain/query/queryresult.h>

#include <span>
#include <variant>

namespace bw {

/// A moment in a table: ns since the epoch.
struct Moment
{
    qint64 ns = 0;
    auto operator<=>(const Moment &) const = default;
};
/// One cell. monostate: nothing is there, which is neither NaN nor an empty text.
using Cell = std::variant<std::monostate, double, Moment, Untrusted>;
/// NaN equals NaN here: cells are compared as data.
bool sameCell(const Cell &a, const Cell &b);
/// Order for sorting: numbers, then moments, then texts; NaN and nothing last.
bool lessCell(const Cell &a, const Cell &b);
/// NaN for what is no number.
double numberOf(const Cell &cell);

/// A column.
struct Field
{
    enum class Type : quint8 { Number, Time, Text };
    QString name; ///< plain
    Type type = Type::Number;
    Labels labels; ///< of a series' values
    QString query; ///< id of the query it came from
    std::vector<Cell> cells;
};

/// A table: columns of equal length.
struct Frame
{
    QString query; ///< id; empty when made from several
    std::vector<Field> fields;
    size_t rows() const { return fields.empty() ? 0 : fields.front().cells.size(); }
    const Field *find(const QString &name) const;
    Field *find(const QString &name);
};
using Frames = std::vector<Frame>;

struct FrameInput
{
    const PanelQuery *query = nullptr;
    const MetricData *data = nullptr; ///< null: no answer yet
};

/// Answers as tables. A query of format `table` is one frame: Time, a column a label, and Value (of several
/// queries: "Value #A"); one row a sample. Any other is a frame a series: Time, and its values under the
/// name its legend gives. At most `limit` cells in all; what is beyond is left out and counted in `left`.
Frames framesOf(std::span<const FrameInput> inputs, size_t limit, int &left);
/// "" for number, "text", "time": what an override by type compares with.
QString typeName(Field::Type type);

} // namespace bw
