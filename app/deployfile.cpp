// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/deployfile.h>

#include <QFile>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

// Of a log that has grown for years only the newest part matters.
constexpr qint64 kMostAtOnce = 4 << 20;

quint64 inodeOf(const QFile &file)
{
    struct stat info;
    return fstat(file.handle(), &info) == 0 ? quint64(info.st_ino) : 0;
}

} // namespace

DeployFile::Read DeployFile::readNew()
{
    Read read;
    QFile file(m_path);
    if (!file.open(QIODevice::ReadOnly)) {
        read.problem = u"%1: %2"_s.arg(m_path, file.errorString());
        return read;
    }
    const quint64 inode = inodeOf(file);
    if (inode != m_inode || file.size() < m_offset) {
        read.restarted = m_inode != 0;
        m_inode = inode;
        m_offset = 0;
    }
    bool cutLine = false;
    if (file.size() - m_offset > kMostAtOnce) {
        m_offset = file.size() - kMostAtOnce;
        cutLine = true;
    }
    if (!file.seek(m_offset)) {
        read.problem = u"%1: %2"_s.arg(m_path, file.errorString());
        return read;
    }
    QByteArray bytes = file.read(kMostAtOnce);
    if (file.error() != QFileDevice::NoError)
        read.problem = u"%1: %2"_s.arg(m_path, file.errorString());
    const qsizetype end = bytes.lastIndexOf('\n') + 1;
    m_offset += end;
    bytes.truncate(end);
    int number = 0;
    for (const QByteArray &line : bytes.split('\n')) {
        if ((++number == 1 && cutLine) || line.trimmed().isEmpty())
            continue;
        auto event = parseDeployLine(line);
        if (event) {
            read.events.push_back(std::move(*event));
        } else {
            ++read.badLines;
            read.problem = u"%1: %2"_s.arg(m_path, event.error().message);
        }
    }
    if (read.badLines > 1)
        read.problem += QObject::tr(" (and %n more lines like it)", nullptr, read.badLines - 1);
    return read;
}

} // namespace bw
