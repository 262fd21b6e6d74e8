// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboardimport.h>

#include <store/documents/dashboardfile.h>
#include <store/documents/filewriter.h>
#include <store/grafana/jsontree.h>
#include <widgets/panels/panelkinds.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;

namespace bw {

ImportOptions importOptions()
{
    ImportOptions options;
    for (const PanelKind &kind : builtinPanelKinds())
        options.kinds << kind.id;
    return options;
}

Result<QByteArray> readForImport(const QString &path)
{
    QFile file;
    if (path == "-"_L1) {
        if (!file.open(stdin, QIODevice::ReadOnly))
            return fail(Error::Kind::Storage, u"standard input cannot be read"_s);
    } else {
        file.setFileName(path);
        if (!file.exists())
            return fail(Error::Kind::NotFound, u"%1 does not exist"_s.arg(path));
        if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly))
            return fail(Error::Kind::Storage, u"%1 cannot be read"_s.arg(path));
    }
    // One byte more than is read, so that the reader sees that it is too much.
    return file.read(kJsonMaxBytes + 1);
}

bool isForeignDashboard(const QString &path)
{
    const Result<QByteArray> json = readForImport(path);
    return json && importGrafana(*json, importOptions()).has_value();
}

Result<ImportedFile> importIntoFolder(const QString &source, const QString &directory)
{
    const Result<QByteArray> json = readForImport(source);
    if (!json)
        return tl::unexpected(json.error());
    Result<GrafanaImport> imported = importGrafana(*json, importOptions());
    if (!imported)
        return fail(
            imported.error().kind, u"%1: %2"_s.arg(QFileInfo(source).fileName(), imported.error().message));
    QDir folder(directory);
    if (!folder.mkpath(u"."_s))
        return fail(Error::Kind::Storage, u"%1 cannot be made"_s.arg(directory));
    Dashboard &dashboard = imported->dashboard;
    const QString base = dashboard.id;
    const auto holds = [&](const QString &name, const QByteArray &bytes) {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::ReadOnly) && file.readAll() == bytes;
    };
    const auto isTaken = [&](const QString &id) {
        if (!folder.exists(id + u".yaml"_s) && !folder.exists(id + u".yml"_s))
            return false;
        // The same import once more: only as long as nobody worked on what came of it.
        dashboard.id = id;
        return !holds(id + u".grafana.json"_s, *json) || !holds(id + u".yaml"_s, writeDashboard(dashboard));
    };
    // A dashboard of the program with the same id would be hidden by ours.
    const QStringList builtin = QDir(u":/dashboards"_s).entryList({u"*.yaml"_s});
    for (int number = 2; isTaken(dashboard.id) || builtin.contains(dashboard.id + u".yaml"_s); ++number)
        dashboard.id = u"%1-%2"_s.arg(base).arg(number);
    ImportedFile out;
    out.id = dashboard.id;
    out.title = dashboard.title;
    out.path = folder.filePath(out.id + u".yaml"_s);
    out.report = importReport(*imported);
    out.panels = int(imported->panels.size());
    out.partial = imported->count(PanelImport::Status::Partial);
    out.placeholders = imported->count(PanelImport::Status::Placeholder);
    for (const auto &[name, bytes] :
        {std::pair(out.id + u".grafana.json"_s, *json), std::pair(out.id + u".import.md"_s, out.report),
            std::pair(out.id + u".yaml"_s, writeDashboard(dashboard))}) {
        if (const auto written = writeWhole(folder.filePath(name), bytes); !written)
            return tl::unexpected(written.error());
    }
    return out;
}

} // namespace bw
