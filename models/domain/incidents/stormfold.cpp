// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/stormfold.h>

#include <QJsonArray>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

QString groupOf(const TimelineEntry &entry)
{
    const QString given = entry.data.value("group"_L1).toString();
    if (!given.isEmpty())
        return entry.kind + u'\n' + given;
    return entry.kind + u'\n' + entry.data.value("source"_L1).toString() + u'\n'
        + entry.data.value("labels"_L1).toObject().value("alertname"_L1).toString();
}

} // namespace

std::vector<TimelineEntry> StormFolder::offer(TimelineEntry entry, BootTime now)
{
    std::vector<TimelineEntry> out = due(now);
    if (!entry.kind.startsWith("alert."_L1)) {
        out.push_back(std::move(entry));
        return out;
    }
    Group &group = m_groups[entry.incident.toString() + groupOf(entry)];
    if (group.passed == 0)
        group.begin = now;
    if (group.passed < kLimit) {
        ++group.passed;
        out.push_back(std::move(entry));
    } else {
        group.held.push_back(std::move(entry));
    }
    return out;
}

std::vector<TimelineEntry> StormFolder::due(BootTime now, bool everything)
{
    std::vector<TimelineEntry> out;
    for (auto it = m_groups.begin(); it != m_groups.end();) {
        if (!everything && now - it->begin < kWindow) {
            ++it;
            continue;
        }
        if (!it->held.empty())
            out.push_back(fold(it->held));
        it = m_groups.erase(it);
    }
    std::sort(
        out.begin(), out.end(), [](const TimelineEntry &a, const TimelineEntry &b) { return a.at < b.at; });
    return out;
}

TimelineEntry fold(const std::vector<TimelineEntry> &entries)
{
    if (entries.size() == 1)
        return entries.front();
    TimelineEntry folded = entries.front();
    QJsonArray list;
    for (const TimelineEntry &entry : entries) {
        folded.at = std::min(folded.at, entry.at);
        folded.atEnd = std::max(folded.atEnd.value_or(entry.at), entry.at);
        QJsonObject one = entry.data;
        one[u"at"_s] = isoUtc(entry.at);
        one[u"title"_s] = verbatim(entry.title);
        list += one;
    }
    folded.data = {{u"count"_s, qint64(entries.size())}, {u"alerts"_s, list}};
    return folded;
}

} // namespace bw
