// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace bw {

/// `asked`, else $BRIDGEWATCH_CONFIG, else $XDG_CONFIG_HOME/bridgewatch; absolute. It may not exist.
QString configDirectory(const QString &asked);
/// $XDG_DATA_HOME/bridgewatch and $XDG_CACHE_HOME/bridgewatch; not created.
QString dataDirectory();
QString cacheDirectory();

} // namespace bw
