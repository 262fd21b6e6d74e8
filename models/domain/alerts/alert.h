// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/ids.h>
#include <domain/metrics/labels.h>

#include <QStringList>

#include <optional>
#include <vector>

namespace bw {

/// The server's own 64-bit hash of the label set, equal on every member and across restarts.
struct AlertKey
{
    ClusterId source;
    quint64 fingerprint = 0;
    bool operator==(const AlertKey &) const = default;
};
inline size_t qHash(const AlertKey &key, size_t seed = 0) noexcept
{
    return qHashMulti(seed, key.source, key.fingerprint);
}

enum class AlertState : quint8 { Pending, Firing, Silenced, Inhibited, Muted, Resolved, Unknown };
/// Health: a heartbeat such as Watchdog; never counted, its absence is the alarm.
enum class AlertClass : quint8 { Health, Ticket, Page };
enum class Severity : quint8 { None, Info, Warning, Error, Critical };

/// What one member said of one alert.
struct MemberReport
{
    DatasourceId member;
    Timestamp startsAt, updatedAt;
    bool operator==(const MemberReport &) const = default;
};

/// One alert, of one member or merged over the members of a cluster. A value.
struct Alert
{
    AlertKey key;
    AlertState state = AlertState::Firing;
    AlertClass alertClass = AlertClass::Ticket;
    Severity severity = Severity::None;
    Labels labels, annotations;
    Timestamp startsAt{}, updatedAt{};
    std::optional<Timestamp> endsAt;
    Untrusted generatorUrl;
    QStringList receivers, silencedBy, inhibitedBy, mutedBy; ///< sorted
    std::vector<MemberReport> members; ///< who reported it, sorted by id
    int membersAsked = 1; ///< size of the cluster
    bool operator==(const Alert &) const = default;

    /// "HighErrorRate": the alertname label, or the whole set when there is none.
    Untrusted name() const;
    /// First of service, service_name, app, application, job, deployment; empty when none is there.
    QString service() const;
    /// The summary annotation, else description, else message; empty when none.
    Untrusted summary() const;
};

QString stateName(AlertState state); ///< "firing", for JSON and text
QString className(AlertClass value); ///< "page", "ticket", "health"
QString severityName(Severity value); ///< "critical"

/// One silence, as far as the list needs it.
struct SilenceMatcher
{
    Untrusted name, value;
    bool isRegex = false, isEqual = true;
    bool operator==(const SilenceMatcher &) const = default;
};
struct Silence
{
    QString id;
    QString state; ///< active, pending, expired
    std::vector<SilenceMatcher> matchers;
    Timestamp startsAt{}, endsAt{}, updatedAt{};
    Untrusted createdBy, comment;
    bool operator==(const Silence &) const = default;
};

/// A group as the server's routing tree makes it.
struct AlertGroup
{
    Labels labels;
    QString receiver;
    std::vector<Alert> alerts;
};

} // namespace bw
