// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>

namespace bw {

/// `sum += value` that stays at its greatest value: a hostile trace may have more time than fits.
inline void addTo(Nanoseconds &sum, Nanoseconds value)
{
    qint64 out = 0;
    sum = __builtin_add_overflow(qint64(sum.count()), qint64(value.count()), &out) ? Nanoseconds::max()
                                                                                   : Nanoseconds(out);
}

} // namespace bw
