// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/sloport.h>

#include <app/ownboard.h>

namespace bw {

/// Answers the topic "slo" of the board from what the engine knows: each view is made when somebody looks at
/// it, once until the figures change. UI thread; owned by the session.
class SloTopic final : public QObject
{
    Q_OBJECT
public:
    SloTopic(const SloBoard &slos, const Clock &clock, OwnBoard &board, QObject *parent = nullptr);

private:
    QueryResult answer(const OwnDataQuery &query);

    const SloBoard &m_slos;
    const Clock &m_clock;
    QHash<QString, Result<std::shared_ptr<const QueryData>>> m_made; ///< by view
};

} // namespace bw
