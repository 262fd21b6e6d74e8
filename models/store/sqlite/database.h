// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QString>

#include <memory>
#include <optional>

struct sqlite3;
struct sqlite3_stmt;

namespace bw {

/// What a file is for decides how it is written.
enum class DatabaseRole : quint8 {
    /// Losing it loses nothing: write-ahead log, no sync a commit. One connection in the whole program.
    Cache,
    /// A commit that returned is on the disk: rollback journal, every sync there is. SQLite before 3.51.3 can
    /// lose acknowledged commits in write-ahead mode when one connection writes while another checkpoints.
    Record
};

class Statement;

/// One connection to one SQLite file. Owned and used by one thread. Extended error codes arrive in
/// Error::code, errno negated; the kind is Storage. Extensions, writable schemas and trusted functions are
/// off.
class Database
{
public:
    struct OpenOptions
    {
        bool readOnly = false; ///< nothing is made, nothing is written
        const char *layer = nullptr; ///< name of another file layer, which makes its own files; for tests
    };
    /// Opens or creates; a new file is readable by its owner only, and so is a new folder around it.
    [[nodiscard]] static Result<Database> open(const QString &path, DatabaseRole role)
    {
        return open(path, role, OpenOptions{});
    }
    [[nodiscard]] static Result<Database> open(
        const QString &path, DatabaseRole role, const OpenOptions &options);
    /// Opens what is there, for reading only: also while another process writes.
    [[nodiscard]] static Result<Database> openToRead(const QString &path);
    /// Runs statements that return no rows.
    [[nodiscard]] Result<> execute(const char *sql);
    [[nodiscard]] Result<Statement> prepare(const char *sql);
    /// The one number a query like "PRAGMA user_version" gives.
    [[nodiscard]] Result<qint64> number(const char *sql);
    /// The first text a query gives; empty when it gives none.
    [[nodiscard]] Result<QString> text(const char *sql);
    /// True when the file itself is no database, damaged, or has other tables than the statement expects;
    /// false when it is only busy, full or not ours to write.
    static bool isDamaged(const Error &error);
    /// An error that isDamaged() says yes to, for what only the caller can see.
    [[nodiscard]] static tl::unexpected<Error> damage(const QString &what);

private:
    struct Closer
    {
        void operator()(sqlite3 *handle) const;
    };
    explicit Database(sqlite3 *handle)
        : m_handle(handle)
    {
    }
    [[nodiscard]] Result<> configure(DatabaseRole role, bool readOnly);

    std::unique_ptr<sqlite3, Closer> m_handle;
};

/// One prepared statement. bind() values, then step() until it says there are no more rows; reset() before
/// the next use. Lives no longer than its Database.
class Statement
{
public:
    /// Number of the parameter from 1. Binding outside the statement's parameters fails in step().
    Statement &bind(int index, qint64 value);
    /// Its own name: next to bind(qint64) an int would fit both.
    Statement &bindReal(int index, double value);
    Statement &bind(int index, const QByteArray &blob);
    Statement &bind(int index, const QString &text);
    /// True: a row is there. False: done.
    [[nodiscard]] Result<bool> step();
    /// Calls `take` for every row; the first failure it returns ends it.
    template<typename F> [[nodiscard]] Result<> eachRow(const F &take)
    {
        while (true) {
            const auto row = step();
            if (!row)
                return tl::unexpected(row.error());
            if (!*row)
                return {};
            if (Result<> taken = take(); !taken)
                return taken;
        }
    }
    /// For statements without rows: steps and resets.
    [[nodiscard]] Result<> run();
    void reset();

    qint64 integer(int column) const;
    double real(int column) const;
    QByteArray blob(int column) const;
    QString text(int column) const;

private:
    friend class Database;
    struct Finalizer
    {
        void operator()(sqlite3_stmt *handle) const;
    };
    explicit Statement(sqlite3_stmt *handle)
        : m_handle(handle)
    {
    }
    void note(int code);

    std::unique_ptr<sqlite3_stmt, Finalizer> m_handle;
    int m_bindError = 0;
};

/// Begins at once, and rolls back unless committed.
class Transaction
{
public:
    [[nodiscard]] static Result<Transaction> begin(Database &database);
    Transaction(Transaction &&other) noexcept
        : m_database(std::exchange(other.m_database, nullptr))
    {
    }
    Transaction &operator=(Transaction &&) = delete;
    ~Transaction();
    [[nodiscard]] Result<> commit();

private:
    explicit Transaction(Database &database)
        : m_database(&database)
    {
    }
    Database *m_database;
};

} // namespace bw
