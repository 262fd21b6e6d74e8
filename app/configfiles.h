// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alertclass.h>
#include <domain/base/identity.h>
#include <domain/dashboards/dashboard.h>
#include <domain/display/display.h>
#include <domain/display/savedset.h>
#include <domain/metrics/costtable.h>
#include <domain/metrics/metricprofile.h>
#include <domain/query/sourceconfig.h>
#include <domain/slo/slo.h>

#include <app/newdashboard.h>

#include <QString>

#include <memory>
#include <vector>

namespace bw {

/// Everything the configuration folder says, read in one go. Values; crosses threads.
struct LoadedFiles
{
    QString directory;
    Configuration config;
    /// False: bridgewatch.yaml has errors; `config` is the last good one, or what could be used of it.
    bool configGood = true;
    std::vector<Dashboard> dashboards; ///< built-in and the user's, unique ids
    std::vector<MetricProfile> profiles; ///< highest priority first
    AlertClassifier classifier;
    std::vector<SavedSet> sets; ///< of sets.yaml, unique names
    DisplaySettings display; ///< of display.yaml
    AliasTable aliases; ///< of aliases.yaml
    std::vector<Slo> slos; ///< of slos/*.yaml, unique ids
    std::vector<TemplateName> templates; ///< of new dashboards
    CostTable costs; ///< of every cost file that could be read
    std::vector<Finding> findings; ///< of all files, errors first
};

/// Reads the folder. A file that has errors gives way to what `previous` has of it, so that a slip of the pen
/// does not blank a screen. Does file I/O: never on the UI thread.
LoadedFiles loadFiles(const QString &directory, const LoadedFiles *previous);

/// Reads one folder again and again, each time with what it read before as the last good version. What the
/// program wrote itself counts as read: with mistakes in it, too, it is what the person wants. All calls from
/// one thread at a time, a worker's.
class FolderReader
{
public:
    explicit FolderReader(QString directory)
        : m_directory(std::move(directory))
        , m_last(std::make_shared<LoadedFiles>())
    {
    }
    /// Somebody else read the folder first.
    void begin(const LoadedFiles &files) { m_last = std::make_shared<const LoadedFiles>(files); }
    LoadedFiles read();
    /// A dashboard's file, as it is known to be now; `origin` says which.
    void wrote(const Dashboard &dashboard);

private:
    QString m_directory;
    std::shared_ptr<const LoadedFiles> m_last;
};

/// The paths to watch for changes.
QStringList watchedPaths(const LoadedFiles &files);

} // namespace bw
