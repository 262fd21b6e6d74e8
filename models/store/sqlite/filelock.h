// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QString>

#include <optional>

namespace bw {

/// The right to write a file, held by one process at a time: a kernel lock on `<path>.lock`, which ends with
/// the process whatever happens to it. The lock file stays; it is empty and readable by its owner only. The
/// locked file itself is never opened: closing it would drop SQLite's locks.
class FileLock
{
public:
    /// nullopt: somebody else has it. Storage: the lock file cannot be made.
    [[nodiscard]] static Result<std::optional<FileLock>> tryTake(const QString &path);
    FileLock(FileLock &&other) noexcept;
    FileLock &operator=(FileLock &&other) noexcept;
    ~FileLock();

private:
    explicit FileLock(int fd)
        : m_fd(fd)
    {
    }
    int m_fd = -1;
};

} // namespace bw
