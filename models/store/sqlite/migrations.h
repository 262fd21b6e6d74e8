// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/sqlite/database.h>

#include <functional>
#include <span>

namespace bw {

/// From version `to` - 1 to `to`: statements that run in one transaction with the new version number.
struct Migration
{
    int to = 0;
    std::span<const char *const> statements;
};

/// Where a file stands against the versions the program knows.
enum class SchemaState { Current, Older, Newer };
[[nodiscard]] Result<SchemaState> schemaState(Database &database, std::span<const Migration> migrations);

/// Brings the file to the newest version, one transaction a step; a crash leaves it at a step, whole.
/// `backup` is called once before the first step of a file that has content, and nothing is changed when it
/// fails. Refused: the file is newer.
[[nodiscard]] Result<> migrate(
    Database &database, std::span<const Migration> migrations, const std::function<Result<>()> &backup);

/// True when the file has the objects of all migrations and no others: a table, trigger or view that somebody
/// added could change what statements do. For files whose migrations only create.
[[nodiscard]] Result<bool> hasExactly(Database &database, std::span<const Migration> migrations);

} // namespace bw
