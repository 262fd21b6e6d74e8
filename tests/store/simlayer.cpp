// SPDX-License-Identifier: GPL-3.0-or-later
// The file layer through which SQLite uses a SimDisk.
#include "simdisk.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace bw {

namespace {

struct LayerFile
{
    sqlite3_file base;
    SimDisk *disk;
    SimDisk::File *file;
    QString *path;
    bool isNewJournal, isTemporary;
};

LayerFile &as(sqlite3_file *file) { return *reinterpret_cast<LayerFile *>(file); }
SimDisk &diskOf(sqlite3_vfs *layer) { return *static_cast<SimDisk *>(layer->pAppData); }

int codeOf(const Result<> &done, int kind)
{
    return done ? SQLITE_OK : done.error().code == -ENOSPC ? SQLITE_FULL : kind;
}

int closeFile(sqlite3_file *base)
{
    LayerFile &file = as(base);
    delete file.file;
    delete file.path;
    return SQLITE_OK;
}

int readFile(sqlite3_file *base, void *into, int amount, sqlite3_int64 offset)
{
    const QByteArray bytes = (*as(base).file)->now.mid(offset, amount);
    std::memset(into, 0, size_t(amount));
    std::memcpy(into, bytes.constData(), size_t(bytes.size()));
    return bytes.size() == amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int writeFile(sqlite3_file *base, const void *from, int amount, sqlite3_int64 offset)
{
    LayerFile &file = as(base);
    const QByteArray bytes(static_cast<const char *>(from), amount);
    if (file.isTemporary) {
        QByteArray &now = (*file.file)->now;
        if (now.size() < offset + amount)
            now.append(offset + amount - now.size(), '\0');
        std::memcpy(now.data() + offset, from, size_t(amount));
        return SQLITE_OK;
    }
    return codeOf(file.disk->writeAt(**file.file, offset, bytes), SQLITE_IOERR_WRITE);
}

int truncateFile(sqlite3_file *base, sqlite3_int64 size)
{
    LayerFile &file = as(base);
    if (file.isTemporary) {
        (*file.file)->now.truncate(size);
        return SQLITE_OK;
    }
    return codeOf(file.disk->cutTo(**file.file, size), SQLITE_IOERR_TRUNCATE);
}

int syncFile(sqlite3_file *base, int)
{
    LayerFile &file = as(base);
    if (file.isTemporary)
        return SQLITE_OK;
    if (const auto done = file.disk->syncFile(**file.file); !done)
        return codeOf(done, SQLITE_IOERR_FSYNC);
    if (!std::exchange(file.isNewJournal, false))
        return SQLITE_OK;
    return codeOf(file.disk->syncDirectory(folderOf(*file.path)), SQLITE_IOERR_DIR_FSYNC);
}

int fileSize(sqlite3_file *base, sqlite3_int64 *size)
{
    *size = (*as(base).file)->now.size();
    return SQLITE_OK;
}

int lockFile(sqlite3_file *, int) { return SQLITE_OK; }
int isReserved(sqlite3_file *, int *out)
{
    *out = 0;
    return SQLITE_OK;
}
int control(sqlite3_file *, int, void *) { return SQLITE_NOTFOUND; }
int sectorSize(sqlite3_file *) { return 512; }
int characteristics(sqlite3_file *) { return 0; }

constexpr sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods methods{};
    methods.iVersion = 1;
    methods.xClose = closeFile;
    methods.xRead = readFile;
    methods.xWrite = writeFile;
    methods.xTruncate = truncateFile;
    methods.xSync = syncFile;
    methods.xFileSize = fileSize;
    methods.xLock = lockFile;
    methods.xUnlock = lockFile;
    methods.xCheckReservedLock = isReserved;
    methods.xFileControl = control;
    methods.xSectorSize = sectorSize;
    methods.xDeviceCharacteristics = characteristics;
    return methods;
}();

int openFile(sqlite3_vfs *layer, const char *name, sqlite3_file *base, int flags, int *outFlags)
{
    SimDisk &disk = diskOf(layer);
    LayerFile &file = as(base);
    file.base.pMethods = nullptr;
    const QString path = QString::fromUtf8(name ? name : "");
    SimDisk::File found = path.isEmpty() ? nullptr : disk.find(path);
    const bool isNew = !found;
    if (isNew && !path.isEmpty() && !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    if (isNew && path.isEmpty()) {
        found = disk.create({});
    } else if (isNew) {
        // Making the name is an operation of the disk like any other.
        if (const auto made = disk.open(path, Disk::Open::CreateNew); !made)
            return SQLITE_CANTOPEN;
        found = disk.find(path);
    }
    file.disk = &disk;
    file.file = new SimDisk::File(found);
    file.path = new QString(path);
    file.isNewJournal = isNew && (flags & SQLITE_OPEN_MAIN_JOURNAL);
    file.isTemporary = path.isEmpty();
    if (outFlags)
        *outFlags = flags;
    file.base.pMethods = &kMethods;
    return SQLITE_OK;
}

int deleteFile(sqlite3_vfs *layer, const char *name, int syncsFolder)
{
    SimDisk &disk = diskOf(layer);
    const QString path = QString::fromUtf8(name);
    if (const auto gone = disk.remove(path); !gone)
        return gone.error().kind == Error::Kind::NotFound ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    return syncsFolder ? codeOf(disk.syncDirectory(folderOf(path)), SQLITE_IOERR_DIR_FSYNC) : SQLITE_OK;
}

int accessFile(sqlite3_vfs *layer, const char *name, int, int *out)
{
    const SimDisk::File file = diskOf(layer).find(QString::fromUtf8(name));
    *out = file && !file->now.isEmpty();
    return SQLITE_OK;
}

int fullPath(sqlite3_vfs *, const char *name, int size, char *out)
{
    std::snprintf(out, size_t(size), "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs *, int size, char *out)
{
    std::memset(out, 42, size_t(size)); // the same run again is the same run
    return size;
}

int sleepFor(sqlite3_vfs *, int microseconds) { return microseconds; }

int currentTime(sqlite3_vfs *, double *days)
{
    *days = 2461000.0;
    return SQLITE_OK;
}

} // namespace

SimDisk::SimDisk()
    : m_layer(std::make_unique<sqlite3_vfs>())
{
    static int count = 0;
    m_layerName = "simulated" + std::to_string(++count);
    m_folders = m_durableFolders = {QStringLiteral("/")};
    *m_layer = {};
    m_layer->iVersion = 1;
    m_layer->szOsFile = sizeof(LayerFile);
    m_layer->mxPathname = 1024;
    m_layer->zName = m_layerName.c_str();
    m_layer->pAppData = this;
    m_layer->xOpen = openFile;
    m_layer->xDelete = deleteFile;
    m_layer->xAccess = accessFile;
    m_layer->xFullPathname = fullPath;
    m_layer->xRandomness = randomness;
    m_layer->xSleep = sleepFor;
    m_layer->xCurrentTime = currentTime;
    sqlite3_vfs_register(m_layer.get(), 0);
}

SimDisk::~SimDisk() { sqlite3_vfs_unregister(m_layer.get()); }

} // namespace bw
