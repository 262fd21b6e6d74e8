// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/drafts.h>

#include <store/documents/dashboardfile.h>
#include <store/documents/filewriter.h>

#include <QDir>
#include <QFile>

using namespace Qt::Literals::StringLiterals;

namespace bw {

Result<void> keepDrafts(const QString &folder, const std::vector<Dashboard> &dashboards)
{
    Result<void> outcome;
    for (const Dashboard &dashboard : dashboards) {
        const auto kept =
            replaceKept(QDir(folder).filePath(dashboard.id + u".yaml"_s), writeDashboard(dashboard), true);
        if (!kept)
            outcome = tl::unexpected(kept.error());
    }
    return outcome;
}

std::vector<Dashboard> readDrafts(const QString &folder)
{
    std::vector<Dashboard> drafts;
    for (const QString &path : listDashboards(folder)) {
        if (auto loaded = readDashboard(path))
            drafts.push_back(std::move(loaded->dashboard));
    }
    return drafts;
}

void dropDrafts(const QString &folder, const QStringList &ids)
{
    for (const QString &id : ids)
        QFile::remove(QDir(folder).filePath(id + u".yaml"_s));
}

} // namespace bw
