// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/frames.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

QString seriesTitle(const PanelQuery &query, const Series &series)
{
    const QString name = render::line(legendFor(series.labels, query.legend), 512);
    return name.isEmpty() || name == u"{}" ? query.id : name;
}

Frame seriesFrame(const PanelQuery &query, const Series &series)
{
    Frame frame{query.id, {}};
    Field time{u"Time"_s, Field::Type::Time, {}, query.id, {}};
    Field value{seriesTitle(query, series), Field::Type::Number, series.labels, query.id, {}};
    time.cells.reserve(series.times.size());
    value.cells.reserve(series.values.size());
    for (size_t i = 0; i < series.values.size(); ++i) {
        time.cells.emplace_back(Moment{series.times[i]});
        value.cells.emplace_back(series.values[i]);
    }
    frame.fields.push_back(std::move(time));
    frame.fields.push_back(std::move(value));
    return frame;
}

/// One row a sample; labels become columns, in alphabetical order: those of all series, whatever the first
/// has. At most `cells` cells.
Frame tableFrame(const PanelQuery &query, const MetricData &data, const QString &valueName, size_t cells,
    std::optional<qint64> moment)
{
    Frame frame{query.id, {}};
    std::map<Untrusted, size_t> columns;
    for (const Series &series : data.series) {
        for (const auto &[name, value] : series.labels.pairs())
            columns.emplace(name, 0);
    }
    frame.fields.push_back({u"Time"_s, Field::Type::Time, {}, query.id, {}});
    for (auto &[name, at] : columns) {
        at = frame.fields.size();
        frame.fields.push_back({render::line(name, 200), Field::Type::Text, {}, query.id, {}});
    }
    frame.fields.push_back({valueName, Field::Type::Number, {}, query.id, {}});
    const size_t rows = cells / frame.fields.size();
    for (const Series &series : data.series) {
        for (size_t i = 0; i < series.values.size() && frame.rows() < rows; ++i) {
            frame.fields.front().cells.emplace_back(Moment{moment.value_or(series.times[i])});
            for (const auto &[name, at] : columns) {
                const Untrusted *text = series.labels.find(verbatim(name));
                frame.fields[at].cells.push_back(text ? Cell(*text) : Cell());
            }
            frame.fields.back().cells.emplace_back(series.values[i]);
        }
    }
    return frame;
}

size_t samplesOf(const MetricData &data)
{
    size_t count = 0;
    for (const Series &series : data.series)
        count += series.values.size();
    return count;
}

/// Answers about "now" were asked one after the other; as rows of one table they have one time, the newest.
std::optional<qint64> momentOf(std::span<const FrameInput> inputs)
{
    std::optional<qint64> newest;
    for (const FrameInput &input : inputs) {
        if (!input.data || input.data->shape != MetricData::Shape::Vector)
            continue;
        for (const Series &series : input.data->series) {
            if (!series.times.empty())
                newest = std::max(newest.value_or(series.times.back()), series.times.back());
        }
    }
    return newest;
}

} // namespace

bool sameCell(const Cell &a, const Cell &b)
{
    if (a.index() == 1 && b.index() == 1) {
        const double x = std::get<double>(a), y = std::get<double>(b);
        return x == y || (std::isnan(x) && std::isnan(y));
    }
    return a == b;
}

bool lessCell(const Cell &a, const Cell &b)
{
    const auto rank = [](const Cell &cell) {
        const auto *number = std::get_if<double>(&cell);
        return cell.index() == 0 || (number && std::isnan(*number)) ? size_t(9) : cell.index();
    };
    if (rank(a) != rank(b) || rank(a) == 9)
        return rank(a) < rank(b);
    return a < b;
}

double numberOf(const Cell &cell)
{
    if (const auto *number = std::get_if<double>(&cell))
        return *number;
    if (const auto *moment = std::get_if<Moment>(&cell))
        return double(moment->ns) / 1e6; // milliseconds, as dashboards count time
    return std::nan("");
}

const Field *Frame::find(const QString &name) const
{
    const auto at =
        std::find_if(fields.begin(), fields.end(), [&](const Field &field) { return field.name == name; });
    return at == fields.end() ? nullptr : &*at;
}

Field *Frame::find(const QString &name)
{
    return const_cast<Field *>(static_cast<const Frame *>(this)->find(name));
}

QString typeName(Field::Type type)
{
    return type == Field::Type::Number ? u"number"_s : type == Field::Type::Time ? u"time"_s : u"text"_s;
}

Frames framesOf(std::span<const FrameInput> inputs, size_t limit, int &left)
{
    Frames frames;
    const std::optional<qint64> moment = momentOf(inputs);
    size_t cells = 0;
    left = 0;
    for (const FrameInput &input : inputs) {
        if (!input.data)
            continue;
        if (input.query->format == "table"_L1) {
            const QString name = inputs.size() > 1 ? u"Value #%1"_s.arg(input.query->id) : u"Value"_s;
            const bool isInstant = input.data->shape == MetricData::Shape::Vector;
            frames.push_back(tableFrame(
                *input.query, *input.data, name, limit - cells, isInstant ? moment : std::nullopt));
            left += int(samplesOf(*input.data) - frames.back().rows());
            cells += frames.back().rows() * frames.back().fields.size();
            continue;
        }
        for (const Series &series : input.data->series) {
            if (cells + 2 * series.values.size() > limit) {
                ++left;
                continue;
            }
            cells += 2 * series.values.size();
            frames.push_back(seriesFrame(*input.query, series));
        }
    }
    return frames;
}

} // namespace bw
