// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/entrycodec.h>

#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incidentnames.h>

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <array>
#include <charconv>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr qsizetype kHashLength = 64;
constexpr char kBodyKey[] = ",\"body\":";

/// "2026-05-01T14:02:11.000000000Z": always of this length, so that texts sort as times do.
QByteArray nanoText(Timestamp time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 40> text{};
    const int length = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%09lldZ",
        int(date.year()), unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
        int(clock.minutes().count()), int(clock.seconds().count()),
        static_cast<long long>(clock.subseconds().count()));
    return QByteArray(text.data(), length);
}

QByteArray quoted(const QString &text)
{
    // One escaping for the whole line: that of the body.
    const QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return list.mid(1, list.size() - 2);
}

QJsonObject actorObject(const Actor &actor)
{
    QJsonObject object{{u"type"_s, nameOf(actor.type)}, {u"id"_s, actor.id}};
    if (!actor.display.isEmpty())
        object[u"display"_s] = verbatim(actor.display);
    return object;
}

QByteArray bodyOf(const TimelineEntry &entry, const QByteArray &salt)
{
    QJsonObject body{{u"salt"_s, QString::fromLatin1(salt.toHex())}, {u"actor"_s, actorObject(entry.actor)},
        {u"title"_s, verbatim(entry.title)}, {u"level"_s, nameOf(entry.level)}};
    if (!entry.body.isEmpty())
        body[u"text"_s] = verbatim(entry.body);
    if (!entry.data.isEmpty())
        body[u"data"_s] = entry.data;
    if (entry.atEnd)
        body[u"at_end"_s] = QString::fromLatin1(nanoText(*entry.atEnd));
    if (entry.timeSource != TimeSource::Local)
        body[u"time_source"_s] = nameOf(entry.timeSource);
    if (entry.skewMs)
        body[u"skew_ms"_s] = *entry.skewMs;
    if (entry.starred)
        body[u"starred"_s] = true;
    if (entry.confidence != Confidence::Observed)
        body[u"confidence"_s] = nameOf(entry.confidence);
    if (entry.supersedes)
        body[u"supersedes"_s] = entry.supersedes->toString();
    QJsonArray refs;
    for (const EntryRef &ref : entry.refs)
        refs += QJsonObject{{u"kind"_s, nameOf(ref.kind)}, {u"target"_s, verbatim(ref.target)}};
    if (!refs.isEmpty())
        body[u"refs"_s] = refs;
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

template<typename E> void readName(const QJsonObject &body, QLatin1StringView key, E &into)
{
    if (const auto value = valueOf<E>(body.value(key).toString()))
        into = *value;
}

void readBody(const QJsonObject &body, TimelineEntry &entry)
{
    const QJsonObject actor = body.value("actor"_L1).toObject();
    readName(actor, "type"_L1, entry.actor.type);
    entry.actor.id = actor.value("id"_L1).toString();
    entry.actor.display = Untrusted(actor.value("display"_L1).toString());
    entry.title = Untrusted(body.value("title"_L1).toString());
    entry.body = Untrusted(body.value("text"_L1).toString());
    entry.data = body.value("data"_L1).toObject();
    readName(body, "level"_L1, entry.level);
    readName(body, "time_source"_L1, entry.timeSource);
    readName(body, "confidence"_L1, entry.confidence);
    entry.starred = body.value("starred"_L1).toBool();
    entry.atEnd = parseRfc3339(body.value("at_end"_L1).toString());
    entry.supersedes = EntryId::parse(body.value("supersedes"_L1).toString());
    if (const QJsonValue skew = body.value("skew_ms"_L1); skew.isDouble())
        entry.skewMs = skew.toInteger();
    for (const QJsonValue &value : body.value("refs"_L1).toArray()) {
        const QJsonObject object = value.toObject();
        EntryRef ref;
        readName(object, "kind"_L1, ref.kind);
        ref.target = Untrusted(object.value("target"_L1).toString());
        entry.refs.push_back(ref);
    }
}

/// Reads the fixed order of keys; the first thing that does not fit ends it.
class LineReader
{
public:
    explicit LineReader(QByteArrayView bytes)
        : m_bytes(bytes)
    {
    }
    bool failed() const { return m_failed; }
    qsizetype position() const { return m_at; }

    void literal(const char *text)
    {
        const qsizetype length = qsizetype(qstrlen(text));
        if (!m_failed && m_bytes.sliced(m_at).startsWith(QByteArrayView(text, length)))
            m_at += length;
        else
            m_failed = true;
    }
    QString string()
    {
        literal("\"");
        const qsizetype begin = m_at;
        bool isEscaped = false;
        for (; !m_failed && m_at < m_bytes.size() && m_bytes[m_at] != '"'; ++m_at) {
            if (m_bytes[m_at] == '\\') {
                isEscaped = true;
                ++m_at;
            }
        }
        if (m_failed || m_at >= m_bytes.size()) {
            m_at = m_bytes.size();
            m_failed = true;
            return {};
        }
        const QByteArrayView raw = m_bytes.sliced(begin, m_at - begin);
        ++m_at;
        if (!isEscaped)
            return QString::fromUtf8(raw);
        QJsonParseError error;
        const auto list = QJsonDocument::fromJson("[\"" + raw.toByteArray() + "\"]", &error).array();
        m_failed |= error.error != QJsonParseError::NoError;
        return list.at(0).toString();
    }
    template<typename N> N number()
    {
        N value{};
        if (m_failed)
            return value;
        const auto [end, problem] = std::from_chars(m_bytes.data() + m_at, m_bytes.end(), value);
        m_failed |= problem != std::errc();
        m_at = end - m_bytes.data();
        return value;
    }
    Timestamp time()
    {
        const auto value = parseRfc3339(string());
        m_failed |= !value;
        return value.value_or(Timestamp{});
    }
    template<typename Id> Id id()
    {
        const auto value = Id::parse(string());
        m_failed |= !value;
        return value.value_or(Id{});
    }
    Hlc hlc()
    {
        const auto value = Hlc::parse(string());
        m_failed |= !value;
        return value.value_or(Hlc{});
    }
    QByteArray hash()
    {
        const QString text = string();
        m_failed |= text.size() != kHashLength;
        return text.toLatin1();
    }

private:
    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    bool m_failed = false;
};

QByteArray envelope(const TimelineEntry &entry, const QByteArray &prev, const QByteArray &bodyHash)
{
    QByteArray line = "{\"v\":1,\"id\":\"" + entry.id.toString().toLatin1();
    line += "\",\"inc\":\"" + entry.incident.toString().toLatin1();
    line += "\",\"writer\":\"" + entry.writer.toString().toLatin1();
    line += "\",\"seq\":" + QByteArray::number(entry.seq);
    line += ",\"hlc\":\"" + entry.hlc.toString().toLatin1();
    line += "\",\"at\":\"" + nanoText(entry.at) + "\",\"utc\":\"" + nanoText(entry.recorded.utc);
    line += "\",\"tz\":" + quoted(entry.recorded.zone) + ",\"boot\":" + quoted(entry.recorded.boot);
    line += ",\"mono\":" + QByteArray::number(qint64(entry.recorded.mono.count()));
    line += ",\"kind\":" + quoted(entry.kind);
    line += ",\"prev\":\"" + prev + "\",\"body_hash\":\"" + bodyHash + '"';
    return line;
}

tl::unexpected<Error> wrong(const QString &what)
{
    return fail(Error::Kind::Decode, u"a line of the journal %1"_s.arg(what));
}

JournalLine readEnvelope(LineReader &reader)
{
    JournalLine line;
    TimelineEntry &entry = line.entry;
    reader.literal("{\"v\":1,\"id\":");
    entry.id = reader.id<EntryId>();
    reader.literal(",\"inc\":");
    entry.incident = reader.id<IncidentId>();
    reader.literal(",\"writer\":");
    entry.writer = reader.id<WriterId>();
    reader.literal(",\"seq\":");
    entry.seq = reader.number<quint64>();
    reader.literal(",\"hlc\":");
    entry.hlc = reader.hlc();
    reader.literal(",\"at\":");
    entry.at = reader.time();
    reader.literal(",\"utc\":");
    entry.recorded.utc = reader.time();
    reader.literal(",\"tz\":");
    entry.recorded.zone = reader.string();
    reader.literal(",\"boot\":");
    entry.recorded.boot = reader.string();
    reader.literal(",\"mono\":");
    entry.recorded.mono = Nanoseconds(reader.number<qint64>());
    reader.literal(",\"kind\":");
    entry.kind = reader.string();
    reader.literal(",\"prev\":");
    line.prev = reader.hash();
    reader.literal(",\"body_hash\":");
    line.bodyHash = reader.hash();
    return line;
}

} // namespace

QByteArray noHash() { return QByteArray(kHashLength, '0'); }

QByteArray sha256(QByteArrayView bytes)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(bytes);
    return hash.result().toHex();
}

Result<JournalLine> encodeLine(const TimelineEntry &entry, const QByteArray &prev, const QByteArray &salt)
{
    const QByteArray body = bodyOf(entry, salt);
    JournalLine line{entry, {}, prev, {}, sha256(body)};
    line.bytes = envelope(entry, prev, line.bodyHash);
    line.hash = sha256(line.bytes);
    line.bytes += ",\"hash\":\"" + line.hash + '"' + kBodyKey + body + '}';
    if (line.bytes.size() >= kLongestLine)
        return fail(Error::Kind::TooLarge,
            u"an entry of %1 bytes is too long; attach the text as a file"_s.arg(line.bytes.size()));
    return line;
}

Result<JournalLine> decodeLine(QByteArrayView bytes)
{
    if (bytes.size() >= kLongestLine)
        return wrong(u"is too long"_s);
    LineReader reader(bytes);
    JournalLine line = readEnvelope(reader);
    const qsizetype hashedLength = reader.position();
    reader.literal(",\"hash\":");
    line.hash = reader.hash();
    reader.literal(kBodyKey);
    if (reader.failed() || !bytes.endsWith('}'))
        return wrong(u"is not of its form"_s);
    const QByteArrayView body = bytes.sliced(reader.position()).chopped(1);
    if (sha256(bytes.first(hashedLength)) != line.hash)
        return wrong(u"does not fit its hash"_s);
    if (body == QByteArrayView("null")) {
        line.entry.redacted = true;
        line.entry.level = defaultLevel(line.entry.kind, {});
    } else if (sha256(body) != line.bodyHash) {
        return wrong(u"has a body that does not fit its hash"_s);
    } else {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(body.toByteArray(), &error);
        if (error.error != QJsonParseError::NoError || !document.isObject())
            return wrong(u"has a body that cannot be read"_s);
        readBody(document.object(), line.entry);
    }
    line.bytes = bytes.toByteArray();
    return line;
}

QByteArray redactedLine(const QByteArray &bytes)
{
    const qsizetype at = bytes.indexOf(kBodyKey);
    return at < 0 ? bytes : bytes.first(at) + kBodyKey + "null}";
}

} // namespace bw
