// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/registry.h>
#include <domain/dashboards/dashboardedit.h>
#include <store/documents/dashboardfile.h>
#include <store/documents/filewriter.h>
#include <store/documents/slifile.h>
#include <store/documents/yamlreader.h>

#include <app/newdashboard.h>

#include <QDir>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

std::vector<Dashboard> templates()
{
    std::vector<Dashboard> out;
    for (LoadedDashboard &loaded : loadDashboards({u":/templates"_s}).dashboards) {
        if (!hasErrors(loaded.findings))
            out.push_back(std::move(loaded.dashboard));
    }
    return out;
}

} // namespace

std::vector<TemplateName> templateNames()
{
    std::vector<TemplateName> names;
    for (const Dashboard &form : templates())
        names.push_back({form.id, form.title});
    return names;
}

Result<NewDashboard> newDashboard(
    const QString &templateId, const DetectedProfile *profile, const QStringList &takenIds)
{
    const std::vector<Dashboard> forms = templates();
    const Dashboard *form = findById(forms, templateId);
    if (!form) {
        QStringList known;
        for (const Dashboard &one : forms)
            known << one.id;
        return fail(Error::Kind::Invalid,
            u"there is no template %1; templates: %2"_s.arg(templateId, known.join(u", "_s)));
    }
    FilledTemplate filled = fillTemplate(*form, loadSlis({u":/sli"_s}).slis, profile);
    filled.dashboard.id = idFrom(filled.dashboard.id, takenIds, u"dashboard"_s);
    return NewDashboard{filled.dashboard.id, filled.dashboard.title, writeDashboard(filled.dashboard),
        std::move(filled.left)};
}

Result<NewDashboard> writeNewDashboard(const QString &templateId, const DetectedProfile *profile,
    const QStringList &takenIds, const QString &folder)
{
    QStringList taken = takenIds;
    for (const QString &name : QDir(folder).entryList({u"*.yaml"_s, u"*.yml"_s}, QDir::Files))
        taken << QFileInfo(name).completeBaseName();
    auto made = newDashboard(templateId, profile, taken);
    if (!made)
        return made;
    if (!QDir().mkpath(folder))
        return fail(Error::Kind::Invalid, u"%1: cannot be made"_s.arg(folder));
    if (const auto written = writeWhole(QDir(folder).filePath(made->id + u".yaml"_s), made->text); !written)
        return tl::unexpected(written.error());
    return made;
}

} // namespace bw
