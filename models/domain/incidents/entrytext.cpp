// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/entrytext.h>
#include <domain/incidents/incidentnames.h>

#include <QJsonArray>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kShort = 200;

/// A member of `data` as one line.
QString datum(const TimelineEntry &entry, const char *key)
{
    const QJsonValue value = entry.data.value(QLatin1StringView(key));
    if (value.isBool())
        return value.toBool() ? u"yes"_s : u"no"_s;
    if (value.isDouble())
        return QString::number(value.toInteger());
    if (value.isArray()) {
        QStringList parts;
        for (const QJsonValue &part : value.toArray())
            parts += part.toString();
        return render::line(Untrusted(parts.join(u", "_s)), kShort);
    }
    return render::line(Untrusted(value.toString()), kShort);
}

QString withReason(const QString &text, const TimelineEntry &entry)
{
    const QString reason = datum(entry, "reason");
    return reason.isEmpty() ? text : text + u": "_s + reason;
}

QString changeText(const TimelineEntry &entry)
{
    const QString from = datum(entry, "from"), to = datum(entry, "to");
    return withReason(from.isEmpty() ? to : from + u" → "_s + to, entry);
}

/// A statement about another entry, or about a field of the incident.
QString fieldText(const TimelineEntry &entry)
{
    if (entry.data.contains("entry"_L1)) {
        if (entry.data.contains("level"_L1))
            return u"an entry is %1 now"_s.arg(datum(entry, "level"));
        if (entry.data.contains("starred"_L1))
            return entry.data.value("starred"_L1).toBool() ? u"an entry was starred"_s
                                                           : u"an entry lost its star"_s;
    }
    if (entry.data.contains("deleted"_L1))
        return withReason(u"an entry was deleted"_s, entry);
    if (entry.data.contains("restored"_L1))
        return u"an entry was restored"_s;
    if (entry.data.contains("redacted"_L1))
        return withReason(u"an entry was redacted"_s, entry);
    return datum(entry, "field").replace(u'_', u' ') + u": "_s + changeText(entry);
}

QString roleText(const TimelineEntry &entry)
{
    const QString service = datum(entry, "service");
    const auto role = valueOf<Role>(datum(entry, "role"));
    return (role ? roleLabel(*role) : datum(entry, "role"))
        + (service.isEmpty() ? QString() : u" for "_s + service) + u": "_s + datum(entry, "person");
}

/// What the data of this kind say; empty: the title says it.
QString dataText(const TimelineEntry &entry)
{
    const QString &kind = entry.kind;
    if (kind == u"incident.field")
        return fieldText(entry);
    if (kind == u"incident.phase" || kind == u"incident.stage" || kind == u"incident.severity")
        return changeText(entry);
    if (kind == u"role.assigned" || kind == u"role.offered" || kind == u"role.accepted"
        || kind == u"role.released")
        return roleText(entry);
    if (kind.startsWith(u"milestone."))
        return datum(entry, "name").replace(u'_', u' ');
    if (kind == u"update.missed" || kind == u"update.due")
        return datum(entry, "audience") + u", due "_s + datum(entry, "due");
    if (kind.startsWith(u"incident.") && kind != u"incident.declared")
        return datum(entry, "reason");
    return {};
}

} // namespace

QString kindGroup(const QString &kind) { return kind.section(u'.', 0, 0); }

QStringList kindGroups()
{
    QStringList groups;
    for (const EntryKind &kind : entryKinds()) {
        const QString group = kindGroup(QString::fromLatin1(kind.name));
        if (!groups.contains(group))
            groups += group;
    }
    return groups;
}

QString roleLabel(Role role)
{
    switch (role) {
    case Role::CommsExternal:
        return u"communications"_s;
    case Role::LiaisonInternal:
        return u"liaison"_s;
    case Role::Sme:
        return u"subject expert"_s;
    default:
        return nameOf(role);
    }
}

QString actorName(const Actor &actor)
{
    const QString name = render::line(actor.display, kShort);
    return name.isEmpty() ? render::line(Untrusted(actor.id), kShort) : name;
}

QString entryLine(const TimelineEntry &entry, int limit)
{
    if (entry.redacted)
        return u"(redacted)"_s;
    const QString title = render::line(entry.title, limit);
    const QString data = dataText(entry);
    if (!data.isEmpty())
        return title.isEmpty() || title == data ? data : title + u" · "_s + data;
    if (!title.isEmpty()) {
        const qint64 count = entry.data.value("count"_L1).toInteger();
        return count > 1 ? u"%1 (%2 alike)"_s.arg(title).arg(count) : title;
    }
    const QString body = render::plain(entry.body).trimmed().section(u'\n', 0, 0).left(limit);
    return body.isEmpty() ? entryKindLabel(entry.kind) : body;
}

} // namespace bw
