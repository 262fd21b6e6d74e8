// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <domain/slo/slo.h>

#include <store/documents/yamlreader.h>

namespace bw {

/// Objectives of several files, and what was wrong with these.
struct SloShelf
{
    std::vector<Slo> slos; ///< unique ids, in the order of the files
    std::vector<Finding> findings;
    QStringList files; ///< that were read
};

/// A file's text as YAML documents of any of the four dialects: our own (`kind: slo`), Sloth (`version:
/// prometheus/v1`, or its resource), Pyrra, OpenSLO v1 and v1alpha. What cannot be used, or fails the checks
/// of the tool it is written for, is left out with an error; what is left aside is said in Slo::notTaken.
struct SloText
{
    QString file;
    QByteArray text;
};
/// Reads all files together: an OpenSLO objective may name an indicator of another file.
SloShelf parseSlos(const std::vector<SloText> &texts);
/// Every *.yaml and *.yml of a folder; a file that is none of ours to read is a finding.
SloShelf loadSlos(const QString &directory);

/// An objectives file that is ready to be edited, in our own dialect. `total` and `bad` are expressions over
/// $__window; `histogram` is a selector of classic buckets or of a native histogram, empty for no objective
/// of latency.
QByteArray starterSloFile(const QString &service, const QString &total, const QString &bad,
    const QString &histogram, bool isNative, double threshold);

} // namespace bw
