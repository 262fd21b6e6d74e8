// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/sqlite/migrations.h>

#include <QSet>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

int newest(std::span<const Migration> migrations) { return migrations.empty() ? 0 : migrations.back().to; }

Result<> step(Database &database, const Migration &migration)
{
    auto transaction = Transaction::begin(database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    for (const char *statement : migration.statements) {
        if (auto done = database.execute(statement); !done)
            return done;
    }
    const QByteArray version = "PRAGMA user_version = " + QByteArray::number(migration.to);
    if (auto done = database.execute(version.constData()); !done)
        return done;
    return transaction->commit();
}

} // namespace

Result<SchemaState> schemaState(Database &database, std::span<const Migration> migrations)
{
    const auto version = database.number("PRAGMA user_version");
    if (!version)
        return tl::unexpected(version.error());
    if (*version == newest(migrations))
        return SchemaState::Current;
    return *version > newest(migrations) ? SchemaState::Newer : SchemaState::Older;
}

Result<> migrate(
    Database &database, std::span<const Migration> migrations, const std::function<Result<>()> &backup)
{
    const auto version = database.number("PRAGMA user_version");
    if (!version)
        return tl::unexpected(version.error());
    if (*version > newest(migrations))
        return fail(Error::Kind::Refused,
            u"the file has version %1; this program knows %2"_s.arg(*version).arg(newest(migrations)));
    if (*version > 0 && *version < newest(migrations)) {
        if (auto saved = backup(); !saved)
            return saved;
    }
    for (const Migration &migration : migrations) {
        if (migration.to <= *version)
            continue;
        if (auto done = step(database, migration); !done)
            return done;
    }
    return {};
}

Result<bool> hasExactly(Database &database, std::span<const Migration> migrations)
{
    QSet<QString> expected;
    for (const Migration &migration : migrations) {
        for (const char *statement : migration.statements)
            expected.insert(QString::fromUtf8(statement));
    }
    auto select = database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
    if (!select)
        return tl::unexpected(select.error());
    while (true) {
        const auto row = select->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return expected.isEmpty();
        if (!expected.remove(select->text(0)))
            return false;
    }
}

} // namespace bw
