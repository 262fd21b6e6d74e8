// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelframes.h>

#include <algorithm>

namespace bw {
namespace {

// 400,000 cells: a table of 10,000 rows and forty columns; beyond that nobody reads, and a frame is missed.
constexpr size_t kMaxCells = 400'000;

} // namespace

Transformed framesFor(const Panel &panel, const PanelData &data, int &left)
{
    std::vector<FrameInput> inputs;
    for (const PanelData::Part &part : data.parts)
        inputs.push_back({part.query, dataAs<MetricData>(part.result)});
    Transformed made = transformed(framesOf(inputs, kMaxCells, left), panel.transform);
    left += int(made.left);
    return made;
}

std::vector<std::shared_ptr<const OwnedSeries>> seriesOf(const Frames &frames)
{
    std::vector<std::shared_ptr<const OwnedSeries>> out;
    for (const Frame &frame : frames) {
        const auto time = std::find_if(frame.fields.begin(), frame.fields.end(),
            [](const Field &field) { return field.type == Field::Type::Time; });
        if (time == frame.fields.end())
            continue;
        for (const Field &field : frame.fields) {
            if (field.type != Field::Type::Number)
                continue;
            auto series = std::make_shared<OwnedSeries>();
            series->name = field.name;
            series->query = field.query;
            for (size_t row = 0; row < frame.rows(); ++row) {
                const auto *at = std::get_if<Moment>(&time->cells[row]);
                const bool ascends = at && (series->times.empty() || at->ns > series->times.back());
                if (!ascends || field.cells[row].index() == 0)
                    continue;
                series->times.push_back(at->ns);
                series->values.push_back(numberOf(field.cells[row]));
            }
            out.push_back(std::move(series));
        }
    }
    return out;
}

} // namespace bw
