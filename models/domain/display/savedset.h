// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/query/compare.h>

#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace bw {

/// A named way to look at a dashboard ("prod-eu checkout"): variables, context among them, and range.
struct SavedSet
{
    QString name; ///< unique, not empty
    QString dashboard; ///< id
    QMap<QString, QStringList> choices; ///< variable → values; an empty list is "all"
    std::optional<TimeSpec> time;
    CompareChoices compare{}; ///< what panels are compared with
    bool operator==(const SavedSet &) const = default;
};

} // namespace bw
