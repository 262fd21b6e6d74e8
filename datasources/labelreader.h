// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/ondemand.h>
#include <domain/metrics/labels.h>

#include <array>

namespace bw {

/// Makes QStrings of label names and values and hands out the same one again for equal text, which in one
/// answer is most of them. Lives as long as one decode; the views must outlive it.
class TextCache
{
public:
    QString operator()(std::string_view text);

private:
    struct Slot
    {
        std::string_view key;
        QString text;
    };
    std::array<Slot, 1024> m_slots;
};

/// An object of strings as labels. Decode when a name comes twice ("ambiguous") or a value is no string.
[[nodiscard]] Result<Labels> readLabels(od::Value value, TextCache &cache);

/// The 64-bit FNV-1a hash of a label set as Alertmanager computes it: names and values as UTF-8 in the order
/// of the names, each followed by the byte 255. Equal on every machine and version.
quint64 fingerprintOf(const Labels &labels);

} // namespace bw
