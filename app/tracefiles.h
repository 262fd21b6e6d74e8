// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/tracefile.h>

#include <QString>

namespace bw {

/// A file's traces; "-" is standard input. Invalid names the file and what is wrong with it. Reads the whole
/// file: not for the UI thread.
[[nodiscard]] Result<TraceFile> openTraceFile(const QString &path);

} // namespace bw
