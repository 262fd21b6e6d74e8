// SPDX-License-Identifier: GPL-3.0-or-later
#include "simdisk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr qint64 kSector = 512;

void apply(QByteArray &bytes, const SimDisk::Write &write)
{
    if (write.isCut) {
        if (bytes.size() > write.offset)
            bytes.truncate(write.offset);
        else
            bytes.append(write.offset - bytes.size(), '\0');
        return;
    }
    if (bytes.size() < write.offset + write.bytes.size())
        bytes.append(write.offset + write.bytes.size() - bytes.size(), '\0');
    std::copy(write.bytes.begin(), write.bytes.end(), bytes.begin() + write.offset);
}

/// A random part of what was not synced, sector by sector; of one write in eight a sector is torn.
QByteArray afterLoss(const SimDisk::Inode &file, std::mt19937 &random)
{
    QByteArray bytes = file.durable;
    for (const SimDisk::Write &write : file.pending) {
        if (write.isCut) {
            if (random() % 2)
                apply(bytes, write);
            continue;
        }
        for (qint64 done = 0; done < write.bytes.size();) {
            const qint64 at = write.offset + done;
            const qint64 length = std::min(kSector - at % kSector, qint64(write.bytes.size()) - done);
            SimDisk::Write sector{at, write.bytes.mid(done, length), false};
            if (random() % 8 == 0 && length > 1) {
                const qint64 torn = qint64(random() % quint64(length));
                for (qint64 i = torn; i < length; ++i)
                    sector.bytes[i] = char(random());
                apply(bytes, sector);
            } else if (random() % 2) {
                apply(bytes, sector);
            }
            done += length;
        }
    }
    return bytes;
}

tl::unexpected<Error> failed(const QString &path, int code)
{
    return fail(code == ENOENT ? Error::Kind::NotFound : Error::Kind::Storage,
        path + u": "_s + qt_error_string(code), {}, -code);
}

class SimFile final : public DiskFile
{
public:
    SimFile(SimDisk &disk, SimDisk::File file)
        : m_disk(disk)
        , m_file(std::move(file))
    {
    }
    Result<> append(const QByteArray &bytes) override
    {
        return m_disk.writeAt(*m_file, m_file->now.size(), bytes);
    }
    Result<> sync() override { return m_disk.syncFile(*m_file); }
    Result<> truncate(qint64 size) override { return m_disk.cutTo(*m_file, size); }

private:
    SimDisk &m_disk;
    SimDisk::File m_file;
};

} // namespace

void SimDisk::failAt(qint64 operation, int code, bool persistent)
{
    m_failAt = operation;
    m_failCode = code;
    m_failsOn = persistent;
}

void SimDisk::repaired() { m_failAt = -1; }

Result<> SimDisk::operation(const char *what)
{
    if (m_isOff)
        return failed(u"power"_s, EIO);
    ++m_count;
    if (m_count == m_lostAt) {
        m_isOff = true;
        return failed(u"power"_s, EIO);
    }
    const bool needsRoom = !std::strcmp(what, "write") || !std::strcmp(what, "create");
    if (needsRoom && find(m_inTheWay))
        return failed(u"disk"_s, ENOSPC);
    if (m_failAt > 0 && (m_count == m_failAt || (m_failsOn && m_count > m_failAt))) {
        m_hasFailed = true;
        m_whatFailed = what;
        return failed(u"disk"_s, m_failCode);
    }
    return {};
}

Result<> SimDisk::writeAt(Inode &file, qint64 offset, const QByteArray &bytes)
{
    const bool wasOn = !m_isOff;
    auto done = operation("write");
    const Write write{offset, bytes, false};
    if (done)
        apply(file.now, write);
    if (done || (wasOn && m_isOff)) // under way when power went
        file.pending.push_back(write);
    return done;
}

Result<> SimDisk::cutTo(Inode &file, qint64 size)
{
    auto done = operation("cut");
    if (done) {
        file.pending.push_back({size, {}, true});
        apply(file.now, file.pending.back());
    }
    return done;
}

Result<> SimDisk::syncFile(Inode &file)
{
    auto done = operation("sync");
    if (m_isOff)
        return done;
    if (done) {
        for (const Write &write : file.pending)
            apply(file.durable, write);
    }
    file.pending.clear(); // after an error too: the system has forgotten them
    return done;
}

SimDisk::File SimDisk::find(const QString &path) const
{
    const auto found = m_names.find(path);
    return found == m_names.end() ? nullptr : found->second;
}

SimDisk::File SimDisk::create(const QString &path)
{
    File file = std::make_shared<Inode>();
    if (!path.isEmpty())
        m_names[path] = file;
    return file;
}

Result<std::unique_ptr<DiskFile>> SimDisk::open(const QString &path, Open mode)
{
    File file = find(path);
    if (!file && mode == Open::Existing)
        return failed(path, ENOENT);
    if (file && mode == Open::CreateNew)
        return failed(path, EEXIST);
    if (!file) {
        if (!m_folders.contains(folderOf(path)))
            return failed(path, ENOENT);
        if (auto done = operation("create"); !done)
            return tl::unexpected(done.error());
        file = create(path);
    }
    return std::make_unique<SimFile>(*this, file);
}

Result<QByteArray> SimDisk::read(const QString &path, qint64 offset)
{
    const File file = find(path);
    if (!file)
        return failed(path, ENOENT);
    return file->now.mid(offset);
}

Result<qint64> SimDisk::size(const QString &path)
{
    const File file = find(path);
    if (!file)
        return failed(path, ENOENT);
    return qint64(file->now.size());
}

Result<> SimDisk::rename(const QString &from, const QString &to)
{
    const File file = find(from);
    if (!file)
        return failed(from, ENOENT);
    if (auto done = operation("rename"); !done)
        return done;
    m_names.erase(from);
    m_names[to] = file;
    return {};
}

Result<> SimDisk::remove(const QString &path)
{
    if (!find(path))
        return failed(path, ENOENT);
    if (auto done = operation("remove"); !done)
        return done;
    m_names.erase(path);
    return {};
}

Result<bool> SimDisk::makeDirectory(const QString &path)
{
    if (m_folders.contains(path))
        return false;
    if (path.size() > 1) {
        const QString parent = folderOf(path);
        const auto made = makeDirectory(parent);
        if (!made)
            return made;
        if (*made) {
            if (auto synced = syncDirectory(folderOf(parent)); !synced)
                return tl::unexpected(synced.error());
        }
    }
    if (auto done = operation("make folder"); !done)
        return tl::unexpected(done.error());
    m_folders.insert(path);
    return true;
}

Result<> SimDisk::syncDirectory(const QString &path)
{
    if (auto done = operation("sync folder"); !done)
        return done;
    const auto isHere = [&path](const QString &name) { return folderOf(name) == path; };
    std::erase_if(m_durableNames, [&](const auto &one) { return isHere(one.first); });
    for (const auto &[name, file] : m_names) {
        if (isHere(name))
            m_durableNames[name] = file;
    }
    for (const QString &folder : m_folders) {
        if (isHere(folder))
            m_durableFolders.insert(folder);
    }
    return {};
}

Result<QStringList> SimDisk::list(const QString &path)
{
    std::set<QString> found;
    for (const auto &[name, file] : m_names) {
        if (folderOf(name) == path)
            found.insert(name.mid(path.size() + 1));
    }
    for (const QString &folder : m_folders) {
        if (folderOf(folder) == path && folder != path)
            found.insert(folder.mid(path.size() + 1));
    }
    return QStringList(found.begin(), found.end());
}

Result<std::unique_ptr<DiskLock>> SimDisk::lock(const QString &) { return std::make_unique<DiskLock>(); }

Result<> SimDisk::allocate(const QString &path, qint64 bytes)
{
    if (auto done = operation("allocate"); !done)
        return done;
    create(path)->now = QByteArray(bytes, '\0');
    return {};
}

Result<DiskSpace> SimDisk::space(const QString &) { return DiskSpace{1LL << 40, 1LL << 41}; }

void SimDisk::restore(const SimDisk &before, Fate fate, quint32 seed)
{
    std::mt19937 random(seed);
    const bool isLost = fate == Fate::AllLost;
    m_folders = isLost ? before.m_durableFolders : before.m_folders;
    m_folders.insert(u"/"_s);
    m_durableFolders = m_folders;
    std::map<QString, File> names = isLost ? before.m_durableNames : before.m_names;
    if (fate == Fate::Random) {
        // A name that is not durable is there or not; one whose removal is not durable is back or not.
        for (const auto &[name, file] : before.m_names) {
            const auto durable = before.m_durableNames.find(name);
            const bool isSure = durable != before.m_durableNames.end() && durable->second == file;
            if (isSure || random() % 2)
                continue;
            if (durable == before.m_durableNames.end())
                names.erase(name);
            else
                names[name] = durable->second;
        }
        for (const auto &[name, file] : before.m_durableNames) {
            if (!before.m_names.contains(name) && random() % 2)
                names[name] = file;
        }
    }
    for (const auto &[name, file] : names) {
        if (!m_folders.contains(folderOf(name)))
            continue;
        const File kept = create(name);
        kept->now = isLost ? file->durable : fate == Fate::AllKept ? file->now : afterLoss(*file, random);
        kept->durable = kept->now;
    }
    m_durableNames = m_names;
}

void SimDisk::flip(const QString &path, qint64 offset, char mask)
{
    const File file = find(path);
    file->now[offset] = char(file->now[offset] ^ mask);
    file->durable = file->now;
}

void SimDisk::cut(const QString &path, qint64 size)
{
    const File file = find(path);
    file->now.truncate(size);
    file->durable = file->now;
}

QStringList SimDisk::paths() const
{
    QStringList all;
    for (const auto &[name, file] : m_names)
        all += name;
    return all;
}

} // namespace bw
