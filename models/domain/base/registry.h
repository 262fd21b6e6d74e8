// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <algorithm>
#include <vector>

namespace bw {

/// The entry with this id, or null. For the ordered lists of kinds, whose entries have a QString `id`.
template<typename T> const T *findById(const std::vector<T> &entries, QStringView id)
{
    const auto at =
        std::find_if(entries.begin(), entries.end(), [&](const T &entry) { return entry.id == id; });
    return at == entries.end() ? nullptr : &*at;
}

} // namespace bw
