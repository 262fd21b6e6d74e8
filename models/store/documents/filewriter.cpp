// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/filewriter.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

// 100: whoever has so many backups of one file has another problem.
constexpr int kMostBackups = 100;

tl::unexpected<Error> notWritten(const QFileDevice &file)
{
    return fail(Error::Kind::Storage, u"%1 cannot be written: %2"_s.arg(file.fileName(), file.errorString()));
}

} // namespace

Result<void> writeWholeBy(const QString &path, const std::function<bool(QIODevice &)> &write)
{
    const QFileInfo target(path);
    if (target.exists() && !target.isFile() && !target.isDir()) {
        QFile device(path);
        if (!device.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || !write(device))
            return notWritten(device);
        return {};
    }
    QSaveFile file(path);
    // Through a link to a file in a folder that takes no new files, writing in place would not be whole.
    file.setDirectWriteFallback(false);
    if (!file.open(QIODevice::WriteOnly) || !write(file) || !file.commit())
        return notWritten(file);
    return {};
}

Result<void> writeWhole(const QString &path, const QByteArray &bytes)
{
    return writeWholeBy(path, [&](QIODevice &file) { return file.write(bytes) == bytes.size(); });
}

Result<QString> writeBackup(const QString &path, const QByteArray &bytes)
{
    QString name = path + u".backup"_s;
    for (int number = 2; QFile::exists(name); ++number) {
        if (number > kMostBackups)
            return fail(Error::Kind::Storage,
                u"%1 has %2 backups already; remove some, then save again"_s.arg(path).arg(kMostBackups));
        name = path + u".backup-%1"_s.arg(number);
    }
    if (auto written = writeWhole(name, bytes); !written)
        return tl::unexpected(written.error());
    return name;
}

Result<Replaced> replaceKept(const QString &path, const QByteArray &bytes, bool mayOverwrite)
{
    Replaced out;
    out.path = path;
    if (QFileInfo::exists(path)) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return fail(Error::Kind::Storage,
                u"%1 cannot be read, so it is not replaced: %2"_s.arg(path, file.errorString()));
        const QByteArray there = file.readAll();
        if (there == bytes)
            return out;
        if (!mayOverwrite) {
            out.outcome = Replaced::Outcome::AsksOverwrite;
            return out;
        }
        auto backup = writeBackup(path, there);
        if (!backup)
            return tl::unexpected(backup.error());
        out.backup = *backup;
    } else if (const QString folder = QFileInfo(path).path(); !QDir().mkpath(folder)) {
        return fail(Error::Kind::Storage, u"the folder %1 cannot be made"_s.arg(folder));
    }
    if (auto written = writeWhole(path, bytes); !written)
        return tl::unexpected(written.error());
    return out;
}

} // namespace bw
