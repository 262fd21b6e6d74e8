// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alertclass.h>
#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>

namespace bw {

struct LoadedAlertRules
{
    AlertClassifier classifier;
    std::vector<Finding> findings;
};

/// Reads the text of alerts.yaml: `severity_label` and `rules`, each with `match` (matchers, all of which
/// hold) and `class` or `severity`. A rule with an error is left out. Invalid when the text is no YAML map.
[[nodiscard]] Result<LoadedAlertRules> parseAlertRules(const QByteArray &text, const QString &file);
/// Reads `directory`/alerts.yaml; without that file the shipped mapping.
[[nodiscard]] Result<LoadedAlertRules> readAlertRules(const QString &directory);

} // namespace bw
