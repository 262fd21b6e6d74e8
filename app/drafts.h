// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>

#include <vector>

namespace bw {

// Edited dashboards that were not saved when the program was told to end: one file each, named by its id,
// apart from the configuration folder. All of these do file I/O: not on the UI thread.

/// Writes them. What was kept before under the same id stays beside it as a backup. Storage: some are not
/// kept; the others are.
[[nodiscard]] Result<void> keepDrafts(const QString &folder, const std::vector<Dashboard> &dashboards);
/// As they were kept, by id; files that cannot be read are left out, and left alone.
std::vector<Dashboard> readDrafts(const QString &folder);
/// They are being edited again.
void dropDrafts(const QString &folder, const QStringList &ids);

} // namespace bw
