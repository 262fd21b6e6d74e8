// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/system/paths.h>

#include <QDir>
#include <QStandardPaths>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

QString below(QStandardPaths::StandardLocation location)
{
    return QStandardPaths::writableLocation(location) + u"/bridgewatch"_s;
}

} // namespace

QString configDirectory(const QString &asked)
{
    QString chosen = asked;
    if (chosen.isEmpty())
        chosen = qEnvironmentVariable("BRIDGEWATCH_CONFIG");
    if (chosen.isEmpty())
        chosen = below(QStandardPaths::GenericConfigLocation);
    return QDir::cleanPath(QDir().absoluteFilePath(chosen));
}

QString dataDirectory() { return below(QStandardPaths::GenericDataLocation); }

QString cacheDirectory() { return below(QStandardPaths::GenericCacheLocation); }

} // namespace bw
