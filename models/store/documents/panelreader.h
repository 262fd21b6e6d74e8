// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/documents/yamlreader.h>

namespace bw {

/// One panel of a dashboard file; nullopt when it has no id. Everything that does not fit is reported.
std::optional<Panel> readPanel(const YamlNode &node, YamlReport &report);
/// A colour role or #rrggbb; anything else is reported and empty.
QString colorOf(YamlMap &map, const QString &key);
/// Reports a range whose ends cannot be read.
void checkTime(const TimeSpec &spec, const YamlNode &at, YamlReport &report);

/// Threshold steps under `key`, in the file's order.
std::vector<ThresholdStep> readSteps(YamlMap &map, const QString &key, YamlReport &report);

} // namespace bw
