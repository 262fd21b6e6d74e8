// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/tracefiles.h>

#include <QFile>

using namespace Qt::Literals::StringLiterals;

namespace bw {

Result<TraceFile> openTraceFile(const QString &path)
{
    const auto refuse = [&path](const QString &reason) {
        return fail(Error::Kind::Invalid, u"%1: %2"_s.arg(path, reason));
    };
    QFile file(path);
    const bool isOpen =
        path == "-"_L1 ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen)
        return refuse(file.errorString());
    const TraceLimits limits;
    const QByteArray bytes = file.read(limits.bytes + 1);
    if (file.error() != QFileDevice::NoError)
        return refuse(file.errorString());
    auto read = readTraceFile(bytes, limits);
    if (!read)
        return refuse(read.error().message);
    return read;
}

} // namespace bw
