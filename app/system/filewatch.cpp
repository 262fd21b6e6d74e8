// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/system/filewatch.h>

#include <QDir>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QTimer>

namespace bw {

/// Lives on the watching thread.
class FileWatch::Worker : public QObject
{
public:
    Worker(FileWatch *owner, std::chrono::milliseconds quiet)
        : m_watcher(this)
        , m_quiet(this)
    {
        m_quiet.setSingleShot(true);
        m_quiet.setInterval(quiet);
        connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_quiet, qOverload<>(&QTimer::start));
        connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_quiet, qOverload<>(&QTimer::start));
        connect(&m_quiet, &QTimer::timeout, this, [this, owner] {
            // Editors replace a file instead of writing it: the new one has to be watched again.
            arm();
            emit owner->changed();
        });
    }

    void setPaths(const QStringList &paths)
    {
        m_paths = paths;
        arm();
    }

private:
    void arm()
    {
        QStringList wanted;
        for (const QString &path : std::as_const(m_paths)) {
            QFileInfo info(path);
            if (info.isDir()) {
                const QStringList files = QDir(path).entryList(QDir::Files | QDir::Readable);
                for (const QString &file : files)
                    wanted += info.absoluteFilePath() + u'/' + file;
            }
            while (!info.exists() && !info.isRoot())
                info.setFile(info.absolutePath());
            wanted += info.absoluteFilePath();
            if (info.isFile())
                wanted += info.absolutePath();
        }
        wanted.removeDuplicates();
        const QStringList old = m_watcher.files() + m_watcher.directories();
        QStringList gone, fresh;
        std::copy_if(old.begin(), old.end(), std::back_inserter(gone),
            [&](const QString &path) { return !wanted.contains(path); });
        std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(fresh),
            [&](const QString &path) { return !old.contains(path); });
        if (!gone.isEmpty())
            m_watcher.removePaths(gone);
        if (!fresh.isEmpty())
            m_watcher.addPaths(fresh);
    }

    QFileSystemWatcher m_watcher;
    QTimer m_quiet;
    QStringList m_paths;
};

FileWatch::FileWatch(std::chrono::milliseconds quiet, QObject *parent)
    : QObject(parent)
    , m_worker(new Worker(this, quiet))
{
    m_thread.setObjectName(QStringLiteral("filewatch"));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.start();
}

FileWatch::~FileWatch()
{
    m_thread.quit();
    m_thread.wait();
}

void FileWatch::setPaths(const QStringList &paths)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, paths] { worker->setPaths(paths); }, Qt::QueuedConnection);
}

} // namespace bw
