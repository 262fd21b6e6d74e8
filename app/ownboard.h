// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/owndata.h>
#include <domain/query/sourceboard.h>

#include <QHash>

#include <functional>

namespace bw {

/// What the program knows of itself, by topic; the last published state of each. Values age while nobody
/// publishes, so a poller that died does not look alive. UI thread; owned by the session.
class OwnBoard final : public OwnData
{
    Q_OBJECT
public:
    /// `sources` is mirrored as the topic "sources"; both outlive this object.
    OwnBoard(const Clock &clock, const SourceBoard &sources, QObject *parent = nullptr);

    QueryResult current(const OwnDataQuery &query) const override;

    /// Replaces a topic's state and emits changed(). "topic/select" is one view of a topic that has several.
    /// `data` may be null. Older than twice `interval` plus `timeout` it becomes stale; an interval of zero
    /// never ages.
    void publish(const QString &topic, std::shared_ptr<const QueryData> data, const Freshness &freshness,
        Timestamp fetchedAt, Nanoseconds interval = {}, Nanoseconds timeout = {});

    /// Answers the questions about "topic:part", whatever the part; called on the UI thread, for every
    /// reading.
    using Provider = std::function<QueryResult(const OwnDataQuery &)>;
    void provide(const QString &topic, Provider provider) { m_providers.insert(topic, std::move(provider)); }
    /// Tells readers that a provided topic has news.
    void announce(const QString &topic) { emit changed(topic); }
signals:
    /// Somebody looks at it. What costs questions is gathered only while this comes.
    void wanted(const QString &topic) const;

private:
    struct Topic
    {
        std::shared_ptr<const QueryData> data;
        Freshness freshness;
        Timestamp fetchedAt;
        Nanoseconds interval, timeout;
    };
    void mirrorSources();

    const Clock &m_clock;
    const SourceBoard &m_sources;
    QHash<QString, Topic> m_topics;
    QHash<QString, Provider> m_providers;
};

} // namespace bw
