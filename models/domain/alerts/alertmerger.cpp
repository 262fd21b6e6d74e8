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

/// Lists are shared between reports; they are copied only where something changes.
void unite(QStringList &into, const QStringList &more)
{
    if (more.isEmpty() || into == more)
        return;
    into += more;
    into.sort();
    into.removeDuplicates();
}

void sortUnique(QStringList &list)
{
    if (list.size() < 2)
        return;
    list.sort();
    list.removeDuplicates();
}

void uniteReports(std::vector<MemberReport> &into, const std::vector<MemberReport> &more)
{
    for (const MemberReport &report : more) {
        const auto at = std::lower_bound(into.begin(), into.end(), report,
            [](const MemberReport &a, const MemberReport &b) { return a.member.id < b.member.id; });
        if (at == into.end() || at->member != report.member) {
            into.insert(at, report);
        } else {
            at->startsAt = std::min(at->startsAt, report.startsAt);
            at->updatedAt = std::max(at->updatedAt, report.updatedAt);
        }
    }
}

/// The newer report gives labels, annotations and texts; the rest follows the rules of the cluster.
void absorb(Alert &into, const Alert &more)
{
    if (more.updatedAt > into.updatedAt) {
        into.labels = more.labels;
        into.annotations = more.annotations;
        into.generatorUrl = more.generatorUrl;
        into.alertClass = more.alertClass;
        into.severity = more.severity;
    }
    into.startsAt = std::min(into.startsAt, more.startsAt);
    into.updatedAt = std::max(into.updatedAt, more.updatedAt);
    if (more.endsAt && (!into.endsAt || *more.endsAt > *into.endsAt))
        into.endsAt = more.endsAt;
    if (weight(more.state) > weight(into.state))
        into.state = more.state;
    unite(into.receivers, more.receivers);
    unite(into.silencedBy, more.silencedBy);
    unite(into.inhibitedBy, more.inhibitedBy);
    unite(into.mutedBy, more.mutedBy);
    uniteReports(into.members, more.members);
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
            sortUnique(*list);
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
    m_last = std::move(merged);

    out.confirming = int(m_held.size());
    std::vector<const Alert *> sorted;
    sorted.reserve(size_t(m_last.size()));
    for (const Alert &alert : std::as_const(m_last))
        sorted.push_back(&alert);
    std::sort(sorted.begin(), sorted.end(),
        [](const Alert *a, const Alert *b) { return a->key.fingerprint < b->key.fingerprint; });
    out.alerts.reserve(sorted.size());
    for (const Alert *alert : sorted) {
        out.alerts.push_back(*alert);
        out.alerts.back().membersAsked = out.asked;
    }
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
    merged.reserve(m_last.size());
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
                known->startsAt = std::min(known->startsAt, remembered.startsAt);
                uniteReports(known->members, remembered.members);
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
