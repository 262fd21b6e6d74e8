// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>

namespace bw {

/// 200: more copies of one panel than that are a list, not a picture.
constexpr int kMaxCopies = 200;

/// `panels` with a copy of every repeated one for each of its variable's `values`: side by side, as wide as
/// the row allows, or below each other; a repeated row brings its panels along. What lies below moves down.
/// The first copy keeps the panel's id, the others add "/<number>"; each has the value in `scope` and in its
/// title. A variable without values leaves its panel alone. At most kMaxCopies a panel. Pure.
std::vector<Panel> withCopies(const std::vector<Panel> &panels, const QMap<QString, QStringList> &values);
/// `text` with the variables of `values` written out for a person: several values joined by " + ". Other
/// macros stay. Pure.
QString titleWith(const QString &text, const QMap<QString, QStringList> &values);

} // namespace bw
