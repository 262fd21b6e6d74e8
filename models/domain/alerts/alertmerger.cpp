// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertmerger.h>

#include <domain/base/format.h>

#include <QSet>

#include <algorithm>
#include <map>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A server this young may not have heard of every alert yet.
constexpr auto kSettling = 5min;
/// So many may end in one round without anybody wondering.
constexpr qsizetype kOrdinaryLoss = 20;

/// Firing wins; suppression counts only when everybody suppresses.
int weight(AlertState state)
{
    switch (state) {
    case AlertState::Firing:
        return 6;
    case AlertState::Pending:
        return 5;
    case AlertState::Silenced:
        return 4;
    case AlertState::Inhibited:
        return 3;
    case AlertState::Muted:
        return 2;
    case AlertState::Unknown:
        return 1;
    case AlertState::Resolved:
        break;
    }
    return 0;
}

void unite(QStringList &into, const QStringList &more)
{
    into += more;
    into.sort();
    into.removeDuplicates();
}

/// The newer report gives labels, annotations and texts; the rest follows the rules of the cluster.
void absorb(Alert &into, const Alert &more)
{
    Alert merged = more.updatedAt > into.updatedAt ? more : into;
    const Alert &other = more.updatedAt > into.updatedAt ? into : more;
    merged.startsAt = std::min(into.startsAt, more.startsAt);
    merged.updatedAt = std::max(into.updatedAt, more.updatedAt);
    if (other.endsAt && (!merged.endsAt || *other.endsAt > *merged.endsAt))
        merged.endsAt = other.endsAt;
    merged.state = weight(into.state) >= weight(more.state) ? into.state : more.state;
    unite(merged.receivers, other.receivers);
    unite(merged.silencedBy, other.silencedBy);
    unite(merged.inhibitedBy, other.inhibitedBy);
    unite(merged.mutedBy, other.mutedBy);
    merged.members = into.members;
    for (const MemberReport &report : more.members) {
        const auto same = std::find_if(merged.members.begin(), merged.members.end(),
            [&](const MemberReport &known) { return known.member == report.member; });
        if (same == merged.members.end()) {
            merged.members.push_back(report);
        } else {
            same->startsAt = std::min(same->startsAt, report.startsAt);
            same->updatedAt = std::max(same->updatedAt, report.updatedAt);
        }
    }
    std::sort(merged.members.begin(), merged.members.end(),
        [](const MemberReport &a, const MemberReport &b) { return a.member.id < b.member.id; });
    into = std::move(merged);
}

/// What one member said, by fingerprint; the same alert may come once for each group it is in.
QHash<quint64, Alert> byFingerprint(
    const std::vector<Alert> &alerts, const DatasourceId &member, const ClusterId &cluster)
{
    QHash<quint64, Alert> out;
    out.reserve(qsizetype(alerts.size()));
    for (const Alert &reported : alerts) {
        Alert alert = reported;
        alert.key.source = cluster;
        for (QStringList *list : {&alert.receivers, &alert.silencedBy, &alert.inhibitedBy, &alert.mutedBy})
            unite(*list, {});
        alert.members = {{member, alert.startsAt, alert.updatedAt}};
        const auto known = out.find(alert.key.fingerprint);
        if (known == out.end())
            out.insert(alert.key.fingerprint, std::move(alert));
        else
            absorb(*known, alert);
    }
    return out;
}

QString withMember(const DatasourceId &member, const QString &text)
{
    return text.startsWith(member.id) ? text : member.id + u' ' + text;
}

} // namespace

AlertMerger::AlertMerger(ClusterId cluster)
    : m_cluster(std::move(cluster))
{
}

MergedAlerts AlertMerger::merge(const std::vector<MemberAnswer> &round)
{
    // Ordered by id, so that the order of the answers changes nothing.
    std::map<QString, const MemberAnswer *> answers;
    for (const MemberAnswer &answer : round) {
        answers.insert_or_assign(answer.member.id, &answer);
        m_members[answer.member]; // known from now on, even if it never answers
    }
    MergedAlerts out;
    out.asked = int(m_members.size());
    QStringList failures, restarts;
    QSet<DatasourceId> silent, young;
    std::map<QString, MemberState *> members;
    for (auto member = m_members.begin(); member != m_members.end(); ++member)
        members.emplace(member.key().id, &member.value());
    for (auto &[id, state] : members) {
        const DatasourceId member{id};
        const auto at = answers.find(id);
        if (at == answers.end() || !at->second->alerts) {
            silent.insert(member);
            failures << withMember(
                member, at == answers.end() ? u"was not asked"_s : at->second->alerts.error().message);
            continue;
        }
        const MemberAnswer &answer = *at->second;
        ++out.answered;
        state->alerts = byFingerprint(*answer.alerts, member, m_cluster);
        if (answer.uptime && *answer.uptime < kSettling) {
            young.insert(member);
            const QString since = u"restarted %1 ago"_s.arg(formatAge(*answer.uptime));
            restarts << (members.size() > 1 ? withMember(member, since) : since);
        }
    }

    QHash<quint64, Alert> merged = united(silent);
    holdVanished(merged, silent, young);
    m_last = merged;

    out.confirming = int(m_held.size());
    out.alerts.reserve(size_t(merged.size()));
    for (Alert &alert : merged) {
        alert.membersAsked = out.asked;
        out.alerts.push_back(std::move(alert));
    }
    std::sort(out.alerts.begin(), out.alerts.end(),
        [](const Alert &a, const Alert &b) { return a.key.fingerprint < b.key.fingerprint; });
    QStringList notes;
    if (!failures.isEmpty()) {
        notes << u"%1 of %2 members: %3"_s.arg(out.answered).arg(out.asked).arg(failures.join(u"; "_s));
    }
    out.note = (notes + restarts).join(u"; "_s);
    return out;
}

QHash<quint64, Alert> AlertMerger::united(const QSet<DatasourceId> &silent) const
{
    QList<DatasourceId> ids = m_members.keys();
    std::sort(
        ids.begin(), ids.end(), [](const DatasourceId &a, const DatasourceId &b) { return a.id < b.id; });
    QHash<quint64, Alert> merged;
    for (const DatasourceId &id : ids) {
        if (silent.contains(id))
            continue;
        for (const Alert &alert : m_members.constFind(id)->alerts) {
            const auto known = merged.find(alert.key.fingerprint);
            if (known == merged.end())
                merged.insert(alert.key.fingerprint, alert);
            else
                absorb(*known, alert);
        }
    }
    // What a silent member said last still counts for who saw it and since when, not for the state.
    for (const DatasourceId &id : ids) {
        if (!silent.contains(id))
            continue;
        for (const Alert &alert : m_members.constFind(id)->alerts) {
            Alert remembered = alert;
            remembered.state = AlertState::Unknown;
            const auto known = merged.find(alert.key.fingerprint);
            if (known == merged.end()) {
                merged.insert(alert.key.fingerprint, remembered);
            } else if (known->state == AlertState::Unknown) {
                absorb(*known, remembered);
            } else {
                Alert seen = *known;
                absorb(seen, remembered);
                known->startsAt = seen.startsAt;
                known->members = seen.members;
            }
        }
    }
    return merged;
}

void AlertMerger::holdVanished(
    QHash<quint64, Alert> &merged, const QSet<DatasourceId> &silent, const QSet<DatasourceId> &young)
{
    const auto reportedByAny = [](const Alert &alert, const QSet<DatasourceId> &members) {
        return std::any_of(alert.members.begin(), alert.members.end(),
            [&](const MemberReport &report) { return members.contains(report.member); });
    };
    // A held alert is let go by a round in which all who had it answer without it a second time.
    QHash<quint64, Alert> held;
    for (const Alert &alert : std::as_const(m_held)) {
        if (!merged.contains(alert.key.fingerprint) && reportedByAny(alert, silent))
            held.insert(alert.key.fingerprint, alert);
    }
    std::vector<const Alert *> vanished;
    for (const Alert &alert : std::as_const(m_last)) {
        if (!merged.contains(alert.key.fingerprint) && !m_held.contains(alert.key.fingerprint))
            vanished.push_back(&alert);
    }
    const qsizetype before = m_last.size() - m_held.size();
    const bool mass = qsizetype(vanished.size()) > std::max(kOrdinaryLoss, before / 2);
    for (const Alert *alert : vanished) {
        if (mass || reportedByAny(*alert, young))
            held.insert(alert->key.fingerprint, *alert);
    }
    m_held = held;
    for (const Alert &alert : std::as_const(m_held))
        merged.insert(alert.key.fingerprint, alert);
}

} // namespace bw
