// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/drafts.h>

#include <store/documents/dashboardfile.h>
#include <store/documents/filewriter.h>

#include <QDir>
#include <QFile>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

QString draftPath(const QString &folder, const QString &id) { return QDir(folder).filePath(id + u".yaml"_s); }
QString basePath(const QString &folder, const QString &id) { return QDir(folder).filePath(id + u".base"_s); }

} // namespace

Result<void> keepDrafts(const QString &folder, const std::vector<Draft> &drafts)
{
    Result<void> outcome;
    for (const Draft &draft : drafts) {
        const QString &id = draft.edited.id;
        auto kept = replaceKept(basePath(folder, id), writeDashboard(draft.base), true);
        if (kept)
            kept = replaceKept(draftPath(folder, id), writeDashboard(draft.edited), true);
        if (!kept)
            outcome = tl::unexpected(kept.error());
    }
    return outcome;
}

std::vector<Draft> readDrafts(const QString &folder)
{
    std::vector<Draft> drafts;
    for (const QString &path : listDashboards(folder)) {
        auto loaded = readDashboard(path);
        if (!loaded)
            continue;
        Draft draft{std::move(loaded->dashboard), {}};
        if (auto base = readDashboard(basePath(folder, draft.edited.id)))
            draft.base = std::move(base->dashboard);
        drafts.push_back(std::move(draft));
    }
    return drafts;
}

void dropDrafts(const QString &folder, const QStringList &ids)
{
    for (const QString &id : ids) {
        QFile::remove(draftPath(folder, id));
        QFile::remove(basePath(folder, id));
    }
}

} // namespace bw
