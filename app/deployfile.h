// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/deployevents.h>

#include <QString>

namespace bw {

/// Follows one JSON-lines file of deploy events like a log: what was appended, begun anew after it was cut or
/// replaced. Does file I/O: used by one job at a time, never on the UI thread.
class DeployFile
{
public:
    explicit DeployFile(QString path)
        : m_path(std::move(path))
    {
    }

    struct Read
    {
        std::vector<DeployEvent> events; ///< of the new lines
        bool restarted = false; ///< the file was cut or replaced: forget what came before
        int badLines = 0;
        QString problem; ///< why it cannot be read, or what is wrong with the last bad line; empty when fine
    };
    /// Reads what is new. A last line without a line break is left for the next time.
    Read readNew();
    const QString &path() const { return m_path; }

private:
    QString m_path;
    qint64 m_offset = 0;
    quint64 m_inode = 0;
};

} // namespace bw
