// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/variable.h>

#include <store/documents/yamlreader.h>
#include <store/documents/yamlwriter.h>

namespace bw {

/// One entry of `variables:`; nullopt without a name. What does not fit is reported.
std::optional<Variable> readVariable(const YamlNode &node, YamlReport &report);
/// The same entry, defaults left out; readVariable() gives it back.
void writeVariable(YamlWriter &out, const Variable &variable);

} // namespace bw
