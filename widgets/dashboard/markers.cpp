// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/markers.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 200: more lines than that are a grey area.
constexpr size_t kMaxMarkers = 200;

} // namespace

std::vector<Marker> markersFor(const Dashboard &dashboard, const OwnData &own, const TimeRange &range,
    const QMap<QString, QString> &context)
{
    const QString service = context.value(u"service"_s);
    const auto isOther = [&](const QString &name) {
        return !service.isEmpty() && !name.isEmpty() && name != service;
    };
    std::vector<Marker> markers;
    for (const AnnotationSource &source : dashboard.annotations) {
        if (source.type == "promql"_L1)
            continue; // asked of a server, not known here
        const QString color = source.color.isEmpty() ? u"neutral"_s : source.color;
        const QueryResult known = own.current({source.type, range});
        if (const auto *items = dataAs<OwnItems>(known)) {
            for (const OwnItem &item : items->items) {
                if (range.contains(item.at) && !isOther(item.labels.text(u"service")))
                    markers.push_back({toNs(item.at), item.title, color});
            }
        } else if (const auto *alerts = dataAs<std::vector<Alert>>(known)) {
            for (const Alert &alert : *alerts) {
                if (range.contains(alert.startsAt) && !isOther(alert.service()))
                    markers.push_back({toNs(alert.startsAt), alert.name(), color});
            }
        }
    }
    std::stable_sort(
        markers.begin(), markers.end(), [](const Marker &a, const Marker &b) { return a.time < b.time; });
    if (markers.size() > kMaxMarkers)
        markers.erase(markers.begin(), markers.end() - kMaxMarkers);
    return markers;
}

} // namespace bw
