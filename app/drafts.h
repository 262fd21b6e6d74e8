// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>

#include <vector>

namespace bw {

/// An edited dashboard that was not saved when the program was told to end, and the file it was made of: who
/// goes on with it must hear of it when the file is another one by then.
struct Draft
{
    Dashboard edited, base;
};

// Drafts are files named by the dashboard's id, apart from the configuration folder. All of these do file
// I/O: not on the UI thread.

/// Writes them. What was kept before under the same id stays beside it as a backup. Storage: some are not
/// kept; the others are.
[[nodiscard]] Result<void> keepDrafts(const QString &folder, const std::vector<Draft> &drafts);
/// As they were kept, by id; files that cannot be read are left out, and left alone. Without a base that can
/// be read, `base` is an empty dashboard.
std::vector<Draft> readDrafts(const QString &folder);
/// They are being edited again, or not wanted any more.
void dropDrafts(const QString &folder, const QStringList &ids);

} // namespace bw
