// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/grafana/grafanaimport.h>

namespace bw {

/// What the program can draw and ask, for an importer.
ImportOptions importOptions();

/// An imported dashboard in the user's folder.
struct ImportedFile
{
    QString id, title, path; ///< of the dashboard file
    int panels = 0, partial = 0, placeholders = 0;
    QByteArray report; ///< Markdown; also beside the file
};

/// Reads a dashboard of Grafana and writes `<id>.yaml`, `<id>.import.md` and `<id>.grafana.json` into
/// `directory`, each whole or not at all. An id that a file there has already gets a number, so that nothing
/// is written over; the same document again replaces what came of it, unless somebody worked on that. Does
/// file I/O: never on the UI thread.
[[nodiscard]] Result<ImportedFile> importIntoFolder(const QString &source, const QString &directory);

/// True for a file that importIntoFolder() would take. File I/O.
bool isForeignDashboard(const QString &path);
/// A file's bytes for an import, up to what is read of one. NotFound, Storage or TooLarge.
[[nodiscard]] Result<QByteArray> readForImport(const QString &path);

} // namespace bw
