// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/projection.h>

#include <QJsonArray>

namespace bw::projection {

/// What an entry does to the incident: its newest content, known by the id of its first version.
struct Change
{
    const TimelineEntry &entry;
    QString id;

    QString text(const char *key) const;
    Untrusted foreign(const char *key) const { return Untrusted(text(key)); }
    QStringList texts(const char *key) const;
    QJsonObject object(const char *key) const;
    std::optional<Timestamp> time(const char *key) const;
    bool has(const char *key) const { return entry.data.contains(QLatin1StringView(key)); }
    /// The text of `key`, else the entry's title.
    Untrusted textOrTitle(const char *key) const;
    /// The id the entry gives under `key`, else its own.
    QString idOr(const char *key) const;
};

struct Handler
{
    const char *kind;
    void (*apply)(Incident &incident, const Change &change);
};

/// Header, people, alerts, impact (projectionhead.cpp) and work: tasks, hypotheses, decisions, updates,
/// evidence, runs (projectionwork.cpp).
std::span<const Handler> headHandlers();
std::span<const Handler> workHandlers();

/// Milestones as set by hand, beside those that the record itself knows.
void applyMilestones(Incident &incident, const std::vector<Change> &changes);

template<typename T> T *findById(std::vector<T> &all, const QString &id)
{
    for (T &one : all) {
        if (one.id == id)
            return &one;
    }
    return nullptr;
}
template<typename T> T &findOrAdd(std::vector<T> &all, const QString &id)
{
    if (T *known = findById(all, id))
        return *known;
    T &added = all.emplace_back();
    added.id = id;
    return added;
}

} // namespace bw::projection
