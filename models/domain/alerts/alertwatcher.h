// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alertmerger.h>

namespace bw {

struct AlertTransition
{
    std::optional<AlertState> from; ///< nullopt: first seen
    AlertState to = AlertState::Firing;
    Timestamp at{};
    Alert alert;
};

/// Turns successive merged lists into transitions. A failed round resolves nothing. Pure.
class AlertWatcher
{
public:
    std::vector<AlertTransition> apply(
        const ClusterId &cluster, Timestamp at, const std::vector<Alert> &merged);
    /// No member answered: every alert of the cluster becomes Unknown; nothing resolves.
    std::vector<AlertTransition> markStale(const ClusterId &cluster, Timestamp at);

private:
    QHash<AlertKey, Alert> m_known;
};

} // namespace bw
