// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/blocks.h>
#include <domain/incidents/export/incidentrecord.h>
#include <domain/incidents/export/mustache.h>
#include <store/incidents/bundle.h>
#include <store/incidents/incidentdb.h>

namespace bw {

/// An incident with everything a document is made of, and its lines as they were written.
struct ExportSource
{
    IncidentRecord record;
    IncidentBundle bundle;
};

/// From the record on this disk, evidence files included. NotFound: no such incident. Reads files: a
/// worker's.
[[nodiscard]] Result<ExportSource> sourceFromRecord(IncidentDb &db, const IncidentId &incident);
/// From a bundle somebody sent.
ExportSource sourceFromBundle(const IncidentBundle &bundle);
/// Of this program and what it is built on, for the end of documents.
std::vector<std::pair<QString, QString>> exportVersions();

/// The template of this name: `folder`/NAME.md.mustache of the user, else the built-in one. A name that ends
/// in
/// ".mustache" is a file. NotFound names what there is; errors in it are Invalid with file:line.
[[nodiscard]] Result<MustacheTemplate> exportTemplate(const QString &name, const QString &folder);
/// Names, the user's and the built-in ones, sorted.
QStringList exportTemplates(const QString &folder);

/// Writes `bytes` to `path`, whole or not at all, and `files` into `folder` beside it before that. "-": bytes
/// to standard output, files nowhere.
[[nodiscard]] Result<void> writeExport(const QString &path, const QString &folder, const QByteArray &bytes,
    const std::vector<ExportFile> &files);

} // namespace bw
