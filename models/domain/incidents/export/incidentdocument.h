// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/blocks.h>
#include <domain/incidents/export/mustache.h>
#include <domain/incidents/export/redaction.h>
#include <domain/incidents/export/regions.h>

namespace bw {

/// A finished document, with the files it refers to: those go into `folder` beside it.
struct ExportOutput
{
    QByteArray bytes;
    std::vector<ExportFile> files;
};

/// The template filled in, generated regions between their markers. Each marker carries the incident's id and
/// the options, so that the file alone says how to make it anew. Errors of the template are Invalid with
/// file:line.
[[nodiscard]] Result<ExportOutput> markdownDocument(
    const MustacheTemplate &form, const RedactedRecord &redacted, const QString &folder);
/// The text of one region for regenerate(). NotFound for a name that is none.
[[nodiscard]] Result<ExportOutput> markdownRegion(
    const QByteArray &name, const RedactedRecord &redacted, const QString &folder);
/// What a marker of this document says.
QJsonObject markerOptions(const RedactedRecord &redacted);

/// The template as one file: no script, no reference to anything outside, drawings and images inline; a
/// browser that honours the policy in it loads nothing.
[[nodiscard]] Result<QByteArray> htmlDocument(const MustacheTemplate &form, const RedactedRecord &redacted);
/// Its <body> alone, for a layout of one's own; drawings stand as <img src="drawing:N"> and are in
/// `drawings`.
struct HtmlBody
{
    QByteArray html;
    std::vector<Block> drawings; ///< Drawing and Image
};
[[nodiscard]] Result<HtmlBody> htmlBody(const MustacheTemplate &form, const RedactedRecord &redacted);

/// The whole incident as JSON, schema bridgewatch.incident/1 (docs/schema). Keys are sorted; times are RFC
/// 3339 in UTC with nanoseconds where there are any.
QByteArray jsonDocument(const RedactedRecord &redacted);
/// The timeline, one object a line, as in the `timeline` of the former.
QByteArray jsonLines(const RedactedRecord &redacted);
/// timeline.csv and actions.csv after RFC 4180; no cell is a formula unless the options ask for raw cells.
QByteArray timelineCsv(const RedactedRecord &redacted);
QByteArray actionsCsv(const RedactedRecord &redacted);

} // namespace bw
