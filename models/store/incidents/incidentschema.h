// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/sqlite/migrations.h>

namespace bw {

/// incidents.sqlite: every line of every journal, with the columns that order and find them. Triggers refuse
/// to delete a row and to change one, but for taking its body out.
std::span<const Migration> incidentMigrations();

} // namespace bw
