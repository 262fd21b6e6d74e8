// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/datasourcekinds.h>
#include <domain/base/registry.h>
#include <store/documents/alertrulesfile.h>
#include <store/documents/configfile.h>
#include <store/documents/costfile.h>
#include <store/documents/dashboardfile.h>
#include <store/documents/profilefile.h>
#include <store/documents/slofile.h>
#include <store/documents/userfiles.h>
#include <store/documents/yamlreader.h>

#include <app/configfiles.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

void readConfig(LoadedFiles &files, const LoadedFiles *previous)
{
    QStringList kinds;
    for (const DatasourceKind &kind : builtinDatasourceKinds())
        kinds += kind.id;
    auto loaded = readConfiguration(files.directory, kinds);
    if (!loaded) {
        files.findings.push_back({Finding::Level::Error, {}, 0, 0, loaded.error().message});
        files.configGood = false;
    } else {
        files.configGood = !hasErrors(loaded->findings);
        files.findings.insert(files.findings.end(), loaded->findings.begin(), loaded->findings.end());
        files.config = std::move(loaded->config);
    }
    // What was in force stays; where nothing was, the sources without errors are better than none.
    if (!files.configGood && previous && !previous->config.sources.empty())
        files.config = previous->config;
}

/// The last good version of a dashboard file that has become bad.
const Dashboard *lastGood(const LoadedFiles *previous, const QString &origin)
{
    if (!previous)
        return nullptr;
    const auto at = std::find_if(previous->dashboards.begin(), previous->dashboards.end(),
        [&](const Dashboard &dashboard) { return dashboard.origin == origin; });
    return at == previous->dashboards.end() ? nullptr : &*at;
}

void readDashboards(LoadedFiles &files, const LoadedFiles *previous)
{
    DashboardShelf shelf = loadDashboards({u":/dashboards"_s, files.directory + u"/dashboards"_s});
    for (LoadedDashboard &loaded : shelf.dashboards) {
        files.findings.insert(files.findings.end(), loaded.findings.begin(), loaded.findings.end());
        const Dashboard *good =
            hasErrors(loaded.findings) ? lastGood(previous, loaded.dashboard.origin) : nullptr;
        files.dashboards.push_back(good ? *good : std::move(loaded.dashboard));
    }
    for (const Finding &finding : shelf.findings) {
        files.findings.push_back(finding);
        const Dashboard *good = lastGood(previous, finding.file);
        if (!good)
            continue;
        const auto same = std::find_if(files.dashboards.begin(), files.dashboards.end(),
            [&](const Dashboard &dashboard) { return dashboard.id == good->id; });
        if (same == files.dashboards.end())
            files.dashboards.push_back(*good);
        else
            *same = *good; // the user's version of a built-in one
    }
    if (files.config.zone != "system"_L1) {
        for (Dashboard &dashboard : files.dashboards) {
            if (dashboard.zone == "local"_L1)
                dashboard.zone = files.config.zone;
        }
    }
    // The one that is needed at night comes first; own dashboards follow the built-in ones.
    static const QStringList order{u"on-call"_s, u"debug"_s, u"executive"_s};
    const auto place = [](const Dashboard &dashboard) {
        const qsizetype known = order.indexOf(dashboard.id);
        return known < 0 ? order.size() : known;
    };
    std::stable_sort(files.dashboards.begin(), files.dashboards.end(),
        [&](const Dashboard &a, const Dashboard &b) { return place(a) < place(b); });
}

void readClasses(LoadedFiles &files, const LoadedFiles *previous)
{
    auto rules = readAlertRules(files.directory);
    const bool good = rules && !hasErrors(rules->findings);
    if (rules) {
        files.classifier = std::move(rules->classifier);
        files.findings.insert(files.findings.end(), rules->findings.begin(), rules->findings.end());
    } else {
        files.findings.push_back({Finding::Level::Error, {}, 0, 0, rules.error().message});
    }
    if (!good && previous)
        files.classifier = previous->classifier;
}

/// One of the small files; while it has errors, what was in force stays.
template<typename T>
void takeOver(
    LoadedFiles &files, Result<LoadedFile<T>> loaded, T LoadedFiles::*member, const LoadedFiles *previous)
{
    const bool good = loaded && !hasErrors(loaded->findings);
    if (loaded) {
        files.*member = std::move(loaded->value);
        files.findings.insert(files.findings.end(), loaded->findings.begin(), loaded->findings.end());
    } else {
        files.findings.push_back({Finding::Level::Error, {}, 0, 0, loaded.error().message});
    }
    if (!good && previous)
        files.*member = previous->*member;
}

/// An objective that a slip of the pen took away stays as it was, as long as its file is there.
void readSlos(LoadedFiles &files, const LoadedFiles *previous)
{
    SloShelf shelf = loadSlos(files.directory + u"/slos"_s);
    files.slos = std::move(shelf.slos);
    files.findings.insert(files.findings.end(), shelf.findings.begin(), shelf.findings.end());
    if (!previous || !hasErrors(shelf.findings))
        return;
    for (const Slo &slo : previous->slos) {
        const bool isBroken =
            std::any_of(shelf.findings.begin(), shelf.findings.end(), [&](const Finding &finding) {
                // A file that is no YAML at all has its place in the text only.
                return finding.level == Finding::Level::Error
                    && (finding.file == slo.file || finding.text.startsWith(slo.file + u':'));
            });
        const bool isThere = std::any_of(
            files.slos.begin(), files.slos.end(), [&](const Slo &other) { return other.id == slo.id; });
        if (isBroken && !isThere)
            files.slos.push_back(slo);
    }
}

void readCostFiles(LoadedFiles &files, const LoadedFiles *previous)
{
    bool good = true;
    for (const QString &path : files.config.costFiles) {
        auto costs = readCosts(path);
        if (costs && addCosts(files.costs, *costs))
            continue;
        good = false;
        files.findings.push_back({Finding::Level::Warning, {}, 0, 0,
            costs ? u"%1: currency %2, the cost files before it have %3"_s.arg(
                path, costs->currency, files.costs.currency)
                  : costs.error().message});
    }
    if (!good && files.costs.isEmpty() && previous)
        files.costs = previous->costs;
}

} // namespace

LoadedFiles loadFiles(const QString &directory, const LoadedFiles *previous)
{
    LoadedFiles files;
    files.directory = directory;
    readConfig(files, previous);
    readDashboards(files, previous);
    ProfileShelf profiles = loadProfiles({u":/profiles"_s, directory + u"/profiles"_s});
    files.profiles = std::move(profiles.profiles);
    files.findings.insert(files.findings.end(), profiles.findings.begin(), profiles.findings.end());
    readClasses(files, previous);
    takeOver(files, readSavedSets(directory), &LoadedFiles::sets, previous);
    takeOver(files, readDisplay(directory), &LoadedFiles::display, previous);
    takeOver(files, readAliases(directory), &LoadedFiles::aliases, previous);
    readSlos(files, previous);
    readCostFiles(files, previous);
    files.templates = templateNames();
    std::stable_sort(files.findings.begin(), files.findings.end(),
        [](const Finding &a, const Finding &b) { return a.level < b.level; });
    return files;
}

QStringList watchedPaths(const LoadedFiles &files)
{
    const QString &folder = files.directory;
    return QStringList{folder, folder + u"/dashboards"_s, folder + u"/profiles"_s, folder + u"/slos"_s}
    + files.config.costFiles;
}

LoadedFiles FolderReader::read()
{
    m_last = std::make_shared<const LoadedFiles>(loadFiles(m_directory, m_last.get()));
    return *m_last;
}

void FolderReader::wrote(const Dashboard &dashboard)
{
    LoadedFiles now = *m_last;
    const auto at = std::find_if(now.dashboards.begin(), now.dashboards.end(),
        [&](const Dashboard &one) { return one.origin == dashboard.origin; });
    if (at == now.dashboards.end())
        now.dashboards.push_back(dashboard);
    else
        *at = dashboard;
    m_last = std::make_shared<const LoadedFiles>(std::move(now));
}

} // namespace bw
