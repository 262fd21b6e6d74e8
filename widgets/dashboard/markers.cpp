// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/markers.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 20: from there on a flag stands for all events of one twentieth of the range.
constexpr size_t kMostFlags = 20;
constexpr int kMostNames = 6;

/// What a kind of deploy event says, and what it cannot see.
QString meaningOf(const QString &kind)
{
    if (kind == "rollout"_L1)
        return QObject::tr("new replica set; going back to an old one is not seen so");
    if (kind == "touched"_L1)
        return QObject::tr("deployment touched: a rollout, a rollback or scaling");
    if (kind == "restart"_L1)
        return QObject::tr("processes started; why is not seen");
    if (kind == "build"_L1)
        return QObject::tr("another version runs");
    if (kind == "argocd"_L1)
        return QObject::tr("Argo CD synced");
    return kind == "git"_L1 ? QObject::tr("from a deploy file") : kind;
}

/// "shop/Checkout" and "checkout" are one service.
bool sameService(const QString &a, const QString &b)
{
    return a.section(u'/', -1).compare(b.section(u'/', -1), Qt::CaseInsensitive) == 0;
}

/// One flag for all events of one part of the range: how many, and the first names.
std::vector<Marker> folded(const std::vector<Marker> &markers, const TimeRange &range)
{
    const qint64 part = std::max<qint64>(1, range.span().count() / qint64(kMostFlags));
    std::vector<Marker> out;
    for (size_t first = 0; first < markers.size();) {
        const qint64 slot = (markers[first].time - toNs(range.begin)) / part;
        size_t next = first;
        QStringList names;
        while (next < markers.size() && (markers[next].time - toNs(range.begin)) / part == slot) {
            const QString name = render::line(markers[next].text, 200).section(u" – "_s, 0, 0);
            if (names.size() < kMostNames && !names.contains(name))
                names << name;
            ++next;
        }
        Marker marker = markers[first];
        if (next - first > 1)
            marker.text = Untrusted(QObject::tr("%1 events: %2").arg(next - first).arg(names.join(u", "_s))
                + (qsizetype(next - first) > names.size() ? u" …"_s : QString()));
        out.push_back(std::move(marker));
        first = next;
    }
    return out;
}

} // namespace

std::vector<Marker> markersFor(const Dashboard &dashboard, const OwnData &own, const TimeRange &range,
    const QMap<QString, QString> &context)
{
    const QString service = context.value(u"service"_s);
    const auto isOther = [&](const QString &name) {
        return !service.isEmpty() && !name.isEmpty() && !sameService(name, service);
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
                    markers.push_back({toNs(item.at),
                        Untrusted(render::line(item.title, 200) + u" – "_s + meaningOf(item.kind)), color});
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
    return markers.size() > kMostFlags ? folded(markers, range) : markers;
}

} // namespace bw
