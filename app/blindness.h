// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/sourceboard.h>

#include <QTimeZone>

namespace bw {

/// The sentence for when no source answers: since when, and that what is seen is old. Empty while one does,
/// and while there is none.
QString blindText(const std::vector<SourceInfo> &sources, const QTimeZone &zone);

} // namespace bw
