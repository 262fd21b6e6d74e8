// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/queryresult.h>

#include <QObject>

namespace bw {

/// Topics the program itself can answer; a query of this type needs no expression.
const QStringList &ownTopics();
inline bool isOwnTopic(const QString &type) { return ownTopics().contains(type); }

/// What the program itself knows, pushed instead of asked: "alerts" (std::vector<Alert>, merged over every
/// source), "deploys" and "sources" (OwnItems). Lives on the UI thread.
class OwnData : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    /// The present state with its freshness; cheap. An unknown topic has state Never and a reason.
    virtual QueryResult current(const OwnDataQuery &query) const = 0;

signals:
    void changed(const QString &topic);
};

} // namespace bw
