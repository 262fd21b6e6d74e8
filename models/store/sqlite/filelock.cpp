// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/sqlite/filelock.h>

#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace bw {

Result<std::optional<FileLock>> FileLock::tryTake(const QString &path)
{
    const QString name = path + u".lock"_s;
    const int fd =
        ::open(QFile::encodeName(name).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(Error::Kind::Storage, u"%1 cannot be opened: %2"_s.arg(name, qt_error_string(errno)));
    FileLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0)
        return std::optional(std::move(lock));
    if (errno == EWOULDBLOCK)
        return std::optional<FileLock>();
    return fail(Error::Kind::Storage, u"%1 cannot be locked: %2"_s.arg(name, qt_error_string(errno)));
}

FileLock::FileLock(FileLock &&other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
{
}

FileLock &FileLock::operator=(FileLock &&other) noexcept
{
    std::swap(m_fd, other.m_fd);
    return *this;
}

FileLock::~FileLock()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

} // namespace bw
