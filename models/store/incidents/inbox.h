// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/incidents/incidentdb.h>

#include <functional>

namespace bw {

/// Entries handed over by a command that found another process writing. A file an entry, named by its id,
/// durable before it appears; the writer appends it and leaves an answer beside it. Whoever repeats does no
/// harm.
class Inbox
{
public:
    Inbox(Disk &disk, const QString &root)
        : m_disk(disk)
        , m_folder(root + QStringLiteral("/inbox"))
    {
    }

    /// The command's side. Id and incident must be set; the key of a declaration comes with the answer.
    [[nodiscard]] Result<> drop(const TimelineEntry &entry);
    /// What became of an entry: nullopt while nobody has answered. The answer is removed once read.
    struct Answer
    {
        QString key; ///< of a declaration
        quint64 seq = 0;
        QString problem; ///< why it was not saved; empty: it is, in both copies
    };
    std::optional<Answer> answer(const EntryId &id);

    /// The writer's side: saves what lies there and answers; how many were saved. A file that is no entry is
    /// answered with what is wrong and renamed, so that it is seen once. Entries that could not be saved
    /// stay.
    int collect(IncidentDb &db, const std::function<void(const StoredEntry &)> &saved = {});

private:
    QString path(const EntryId &id, const char *suffix) const;
    void reply(const EntryId &id, const Answer &answer);
    Disk &m_disk;
    QString m_folder;
};

} // namespace bw
