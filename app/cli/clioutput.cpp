// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/untrusted.h>
#include <store/documents/filewriter.h>

#include <app/cli/clioutput.h>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace bw {

void printData(const QByteArray &bytes)
{
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stdout);
    std::fflush(stdout);
}

void printMessage(const QString &line)
{
    const QByteArray bytes = render::plain(Untrusted(line)).toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stderr);
}

Result<void> writeOutput(const QString &path, const QByteArray &bytes)
{
    if (path == "-"_L1) {
        printData(bytes);
        return {};
    }
    if (const auto written = writeWhole(path, bytes); !written)
        return fail(Error::Kind::Invalid, written.error().message);
    return {};
}

} // namespace bw
