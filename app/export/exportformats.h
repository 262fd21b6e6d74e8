// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/incidentdocument.h>

#include <functional>

namespace bw {

struct IncidentBundle;

/// What a format is written from. Values only; nothing here is read from a disk.
struct ExportRequest
{
    RedactedRecord redacted;
    MustacheTemplate form; ///< for the formats that take one
    QString folder; ///< name of the folder beside the file for what it refers to
    /// The record as it was written; null when only its content is at hand.
    const IncidentBundle *bundle = nullptr;
};

/// A file an incident can leave in.
struct ExportFormat
{
    QString id; ///< on the command line: "md"
    QString title;
    QString suffix; ///< of its file's name: ".timeline.csv"
    bool takesTemplate = false;
    bool paints = false; ///< needs the offscreen platform and fonts
    std::function<Result<ExportOutput>(const ExportRequest &)> write;
};

/// Every format, in the order of --help. To add one: a function that writes it, and a line here.
std::vector<ExportFormat> exportFormats();
/// By its id, or by the end of a file's name when `id` is empty. Invalid names what there is.
[[nodiscard]] Result<ExportFormat> exportFormat(const QString &id, const QString &fileName);

} // namespace bw
