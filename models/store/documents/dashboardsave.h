// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>

namespace bw {

/// One edited dashboard on its way to a file.
struct DashboardSave
{
    Dashboard edited;
    /// As it was read when editing began; its origin is the file. Without a file (built-in, new) or with
    /// another id, a new file `<id>.yaml` is made in `folder`.
    Dashboard base;
    QString folder;
    /// What `zone: local` was read as; empty: as itself.
    QString localZone;
    bool mayRewrite = false; ///< comments and layout of a hand-written file may go; a backup keeps them
    /// What somebody else wrote meanwhile may go, a backup keeps it; a file somebody deleted may come back.
    bool mayOverwrite = false;
};

struct DashboardSaved
{
    enum class Outcome : quint8 {
        Written,
        AsksRewrite, ///< the file has comments or a layout of its own; nothing was written
        AsksRestore, ///< the file was deleted since editing began; nothing was written
        AsksOverwrite ///< the file is not what editing began with; nothing was written
    };
    Outcome outcome = Outcome::Written;
    QString path;
    QString backup; ///< what the file held before; empty: it was as this program writes it
    Dashboard dashboard; ///< as the file now says, `localZone` in place
    /// What whoever reads the file will complain of, with the place. It was written all the same: half-made
    /// work is worth keeping.
    QStringList mistakes;
};

/// Writes one dashboard: whole or not at all, what a person wrote kept beside it. Errors name the file and
/// say what to do. A worker's: it reads, writes and waits for the disk.
[[nodiscard]] Result<DashboardSaved> saveDashboard(const DashboardSave &save);

} // namespace bw
