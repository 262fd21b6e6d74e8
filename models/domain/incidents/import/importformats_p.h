// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/import/incidentimport.h>

namespace bw {

ImportFormat jsonImport(); // jsonimport.cpp
ImportFormat csvImport(); // csvimport.cpp
ImportFormat chatImport(); // chatimport.cpp

/// Gathers the entries of one file.
class ImportMaker
{
public:
    ImportMaker(const char *format, const QByteArray &bytes, const TimelineImportOptions &options);
    /// What line `line` says. Without a kind it is a note.
    TimelineEntry &add(
        int line, Timestamp at, const QString &kind, const QString &author, const QString &text);
    void unread(int line, const QString &text, const QString &why);
    ImportPreview take() { return std::move(m_preview); }

private:
    QByteArray m_hash;
    IncidentId m_incident;
    ImportPreview m_preview;
};

} // namespace bw
