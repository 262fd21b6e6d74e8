// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace bw {

/// Mistakes a store can make. Only the fault harness of the tests is built with BW_SEEDED_DEFECTS and can
/// switch one on, to prove that it would be noticed; everywhere else hasDefect() is a constant.
enum class Defect : quint8 {
    None,
    SyncDropped, ///< the journal is written but not synced
    AckBeforeCommit, ///< saved is said before the database has committed
    DirectorySyncSkipped, ///< a new journal's name is not made durable
    ErrorSwallowed, ///< a failed write counts as done
    HandleReused ///< a failed sync is tried again on the same file
};

#ifdef BW_SEEDED_DEFECTS
inline Defect seededDefect = Defect::None;
inline bool hasDefect(Defect defect) { return seededDefect == defect; }
#else
constexpr bool hasDefect(Defect) { return false; }
#endif

} // namespace bw
