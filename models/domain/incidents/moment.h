// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/result.h>

#include <QTimeZone>

namespace bw {

/// When something happened, as a person at work types it: "14:02" or "14:02:11" of the last 24 hours in
/// `zone`, "-5m" before `now`, or as momentFrom() reads files. Invalid, with these forms, otherwise.
[[nodiscard]] Result<Timestamp> typedMoment(const QString &text, Timestamp now, const QTimeZone &zone);

} // namespace bw
