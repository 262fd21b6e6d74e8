// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>

namespace bw {

/// The kinds this program speaks to, in the order lists show them. A new kind is one more line.
std::vector<DatasourceKind> builtinDatasourceKinds();

} // namespace bw
