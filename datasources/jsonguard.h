// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>

namespace bw {

struct JsonLimits
{
    qint64 bytes = 128LL << 20;
    int depth = 64; ///< nested arrays and objects; the parsers and their destructors may then recurse
    qint64 string = 1 << 20; ///< bytes of one string, escapes included
};

/// Looks at a body before any parser does: size, byte order mark, UTF-8, depth, length of strings, raw
/// control characters in them, and that brackets close. TooLarge for a cap, Decode for the rest; the first
/// 2 KiB of the body are in the detail. Linear time, no allocation; any thread.
[[nodiscard]] Result<void> checkJson(const QByteArray &body, const JsonLimits &limits = {});

/// The first 2 KiB of a body as text for Error::detail: bytes that are no UTF-8 become U+FFFD.
QString bodyExcerpt(const QByteArray &body);

/// A body behind whose end 64 readable bytes lie, as the JSON parsers want: itself, or a copy.
QByteArray padded(const QByteArray &body);

} // namespace bw
