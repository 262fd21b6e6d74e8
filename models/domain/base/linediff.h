// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace bw {

/// The lines that differ, as `diff -u` writes them without its header: " same", "-only before", "+only
/// after", with three lines of context and "@@ -a,b +c,d @@" before each piece. Empty when nothing differs.
/// Beyond some thousand changed lines everything between the first and the last change counts as replaced.
QByteArray lineDiff(const QByteArray &before, const QByteArray &after);

} // namespace bw
