// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

namespace bw {

/// The one table of exit codes, for every subcommand.
enum class ExitCode : int {
    Done = 0, ///< nothing bad found
    Negative = 1, ///< a page fires, a file has errors
    Usage = 2, ///< wrong arguments, or a file or configuration that cannot be read
    Refused = 3, ///< by a gate or by read-only mode
    CannotKnow = 4, ///< a source is unreachable, stale, partial or needs authentication
    NotDurable = 5,
    UnknownOutcome = 6,
    Timeout = 124,
    Cancelled = 130
};

/// What is said when both apply: usage and cancelling end a command at once, then 5, 6, 3, 124, 4, 1.
ExitCode worse(ExitCode a, ExitCode b);
/// The code a failed question ends with.
ExitCode exitCodeOf(const Error &error);

} // namespace bw
