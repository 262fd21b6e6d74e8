// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/alertround.h>

namespace bw {

AlertRoutes routesFrom(const std::vector<AlertGroup> &groups)
{
    AlertRoutes routes;
    for (const AlertGroup &group : groups) {
        for (const Alert &alert : group.alerts) {
            AlertRouting &routing = routes[alert.key.fingerprint];
            routing.mutedBy += alert.mutedBy;
            routing.receivers += alert.receivers;
            if (!group.receiver.isEmpty())
                routing.receivers += group.receiver;
        }
    }
    for (AlertRouting &routing : routes) {
        for (QStringList *list : {&routing.mutedBy, &routing.receivers}) {
            list->removeDuplicates();
            list->sort();
        }
    }
    return routes;
}

AlertRoundResult AlertLedger::apply(const AlertRound &round)
{
    std::vector<MemberAnswer> answers;
    AlertRoundResult result;
    result.cluster = round.cluster;
    result.asked = int(round.members.size());
    for (const AlertRound::Member &member : round.members) {
        MemberAnswer answer{member.id, std::vector<Alert>{}, member.at, std::nullopt};
        const auto *list =
            member.data && *member.data ? std::get_if<std::vector<Alert>>(member.data->get()) : nullptr;
        if (list)
            answer.alerts = *list;
        else if (!member.data)
            answer.alerts = tl::make_unexpected(member.data.error());
        else
            answer.alerts =
                fail(Error::Kind::Decode, QStringLiteral("%1 sent no list of alerts").arg(member.id.id));
        if (!answer.alerts && !result.firstError)
            result.firstError = answer.alerts.error();
        result.answered += answer.alerts ? 1 : 0;
        answers.push_back(std::move(answer));
    }
    auto &merger = m_mergers[round.cluster];
    if (!merger)
        merger = std::make_shared<AlertMerger>(round.cluster);
    MergedAlerts merged = merger->merge(answers);
    result.note = merged.note;
    for (Alert &alert : merged.alerts)
        finish(alert, round);
    result.transitions = result.answered > 0 ? m_watcher.apply(round.cluster, round.at, merged.alerts)
                                             : m_watcher.markStale(round.cluster, round.at);
    result.anyHere = !merged.alerts.empty();
    std::vector<Alert> &kept = m_lists[round.cluster.id];
    if (!m_combined || kept != merged.alerts) {
        kept = std::move(merged.alerts);
        m_combined = combined();
    }
    result.alerts = m_combined;
    return result;
}

void AlertLedger::finish(Alert &alert, const AlertRound &round) const
{
    for (auto label = round.labels.begin(); label != round.labels.end(); ++label) {
        if (!alert.labels.find(label.key()))
            alert.labels = alert.labels.with(label.key(), label.value());
    }
    if (round.routes) {
        const auto routing = round.routes->constFind(alert.key.fingerprint);
        if (routing != round.routes->constEnd()) {
            alert.mutedBy = routing->mutedBy;
            alert.receivers += routing->receivers;
            alert.receivers.removeDuplicates();
            alert.receivers.sort();
            if (!alert.mutedBy.isEmpty() && alert.state == AlertState::Firing)
                alert.state = AlertState::Muted;
        }
    }
    m_classifier.classify(alert);
}

std::shared_ptr<const QueryData> AlertLedger::combined() const
{
    std::vector<Alert> all;
    size_t count = 0;
    for (const auto &[id, list] : m_lists)
        count += list.size();
    all.reserve(count);
    for (const auto &[id, list] : m_lists)
        all.insert(all.end(), list.begin(), list.end());
    std::sort(all.begin(), all.end(), moreUrgent);
    return std::make_shared<const QueryData>(std::move(all));
}

void AlertLedger::retain(const std::vector<ClusterId> &ids)
{
    const auto unwanted = [&](const QString &id) {
        return std::find(ids.begin(), ids.end(), ClusterId{id}) == ids.end();
    };
    std::erase_if(m_lists, [&](const auto &entry) { return unwanted(entry.first); });
    m_mergers.removeIf([&](const auto &entry) { return unwanted(entry.key().id); });
    m_combined = combined();
}

} // namespace bw
