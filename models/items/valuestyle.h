// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/fieldlook.h>

namespace bw {

/// What a number looks like under a panel's unit, thresholds and mappings: words, and the name of a colour
/// role (empty: none). No colours: those are the theme's.
struct ValueStyle
{
    QString text, tone;
    bool operator==(const ValueStyle &) const = default;
};

/// Role of the highest threshold step at or below `value`; NaN has none. `min` and `max` matter for
/// percentage thresholds only. A threshold list for `field` wins over the list for every value.
QString toneOf(const Panel &panel, const QString &field, double value, double min, double max);
/// Mappings first, then the unit. NaN without a mapping reads `panel.noValue`, or "NaN".
ValueStyle styleOf(const Panel &panel, const QString &field, double value, QStringView unit, int decimals,
    double min = 0, double max = 100);

/// The same for one field with its overrides.
ValueStyle styleOf(const FieldLook &look, double value, double min = 0, double max = 100);
/// A text under the mappings of a field; its tone when it has one.
ValueStyle styleOf(const FieldLook &look, const QString &text);

} // namespace bw
