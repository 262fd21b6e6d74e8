// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/chartpicture.h>

#include <domain/base/format.h>
#include <domain/incidents/incidentnames.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr size_t kMaxSeries = 12;
constexpr int kMostTicks = 12;
// 600 pixels of plot; four samples a pixel column are what thinned() leaves at most.
constexpr int kPlotWidth = 600;
const QRectF kPlot(70, 30, kPlotWidth, 180);
constexpr const char *kColours[] = {"#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b",
    "#e377c2", "#17becf", "#7f7f7f", "#bcbd22", "#003f5c", "#a05195"};
constexpr const char *kInk = "#333333", *kFaint = "#bbbbbb";

PictureText label(double x, double y, const QString &text, PictureText::Anchor anchor, double size = 11)
{
    return {{x, y}, Untrusted(text), kInk, size, anchor};
}

/// A round step of which `span` holds four to eight.
double niceStep(double span)
{
    const double raw = span / 5;
    const double magnitude = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * magnitude >= raw)
            return factor * magnitude;
    }
    return 10 * magnitude;
}

TimeRange rangeOf(const Snapshot &snapshot, const SeriesSet &series)
{
    TimeRange range{snapshot.from.value_or(Timestamp::max()), snapshot.to.value_or(Timestamp::min())};
    for (const Series &one : series) {
        if (one.times.empty())
            continue;
        range.begin = snapshot.from ? range.begin : std::min(range.begin, fromNs(one.times.front()));
        range.end = snapshot.to ? range.end : std::max(range.end, fromNs(one.times.back()));
    }
    if (range.end <= range.begin)
        range.end = range.begin + std::chrono::seconds(1);
    return range;
}

double xOf(Timestamp t, const TimeRange &range, const QRectF &plot)
{
    return plot.left()
        + plot.width() * double((t - range.begin).count()) / double((range.end - range.begin).count());
}

void addTimeAxis(VectorPicture &picture, const TimeRange &range, const QRectF &plot, const TimeWriter &times)
{
    constexpr int kMarks = 4;
    for (int i = 0; i <= kMarks; ++i) {
        const Timestamp t = range.begin + (range.end - range.begin) * i / kMarks;
        const double x = xOf(t, range, plot);
        picture.items.push_back(PictureLine{{{x, plot.bottom()}, {x, plot.bottom() + 4}}, kInk});
        const auto anchor = i == 0 ? PictureText::Anchor::Start
            : i == kMarks          ? PictureText::Anchor::End
                                   : PictureText::Anchor::Middle;
        // The day once, where the axis begins.
        const QString text = times.local(t);
        picture.items.push_back(label(x, plot.bottom() + 17, i == 0 ? text : text.mid(11, 8), anchor, 10));
    }
}

void addMilestones(
    VectorPicture &picture, const Incident &incident, const TimeRange &range, const QRectF &plot)
{
    for (const auto &[name, milestone] : incident.milestones) {
        if (milestone.at < range.begin || milestone.at >= range.end)
            continue;
        const double x = xOf(milestone.at, range, plot);
        picture.items.push_back(PictureLine{{{x, plot.top()}, {x, plot.bottom()}}, "#555555", 1, true});
        picture.items.push_back(label(x + 2, plot.top() + 9, nameOf(name), PictureText::Anchor::Start, 9));
    }
}

struct Extent
{
    double low = 0, high = 1;
};

Extent extentOf(const std::vector<Series> &series)
{
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const Series &one : series) {
        const SeriesStats stats = statsOf(one);
        if (stats.count > 0 && std::isfinite(stats.min) && std::isfinite(stats.max)) {
            low = std::min(low, stats.min);
            high = std::max(high, stats.max);
        }
    }
    if (low > high)
        return {};
    low = std::min(low, 0.0); // a line that hides where zero is exaggerates
    high = std::max(high, 0.0);
    const double span = high - low;
    return span > 0 && std::isfinite(span) ? Extent{low, high} : Extent{};
}

void addValueAxis(VectorPicture &picture, const Extent &extent, const QString &unit)
{
    const double step = niceStep(extent.high - extent.low);
    // Counted: in the largest values a step more may change nothing.
    for (int i = 0; i <= kMostTicks; ++i) {
        const double value = (std::ceil(extent.low / step) + i) * step;
        if (!(value <= extent.high))
            break;
        const double y = kPlot.bottom() - kPlot.height() * (value - extent.low) / (extent.high - extent.low);
        picture.items.push_back(PictureLine{{{kPlot.left(), y}, {kPlot.right(), y}}, "#e5e5e5"});
        picture.items.push_back(label(kPlot.left() - 4, y + 4,
            formatValue(std::abs(value) < step / 1e6 ? 0 : value, unit), PictureText::Anchor::End, 10));
    }
}

void addCurve(VectorPicture &picture, const Series &series, const TimeRange &range, const Extent &extent,
    const char *colour)
{
    std::vector<QPointF> points;
    const auto flush = [&] {
        if (points.size() == 1)
            points.push_back(points.front() + QPointF(1, 0));
        if (!points.empty())
            picture.items.push_back(PictureLine{std::move(points), colour, 1.5});
        points.clear();
    };
    for (size_t i = 0; i < series.times.size(); ++i) {
        const Timestamp t = fromNs(series.times[i]);
        if (t < range.begin || t > range.end)
            continue;
        if (!std::isfinite(series.values[i])) {
            flush();
            continue;
        }
        points.emplace_back(xOf(t, range, kPlot),
            kPlot.bottom() - kPlot.height() * (series.values[i] - extent.low) / (extent.high - extent.low));
    }
    flush();
}

/// The largest first; of equals in the order of their labels.
std::vector<Series> largest(const SeriesSet &all)
{
    std::vector<std::pair<double, size_t>> order;
    for (size_t i = 0; i < all.size(); ++i) {
        const SeriesStats stats = statsOf(all[i]);
        order.emplace_back(stats.count > 0 ? -stats.max : std::numeric_limits<double>::infinity(), i);
    }
    std::sort(order.begin(), order.end(), [&](const auto &a, const auto &b) {
        return a.first != b.first ? a.first < b.first : all[a.second].labels < all[b.second].labels;
    });
    std::vector<Series> shown;
    for (size_t i = 0; i < std::min(order.size(), kMaxSeries); ++i)
        shown.push_back(all[order[i].second]);
    return shown;
}

} // namespace

VectorPicture chartPicture(const Snapshot &snapshot, const SnapshotData &data, const RedactedRecord &redacted)
{
    const std::vector<Series> shown = largest(data.series);
    const bool hasLegend = redacted.options.profile != ExportProfile::Public;
    const double legendHeight = hasLegend ? 14.0 * double(shown.size()) + 8 : 0;
    VectorPicture picture{{kPlot.right() + 20, kPlot.bottom() + 26 + legendHeight}, snapshot.title, {}};
    picture.items.push_back(PictureBox{{{0, 0}, picture.size}, "#ffffff"});
    QString title = render::line(snapshot.title, 90);
    if (data.series.size() > shown.size())
        title += u" (%1 of %2 series)"_s.arg(shown.size()).arg(data.series.size());
    picture.items.push_back(label(kPlot.left(), 18, title, PictureText::Anchor::Start, 13));
    const bool hasSamples =
        std::any_of(shown.begin(), shown.end(), [](const Series &one) { return !one.times.empty(); });
    if (!hasSamples) {
        picture.items.push_back(
            label(kPlot.center().x(), kPlot.center().y(), u"no samples"_s, PictureText::Anchor::Middle));
        return picture;
    }
    const TimeRange range = rangeOf(snapshot, data.series);
    const Extent extent = extentOf(shown);
    addValueAxis(picture, extent, data.unit);
    for (size_t i = shown.size(); i-- > 0;) {
        const Series &series = shown[i];
        const Nanoseconds step = std::chrono::milliseconds(snapshot.stepMs);
        addCurve(picture,
            thinned(step.count() > 0 ? withGaps(series, step) : series,
                {range.begin, range.end + Nanoseconds(1)}, kPlotWidth),
            range, extent, kColours[i]);
    }
    picture.items.push_back(PictureLine{{kPlot.bottomLeft(), kPlot.bottomRight()}, kInk});
    addTimeAxis(picture, range, kPlot, redacted.options.times());
    addMilestones(picture, redacted.record.incident, range, kPlot);
    for (size_t i = 0; hasLegend && i < shown.size(); ++i) {
        const double y = kPlot.bottom() + 34 + 14 * double(i);
        picture.items.push_back(PictureBox{{kPlot.left(), y - 8, 9, 9}, kColours[i]});
        picture.items.push_back(PictureText{{kPlot.left() + 14, y},
            Untrusted(render::line(seriesName(shown[i].labels), 110)), kInk, 10, PictureText::Anchor::Start});
    }
    return picture;
}

QByteArray chartCsv(const SnapshotData &data)
{
    std::map<qint64, std::vector<QString>> rows;
    QString out = u"time_utc"_s;
    for (size_t column = 0; column < data.series.size(); ++column) {
        const Series &series = data.series[column];
        out += u',' + render::csv(seriesName(series.labels));
        for (size_t i = 0; i < series.times.size(); ++i) {
            auto &row = rows[series.times[i]];
            row.resize(data.series.size());
            row[column] = formatExact(series.values[i]);
        }
    }
    out += u"\r\n"_s;
    for (const auto &[time, row] : rows) {
        out += isoUtc(fromNs(time));
        for (const QString &cell : row)
            out += u',' + cell;
        out += u"\r\n"_s;
    }
    return out.toUtf8();
}

namespace {

const QRectF kStrip(20, 46, 760, 90);

const char *levelColour(EntryLevel level)
{
    return level >= EntryLevel::Key ? "#c0392b" : level == EntryLevel::Timeline ? "#2c6fbb" : kFaint;
}

TimeRange stripRange(const RedactedRecord &redacted)
{
    TimeRange range{Timestamp::max(), Timestamp::min()};
    const auto widen = [&range](Timestamp t) {
        range.begin = std::min(range.begin, t);
        range.end = std::max(range.end, t);
    };
    for (const auto &[name, milestone] : redacted.record.incident.milestones)
        widen(milestone.at);
    for (const CuratedEntry &entry : redacted.record.entries)
        widen(entry.entry.at);
    for (const auto &phase : redacted.record.incident.phases)
        widen(phase.at);
    if (range.begin > range.end)
        range = {redacted.date, redacted.date};
    range.end += std::max(Nanoseconds(std::chrono::seconds(1)), (range.end - range.begin) / 50);
    return range;
}

template<typename T, typename Name>
void addBars(VectorPicture &picture, const std::vector<Since<T>> &changes, const TimeRange &range, double y,
    const Name &name)
{
    for (size_t i = 0; i < changes.size(); ++i) {
        const double from = xOf(std::clamp(changes[i].at, range.begin, range.end), range, kStrip);
        const double to = i + 1 < changes.size()
            ? xOf(std::clamp(changes[i + 1].at, range.begin, range.end), range, kStrip)
            : kStrip.right();
        if (to - from < 0.5)
            continue;
        picture.items.push_back(PictureBox{{from, y, to - from - 1, 16}, i % 2 == 0 ? "#dfe7f1" : "#c9d6e6"});
        // A word needs some six pixels a letter.
        const QString word = name(changes[i].value);
        if (double(word.size()) * 6 < to - from)
            picture.items.push_back(label(from + 3, y + 12, word, PictureText::Anchor::Start, 10));
    }
}

void addTicks(VectorPicture &picture, const RedactedRecord &redacted, const TimeRange &range)
{
    // Pixel columns, the highest level in each: ten thousand entries are no more lines than the strip is
    // wide.
    std::map<int, EntryLevel> columns;
    for (const CuratedEntry &entry : redacted.record.entries) {
        EntryLevel &level =
            columns.try_emplace(int(std::lround(xOf(entry.entry.at, range, kStrip))), entry.level)
                .first->second;
        level = std::max(level, entry.level);
    }
    for (const auto &[x, level] : columns) {
        const double top = level >= EntryLevel::Key ? 92 : 100;
        picture.items.push_back(PictureLine{{{double(x), top}, {double(x), 114}}, levelColour(level)});
    }
}

} // namespace

constexpr double kRowHeight = 10;

/// Each with its name below, in the first row where it lies on no other. The number of rows.
int addMilestones(
    VectorPicture &picture, const std::map<MilestoneName, Milestone> &milestones, const TimeRange &range)
{
    struct Named
    {
        double x;
        QString name;
    };
    std::vector<Named> all;
    for (const auto &[name, milestone] : milestones)
        all.push_back({xOf(milestone.at, range, kStrip), nameOf(name).replace(u'_', u' ')});
    std::stable_sort(all.begin(), all.end(), [](const Named &a, const Named &b) { return a.x < b.x; });
    std::vector<std::vector<std::pair<double, double>>> rows; // what is taken, from and to
    for (const Named &one : all) {
        picture.items.push_back(PictureShape{{{one.x - 4, 121}, {one.x + 4, 121}, {one.x, 114}}, kInk});
        const double width = 6.0 * double(one.name.size()); // wider than these letters ever are
        const bool isAtEnd = one.x > kStrip.right() - width;
        const std::pair<double, double> place =
            isAtEnd ? std::pair(one.x - width, one.x) : std::pair(one.x, one.x + width);
        size_t row = 0;
        const auto isTaken = [&](const std::pair<double, double> &other) {
            return place.first < other.second && other.first < place.second;
        };
        while (row < rows.size() && std::any_of(rows[row].begin(), rows[row].end(), isTaken))
            ++row;
        rows.resize(std::max(rows.size(), row + 1));
        rows[row].push_back(place);
        picture.items.push_back(label(one.x, 131 + kRowHeight * double(row), one.name,
            isAtEnd ? PictureText::Anchor::End : PictureText::Anchor::Start, 9));
    }
    return int(rows.size());
}

VectorPicture timelineStrip(const RedactedRecord &redacted)
{
    const Incident &incident = redacted.record.incident;
    const TimeRange range = stripRange(redacted);
    VectorPicture picture{{800, 190}, Untrusted(u"Timeline of "_s + incident.key), {}};
    picture.items.push_back(PictureBox{{{0, 0}, picture.size}, "#ffffff"});
    picture.items.push_back(
        PictureText{{kStrip.left(), 22}, Untrusted(incident.key + u"  "_s + render::line(incident.title, 90)),
            kInk, 14, PictureText::Anchor::Start});
    addBars(picture, incident.severities, range, 46, [](const QString &name) { return name; });
    addBars(
        picture, incident.phases, range, 66, [](Phase phase) { return nameOf(phase).replace(u'_', u' '); });
    addTicks(picture, redacted, range);
    picture.items.push_back(PictureLine{{{kStrip.left(), 114}, {kStrip.right(), 114}}, kInk});
    const int rows = addMilestones(picture, incident.milestones, range);
    const double below = kRowHeight * std::max(0, rows - 3);
    picture.size.rheight() += below;
    std::get<PictureBox>(picture.items.front()).box = {{0, 0}, picture.size};
    addTimeAxis(
        picture, range, QRectF(kStrip.left(), 60, kStrip.width(), 104 + below), redacted.options.times());
    return picture;
}

} // namespace bw
