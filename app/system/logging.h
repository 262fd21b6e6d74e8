// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace bw {

Q_DECLARE_LOGGING_CATEGORY(logApp)

/// Log lines go to standard error, one line each: "2026-11-21T14:02:11.123Z bw.app warning: …". Debug lines
/// only with QT_LOGGING_RULES. Call once, before any thread starts.
void installLogging();

} // namespace bw
