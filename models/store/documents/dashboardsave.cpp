// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/dashboardsave.h>

#include <domain/dashboards/dashboardedit.h>
#include <store/documents/dashboardfile.h>
#include <store/documents/filewriter.h>
#include <store/documents/yamlreader.h>

#include <QDir>
#include <QFileInfo>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kKnownVersion = 1;

/// The zone a file's "local" was read as is none of the user's edits.
void restoreZone(Dashboard &edited, const DashboardSave &save, const QString &fileZone)
{
    if (save.localZone.isEmpty() || edited.zone != save.base.zone)
        return;
    if (!fileZone.isEmpty())
        edited.zone = fileZone;
    else if (edited.zone == save.localZone)
        edited.zone = u"local"_s;
}

void applyZone(Dashboard &dashboard, const QString &localZone)
{
    if (!localZone.isEmpty() && dashboard.zone == "local"_L1)
        dashboard.zone = localZone;
}

/// What is on the disk now.
struct OnDisk
{
    bool exists = false;
    QByteArray text;
    std::optional<Dashboard> dashboard; ///< without errors only
};

Result<OnDisk> readDisk(const QString &path)
{
    OnDisk disk;
    if (!QFileInfo::exists(path))
        return disk;
    auto text = readDocument(path);
    if (!text)
        return tl::unexpected(text.error());
    disk.exists = true;
    disk.text = *text;
    if (auto loaded = parseDashboard(*text, path); loaded && !hasErrors(loaded->findings))
        disk.dashboard = std::move(loaded->dashboard);
    return disk;
}

} // namespace

Result<DashboardSaved> saveDashboard(const DashboardSave &save)
{
    if (save.edited.version > kKnownVersion)
        return fail(Error::Kind::Refused,
            u"%1 was written by a newer version of this program; it is not changed"_s.arg(save.base.origin));
    if (!isPossibleId(save.edited.id))
        return fail(
            Error::Kind::Invalid, u"id: found \"%1\", allowed are a-z, 0-9 and -"_s.arg(save.edited.id));
    const QString &origin = save.base.origin;
    const bool isNew = origin.isEmpty() || origin.startsWith(u':') || save.edited.id != save.base.id;
    DashboardSaved saved;
    saved.path = isNew ? save.folder + u'/' + save.edited.id + u".yaml"_s : origin;
    auto disk = readDisk(saved.path);
    if (!disk)
        return tl::unexpected(disk.error());

    Dashboard edited = save.edited;
    restoreZone(edited, save, disk->dashboard && !isNew ? disk->dashboard->zone : QString());
    const QByteArray text = writeDashboard(edited);
    // What could not be read back must not replace what can.
    const auto again = parseDashboard(text, saved.path);
    if (!again || !isSameContent(again->dashboard, edited))
        return fail(Error::Kind::Internal,
            u"%1 was not written: what would be in it cannot be read back%2"_s.arg(
                saved.path, again ? QString() : u": "_s + again.error().message));

    if (disk->exists) {
        bool isBase = false;
        if (disk->dashboard && !isNew) {
            Dashboard now = *disk->dashboard;
            applyZone(now, save.localZone);
            isBase = isSameContent(now, save.base);
        }
        if (!isBase && !save.mayOverwrite) {
            saved.outcome = DashboardSaved::Outcome::AsksOverwrite;
            return saved;
        }
        const bool isOurs = disk->dashboard && writeDashboard(*disk->dashboard) == disk->text;
        if (isBase && !isOurs && !save.mayRewrite) {
            saved.outcome = DashboardSaved::Outcome::AsksRewrite;
            return saved;
        }
        if (!isBase || !isOurs) {
            auto backup = writeBackup(saved.path, disk->text);
            if (!backup)
                return tl::unexpected(backup.error());
            saved.backup = *backup;
        }
    } else if (!isNew && !save.mayOverwrite) {
        saved.outcome = DashboardSaved::Outcome::AsksRestore;
        return saved;
    } else if (const QString folder = QFileInfo(saved.path).path(); !QDir().mkpath(folder)) {
        return fail(
            Error::Kind::Storage, u"the folder %1 cannot be made. Your changes are kept here."_s.arg(folder));
    }
    if (auto written = writeWhole(saved.path, text); !written)
        return fail(Error::Kind::Storage,
            u"%1. Your changes are kept here; save again, or save a copy."_s.arg(written.error().message));
    saved.dashboard = again->dashboard;
    for (const Finding &finding : again->findings) {
        if (finding.level == Finding::Level::Error)
            saved.mistakes << finding.toString();
    }
    applyZone(saved.dashboard, save.localZone);
    return saved;
}

} // namespace bw
