// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/display/display.h>

#include <QHash>

namespace bw {

/// Which page alerts are worth a notification: each once, however often it is listed, and again only when it
/// ended and began anew. What begins in quiet hours waits until they end, and is told then if it still
/// fires. Pure; times are told.
class PageNotifier
{
public:
    struct News
    {
        std::vector<Alert> pages; ///< to be told of now, oldest first
        bool isFiring = false; ///< some page fires
    };
    /// Takes the merged list. The first list tells of nothing: what fires already is no news.
    News apply(const std::vector<Alert> &alerts, bool isQuiet);

private:
    QHash<AlertKey, Timestamp> m_told; ///< of those that fire: began at
    bool m_hasBegun = false;
};

/// A page that wants somebody: firing, not silenced, inhibited or muted.
bool isFiringPage(const Alert &alert);

} // namespace bw
