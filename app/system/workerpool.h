// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QThreadPool>

namespace bw {

/// Readies the pool that decodes and merges: as many threads as cores, kept alive, nicer than the UI thread
/// by ten, so that a large answer never costs a frame.
void prepareWorkerPool(QThreadPool &pool);

} // namespace bw
