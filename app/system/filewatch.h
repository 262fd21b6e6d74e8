// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <QThread>

#include <chrono>

namespace bw {

/// Says when something changed in some folders or files, once for a burst of changes. Watching costs system
/// calls, so it happens on a thread of its own; the signal arrives on this object's thread. Files and folders
/// that do not exist yet are noticed through their nearest existing parent.
class FileWatch : public QObject
{
    Q_OBJECT
public:
    explicit FileWatch(
        std::chrono::milliseconds quiet = std::chrono::milliseconds(150), QObject *parent = nullptr);
    ~FileWatch() override;

    /// Replaces what is watched. A folder stands for itself and the files directly in it.
    void setPaths(const QStringList &paths);

signals:
    void changed();

private:
    class Worker;
    QThread m_thread;
    Worker *m_worker; ///< lives on m_thread, which deletes it
};

} // namespace bw
