// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/inbox.h>

#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace bw {

QString Inbox::path(const EntryId &id, const char *suffix) const
{
    return m_folder + u'/' + id.toString() + QLatin1StringView(suffix);
}

Result<> Inbox::drop(const TimelineEntry &entry)
{
    // A line of its own, in no chain: its hashes tell a whole file from a half one.
    auto line = encodeLine(entry, noHash(), QByteArray());
    if (!line)
        return tl::unexpected(line.error());
    return replaceFile(m_disk, path(entry.id, ".json"), line->bytes);
}

std::optional<Inbox::Answer> Inbox::answer(const EntryId &id)
{
    const auto bytes = m_disk.read(path(id, ".ack"), 0);
    if (!bytes)
        return std::nullopt;
    const QJsonObject object = QJsonDocument::fromJson(*bytes).object();
    std::ignore = m_disk.remove(path(id, ".ack"));
    return Answer{object.value("key"_L1).toString(), quint64(object.value("seq"_L1).toInteger()),
        object.value("problem"_L1).toString()};
}

void Inbox::reply(const EntryId &id, const Answer &answer)
{
    QJsonObject object{{u"seq"_s, qint64(answer.seq)}};
    if (!answer.key.isEmpty())
        object[u"key"_s] = answer.key;
    if (!answer.problem.isEmpty())
        object[u"problem"_s] = answer.problem;
    // The entry is saved whether or not anybody hears of it.
    std::ignore = replaceFile(m_disk, path(id, ".ack"), QJsonDocument(object).toJson(QJsonDocument::Compact));
}

int Inbox::collect(IncidentDb &db, const std::function<void(const StoredEntry &)> &saved)
{
    const auto names = m_disk.list(m_folder);
    if (!names)
        return 0;
    int count = 0;
    for (const QString &name : *names) {
        if (!name.endsWith(".json"_L1))
            continue;
        const auto id = EntryId::parse(name.chopped(5));
        const auto bytes = id ? m_disk.read(path(*id, ".json"), 0) : Result<QByteArray>(QByteArray());
        if (!bytes)
            continue;
        auto line = decodeLine(*bytes);
        if (!id || !line || line->entry.id != *id || line->entry.redacted) {
            std::ignore = m_disk.rename(m_folder + u'/' + name, m_folder + u'/' + name + u".refused"_s);
            if (id)
                reply(*id, {{}, 0, u"the file is no entry"_s});
            continue;
        }
        const auto stored = db.append({line->entry});
        if (!stored) {
            // What cannot be an entry is refused for good; anything else is tried again later.
            if (stored.error().kind == Error::Kind::TooLarge || stored.error().kind == Error::Kind::Invalid) {
                std::ignore = m_disk.remove(path(*id, ".json"));
                reply(*id, {{}, 0, stored.error().message});
            }
            continue;
        }
        reply(*id, {stored->front().key, stored->front().seq, {}});
        std::ignore = m_disk.remove(path(*id, ".json"));
        ++count;
        if (saved)
            saved(stored->front());
    }
    return count;
}

} // namespace bw
