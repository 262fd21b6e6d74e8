// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/import/importformats_p.h>

#include <QJsonArray>
#include <QJsonDocument>

#include <initializer_list>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The first of these members that has a value.
QString firstOf(const QJsonObject &json, std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        const QJsonValue value = json.value(QLatin1StringView(name));
        if (value.isString() && !value.toString().isEmpty())
            return value.toString();
        if (value.isDouble())
            return QString::number(value.toDouble(), 'f', 3);
    }
    return {};
}

/// An entry as jsonDocument() and jsonLines() write it, or any object with a time and a text.
void addObject(ImportMaker &maker, int line, const QJsonObject &json, const TimelineImportOptions &options)
{
    const QString time = firstOf(json, {"at", "time", "timestamp", "ts"});
    const QString title = firstOf(json, {"title"});
    const QString text = firstOf(json, {"text", "message", "body", "description"});
    const auto at = momentFrom(time, options.zone);
    if (!at || (title.isEmpty() && text.isEmpty())) {
        const QString shown = QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
        maker.unread(line, shown, at ? u"no text"_s : u"\"%1\" is no time"_s.arg(time.left(60)));
        return;
    }
    // Only what people said is taken over as it is: an imported "incident.closed" must not close this one.
    const QString kind = json.value("kind"_L1).toString();
    const bool isSaid = kind.startsWith("note."_L1) && findEntryKind(kind);
    const QString author = firstOf(json.value("actor"_L1).toObject(), {"name"});
    TimelineEntry &entry = maker.add(line, *at, isSaid ? kind : QString(),
        author.isEmpty() ? firstOf(json, {"author", "user", "name"}) : author,
        title.isEmpty() ? text : title);
    if (!title.isEmpty() && !text.isEmpty())
        entry.body = Untrusted(text);
    if (!isSaid && !kind.isEmpty())
        entry.data.insert("imported_kind"_L1, kind);
    entry.atEnd = momentFrom(json.value("at_end"_L1).toString(), options.zone);
}

void addLines(ImportMaker &maker, const QByteArray &bytes, const TimelineImportOptions &options)
{
    int line = 0;
    for (const QByteArray &text : bytes.split('\n')) {
        ++line;
        if (text.trimmed().isEmpty())
            continue;
        QJsonParseError error;
        const QJsonDocument one = QJsonDocument::fromJson(text, &error);
        if (one.isObject())
            addObject(maker, line, one.object(), options);
        else
            maker.unread(line, QString::fromUtf8(text), u"no JSON object: "_s + error.errorString());
    }
}

ImportPreview read(const QByteArray &bytes, const TimelineImportOptions &options)
{
    ImportMaker maker("json", bytes, options);
    const QJsonDocument whole = QJsonDocument::fromJson(bytes);
    if (!whole.isArray() && !whole.object().contains("timeline"_L1)) {
        addLines(maker, bytes, options);
        return maker.take();
    }
    int number = 0;
    const QJsonArray list = whole.isArray() ? whole.array() : whole.object().value("timeline"_L1).toArray();
    for (const QJsonValue one : list)
        addObject(maker, ++number, one.toObject(), options);
    return maker.take();
}

bool matches(const QByteArray &bytes)
{
    const QByteArray head = bytes.left(64).trimmed();
    return head.startsWith('{') || head.startsWith("[{") || head.startsWith("[\n");
}

} // namespace

ImportFormat jsonImport() { return {"json", "JSON of an incident, or JSON Lines", matches, read}; }

} // namespace bw
