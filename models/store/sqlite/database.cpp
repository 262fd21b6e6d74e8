// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/sqlite/database.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

Error storageError(sqlite3 *handle, int code)
{
    const int extended = handle ? sqlite3_extended_errcode(handle) : code;
    // The message of the code, not of the connection: that one quotes values of the statement.
    return Error{Error::Kind::Storage,
        u"the database cannot be used: %1"_s.arg(QString::fromUtf8(sqlite3_errstr(code))),
        u"SQLite code %1"_s.arg(extended), extended, 0};
}

/// SQLite would create the file with the mode the umask leaves; its journals take the mode of the file.
/// Done before SQLite opens it: closing another descriptor later would drop its locks.
Result<> createPrivate(const QByteArray &path)
{
    const int fd = ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(Error::Kind::Storage,
            u"%1 cannot be opened: %2"_s.arg(QFile::decodeName(path), qt_error_string(errno)));
    ::close(fd);
    return {};
}

} // namespace

void Database::Closer::operator()(sqlite3 *handle) const { sqlite3_close_v2(handle); }
void Statement::Finalizer::operator()(sqlite3_stmt *handle) const { sqlite3_finalize(handle); }

Result<Database> Database::open(const QString &path, DatabaseRole role, const OpenOptions &options)
{
    const QByteArray name = QFile::encodeName(path);
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
    flags |= options.readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (options.layer && !options.readOnly) {
        flags |= SQLITE_OPEN_CREATE;
    } else if (!options.readOnly) {
        // On a new machine nobody has made the program's folder yet.
        const QString folder = QFileInfo(path).path();
        if (!QFileInfo::exists(folder) && QDir().mkpath(folder))
            QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        if (auto created = createPrivate(name); !created)
            return tl::unexpected(created.error());
    }
    sqlite3 *handle = nullptr;
    const int code = sqlite3_open_v2(name.constData(), &handle, flags, options.layer);
    Database database(handle);
    if (code != SQLITE_OK)
        return tl::unexpected(storageError(handle, code));
    if (auto ready = database.configure(role, options.readOnly); !ready)
        return tl::unexpected(ready.error());
    return database;
}

Result<Database> Database::openToRead(const QString &path)
{
    return open(path, DatabaseRole::Cache, {.readOnly = true});
}

Result<> Database::configure(DatabaseRole role, bool readOnly)
{
    sqlite3 *handle = m_handle.get();
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_busy_timeout(handle, role == DatabaseRole::Cache ? 2000 : 3000);
    if (readOnly)
        return execute("PRAGMA query_only=ON; PRAGMA cell_size_check=ON;");
    const char *pragmas = role == DatabaseRole::Cache
        ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=4194304;"
        : "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA; PRAGMA recursive_triggers=ON; "
          "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON;";
    return execute(pragmas);
}

Result<> Database::execute(const char *sql)
{
    const int code = sqlite3_exec(m_handle.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return tl::unexpected(storageError(m_handle.get(), code));
    return {};
}

Result<Statement> Database::prepare(const char *sql)
{
    sqlite3_stmt *handle = nullptr;
    const int code = sqlite3_prepare_v2(m_handle.get(), sql, -1, &handle, nullptr);
    if (code != SQLITE_OK)
        return tl::unexpected(storageError(m_handle.get(), code));
    return Statement(handle);
}

Result<qint64> Database::number(const char *sql)
{
    auto statement = prepare(sql);
    if (!statement)
        return tl::unexpected(statement.error());
    const auto row = statement->step();
    if (!row)
        return tl::unexpected(row.error());
    return *row ? statement->integer(0) : 0;
}

Result<QString> Database::text(const char *sql)
{
    auto statement = prepare(sql);
    if (!statement)
        return tl::unexpected(statement.error());
    const auto row = statement->step();
    if (!row)
        return tl::unexpected(row.error());
    return *row ? statement->text(0) : QString();
}

bool Database::isDamaged(const Error &error)
{
    const int primary = error.code & 0xff; // errno comes negated and is none of these
    return error.kind == Error::Kind::Storage && error.code > 0
        && (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_FORMAT
            || primary == SQLITE_ERROR);
}

tl::unexpected<Error> Database::damage(const QString &what)
{
    return fail(Error::Kind::Storage, what, {}, SQLITE_CORRUPT);
}

void Statement::note(int code)
{
    if (code != SQLITE_OK && m_bindError == SQLITE_OK)
        m_bindError = code;
}

Statement &Statement::bind(int index, qint64 value)
{
    note(sqlite3_bind_int64(m_handle.get(), index, value));
    return *this;
}

Statement &Statement::bindReal(int index, double value)
{
    note(sqlite3_bind_double(m_handle.get(), index, value));
    return *this;
}

Statement &Statement::bind(int index, const QByteArray &blob)
{
    note(sqlite3_bind_blob64(
        m_handle.get(), index, blob.constData(), sqlite3_uint64(blob.size()), SQLITE_TRANSIENT));
    return *this;
}

Statement &Statement::bind(int index, const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    note(sqlite3_bind_text64(
        m_handle.get(), index, utf8.constData(), sqlite3_uint64(utf8.size()), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Result<bool> Statement::step()
{
    if (m_bindError != SQLITE_OK)
        return tl::unexpected(storageError(nullptr, m_bindError));
    const int code = sqlite3_step(m_handle.get());
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return code == SQLITE_ROW;
    return tl::unexpected(storageError(sqlite3_db_handle(m_handle.get()), code));
}

Result<> Statement::run()
{
    const auto stepped = step();
    reset();
    if (!stepped)
        return tl::unexpected(stepped.error());
    return {};
}

void Statement::reset()
{
    sqlite3_reset(m_handle.get());
    sqlite3_clear_bindings(m_handle.get());
    m_bindError = SQLITE_OK;
}

qint64 Statement::integer(int column) const { return sqlite3_column_int64(m_handle.get(), column); }

double Statement::real(int column) const { return sqlite3_column_double(m_handle.get(), column); }

QByteArray Statement::blob(int column) const
{
    const void *data = sqlite3_column_blob(m_handle.get(), column);
    return QByteArray(static_cast<const char *>(data), sqlite3_column_bytes(m_handle.get(), column));
}

QString Statement::text(int column) const { return QString::fromUtf8(blob(column)); }

Result<Transaction> Transaction::begin(Database &database)
{
    if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun)
        return tl::unexpected(begun.error());
    return Transaction(database);
}

Transaction::~Transaction()
{
    // A failed rollback means that SQLite has rolled back already.
    if (m_database)
        std::ignore = m_database->execute("ROLLBACK");
}

Result<> Transaction::commit()
{
    auto committed = m_database->execute("COMMIT");
    if (committed)
        m_database = nullptr;
    return committed;
}

} // namespace bw
