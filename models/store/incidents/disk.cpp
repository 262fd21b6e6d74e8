// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/disk.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// SQLite's code for a full disk; the store sees errors of both.
constexpr int kSqliteFull = 13;

tl::unexpected<Error> failed(const QString &what, const QString &path, int code = errno)
{
    return fail(code == ENOENT ? Error::Kind::NotFound : Error::Kind::Storage,
        u"%1 cannot be %2: %3"_s.arg(path, what, qt_error_string(code)), {}, -code);
}

/// Closes on every path.
class Descriptor
{
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(Descriptor &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }
    Descriptor &operator=(Descriptor &&) = delete;
    int get() const { return m_fd; }
    bool isOpen() const { return m_fd >= 0; }

private:
    int m_fd;
};

class SystemFile final : public DiskFile
{
public:
    SystemFile(Descriptor fd, QString path)
        : m_fd(std::move(fd))
        , m_path(std::move(path))
    {
    }
    Result<> append(const QByteArray &bytes) override
    {
        for (qsizetype done = 0; done < bytes.size();) {
            const ssize_t wrote = ::write(m_fd.get(), bytes.constData() + done, size_t(bytes.size() - done));
            if (wrote < 0 && errno == EINTR)
                continue;
            if (wrote <= 0)
                return failed(u"written"_s, m_path, wrote == 0 ? ENOSPC : errno);
            done += wrote;
        }
        return {};
    }
    Result<> sync() override
    {
        if (::fdatasync(m_fd.get()) != 0)
            return failed(u"saved"_s, m_path);
        return {};
    }
    Result<> truncate(qint64 size) override
    {
        if (::ftruncate(m_fd.get(), size) != 0)
            return failed(u"cut"_s, m_path);
        return {};
    }

private:
    Descriptor m_fd;
    QString m_path;
};

class SystemLock final : public DiskLock
{
public:
    explicit SystemLock(Descriptor fd)
        : m_fd(std::move(fd))
    {
    }

private:
    Descriptor m_fd;
};

} // namespace

Result<std::unique_ptr<DiskFile>> SystemDisk::open(const QString &path, Open mode)
{
    int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    if (mode != Open::Existing)
        flags |= O_CREAT;
    if (mode == Open::CreateNew)
        flags |= O_EXCL;
    Descriptor fd(::open(QFile::encodeName(path).constData(), flags, 0600));
    if (!fd.isOpen())
        return failed(u"opened"_s, path);
    return std::make_unique<SystemFile>(std::move(fd), path);
}

Result<QByteArray> SystemDisk::read(const QString &path, qint64 offset)
{
    const Descriptor fd(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status = {};
    if (!fd.isOpen() || ::fstat(fd.get(), &status) != 0)
        return failed(u"read"_s, path);
    if (!S_ISREG(status.st_mode))
        return failed(u"read"_s, path, EINVAL);
    QByteArray bytes(std::max<qint64>(status.st_size - offset, 0), Qt::Uninitialized);
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t got =
            ::pread(fd.get(), bytes.data() + done, size_t(bytes.size() - done), offset + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(u"read"_s, path);
        if (got == 0)
            break;
        done += got;
    }
    bytes.truncate(done);
    return bytes;
}

Result<qint64> SystemDisk::size(const QString &path)
{
    struct stat status = {};
    if (::lstat(QFile::encodeName(path).constData(), &status) != 0)
        return failed(u"looked at"_s, path);
    return qint64(status.st_size);
}

Result<> SystemDisk::rename(const QString &from, const QString &to)
{
    if (::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) != 0)
        return failed(u"renamed"_s, from);
    return {};
}

Result<> SystemDisk::remove(const QString &path)
{
    if (::unlink(QFile::encodeName(path).constData()) != 0)
        return failed(u"removed"_s, path);
    return {};
}

Result<bool> SystemDisk::makeDirectory(const QString &path)
{
    if (QFileInfo(path).isDir())
        return false;
    if (const QString parent = folderOf(path); !QFileInfo(parent).isDir()) {
        if (auto made = makeDirectory(parent); !made)
            return made;
        if (auto synced = syncDirectory(folderOf(parent)); !synced) {
            ::rmdir(QFile::encodeName(parent).constData()); // so that the next attempt syncs it
            return tl::unexpected(synced.error());
        }
    }
    if (::mkdir(QFile::encodeName(path).constData(), 0700) != 0 && errno != EEXIST)
        return failed(u"made"_s, path);
    return true;
}

Result<> SystemDisk::syncDirectory(const QString &path)
{
    const Descriptor fd(::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.isOpen() || ::fsync(fd.get()) != 0)
        return failed(u"saved"_s, path);
    return {};
}

Result<QStringList> SystemDisk::list(const QString &path)
{
    return QDir(path).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
}

Result<std::unique_ptr<DiskLock>> SystemDisk::lock(const QString &path)
{
    Descriptor fd(
        ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.isOpen())
        return failed(u"opened"_s, path);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return fail(Error::Kind::Refused,
                u"another Bridgewatch writes the incident record; this one reads only"_s, path, -EWOULDBLOCK);
        return failed(u"locked"_s, path);
    }
    return std::make_unique<SystemLock>(std::move(fd));
}

Result<> SystemDisk::allocate(const QString &path, qint64 bytes)
{
    const Descriptor fd(
        ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.isOpen())
        return failed(u"opened"_s, path);
    if (const int code = ::posix_fallocate(fd.get(), 0, bytes); code != 0)
        return failed(u"reserved"_s, path, code);
    return {};
}

Result<DiskSpace> SystemDisk::space(const QString &path)
{
    struct statvfs status = {};
    if (::statvfs(QFile::encodeName(path).constData(), &status) != 0)
        return failed(u"measured"_s, path);
    return DiskSpace{
        qint64(status.f_bavail) * qint64(status.f_frsize), qint64(status.f_blocks) * qint64(status.f_frsize)};
}

QString SystemDisk::unreliableFileSystem(const QString &path)
{
    // The store may not be there yet: the nearest folder that is decides.
    QString present = path;
    while (!QFileInfo::exists(present) && present != folderOf(present))
        present = folderOf(present);
    struct statfs status = {};
    if (::statfs(QFile::encodeName(present).constData(), &status) != 0)
        return {};
    switch (quint32(status.f_type)) {
    case 0x6969:
        return u"NFS"_s;
    case 0xff534d42:
    case 0xfe534d42:
    case 0x517b:
        return u"CIFS"_s;
    case 0x65735546:
        return u"FUSE"_s;
    default:
        return {};
    }
}

QString folderOf(const QString &path) { return QFileInfo(path).path(); }

Result<> replaceFile(Disk &disk, const QString &path, const QByteArray &bytes)
{
    const QString temporary = path + u".new"_s;
    if (auto gone = disk.remove(temporary); !gone && gone.error().kind != Error::Kind::NotFound)
        return gone;
    {
        auto file = disk.open(temporary, Disk::Open::CreateNew);
        if (!file)
            return tl::unexpected(file.error());
        if (auto written = (*file)->append(bytes); !written)
            return written;
        if (auto synced = (*file)->sync(); !synced)
            return synced;
    }
    if (auto renamed = disk.rename(temporary, path); !renamed)
        return renamed;
    return disk.syncDirectory(folderOf(path));
}

Result<> moveAside(Disk &disk, const QString &path, const QString &to)
{
    if (auto renamed = disk.rename(path, to); !renamed)
        return renamed.error().kind == Error::Kind::NotFound ? Result<>{} : renamed;
    return disk.syncDirectory(folderOf(path));
}

bool isDiskFull(const Error &error)
{
    return error.kind == Error::Kind::Storage
        && (error.code == -ENOSPC || error.code == -EDQUOT
            || (error.code > 0 && (error.code & 0xff) == kSqliteFull));
}

} // namespace bw
