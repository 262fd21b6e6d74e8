// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/sourceconfig.h>

#include <store/documents/yamlreader.h>

namespace bw {

/// The `datasources` of bridgewatch.yaml. One with an error is reported and left out. `kinds` as in
/// parseConfiguration.
std::vector<SourceConfig> readSources(YamlMap &top, YamlReport &report, const QStringList &kinds);

} // namespace bw
