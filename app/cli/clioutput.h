// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QString>

namespace bw {

/// Data goes to standard output, everything said about it to standard error.
void printData(const QByteArray &bytes);
/// One line, made inert for a terminal.
void printMessage(const QString &line);
/// Whole bytes to a file, or to standard output for "-". The file appears complete or not at all.
[[nodiscard]] Result<void> writeOutput(const QString &path, const QByteArray &bytes);

} // namespace bw
