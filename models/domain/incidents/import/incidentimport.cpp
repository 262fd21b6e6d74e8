// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/import/importformats_p.h>

#include <QCryptographicHash>
#include <QRegularExpression>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kMaxBytes = 64 << 20;
constexpr qsizetype kMaxUnreadText = 200;
// The longest title a row of the timeline shows; the rest is body.
constexpr qsizetype kMaxTitle = 300;

/// Version 7: the milliseconds of `at`, and for the rest what the file and the line are, and where they go:
/// the same file in another incident is another entry.
Uuid idOf(const IncidentId &incident, const QByteArray &fileHash, int line, Timestamp at)
{
    const QByteArray digest = QCryptographicHash::hash(
        incident.uuid.toBytes() + fileHash + QByteArray::number(line), QCryptographicHash::Sha256);
    Uuid id;
    std::copy_n(digest.constData(), id.bytes.size(), id.bytes.begin());
    const qint64 ms = std::max<qint64>(0, toUnixMs(at));
    for (size_t i = 0; i < 6; ++i)
        id.bytes[i] = quint8(ms >> (8 * (5 - i)));
    id.bytes[6] = quint8(0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = quint8(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

} // namespace

ImportMaker::ImportMaker(const char *format, const QByteArray &bytes, const TimelineImportOptions &options)
    : m_hash(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex())
    , m_incident(options.incident)
{
    m_preview.format = QString::fromLatin1(format);
}

TimelineEntry &ImportMaker::add(
    int line, Timestamp at, const QString &kind, const QString &author, const QString &text)
{
    TimelineEntry &entry = m_preview.entries.emplace_back();
    entry.id = EntryId{idOf(m_incident, m_hash, line, at)};
    entry.incident = m_incident;
    entry.at = at;
    entry.kind = kind.isEmpty() ? u"note.text"_s : kind;
    entry.timeSource = TimeSource::Import;
    entry.confidence = Confidence::Reported;
    entry.actor = {Actor::Type::Import, QString::fromLatin1(m_hash), Untrusted(author)};
    const qsizetype end = text.indexOf(u'\n');
    const bool isShort = end < 0 && text.size() <= kMaxTitle;
    entry.title = Untrusted(isShort ? text : text.left(end < 0 ? kMaxTitle : std::min(end, kMaxTitle)));
    entry.body = isShort ? Untrusted() : Untrusted(text);
    entry.level = defaultLevel(entry.kind, entry.data);
    return entry;
}

void ImportMaker::unread(int line, const QString &text, const QString &why)
{
    m_preview.unread.push_back({line, text.left(kMaxUnreadText), why});
}

std::vector<ImportFormat> importFormats() { return {jsonImport(), csvImport(), chatImport()}; }

Result<ImportPreview> previewImport(
    const QByteArray &bytes, const QString &format, const TimelineImportOptions &options)
{
    if (bytes.size() > kMaxBytes)
        return fail(Error::Kind::TooLarge, u"the file is longer than 64 MiB"_s);
    QStringList known;
    for (const ImportFormat &one : importFormats()) {
        known << QString::fromLatin1(one.id);
        if (format.isEmpty() ? one.matches(bytes) : format == known.back())
            return one.read(bytes, options);
    }
    return fail(Error::Kind::Invalid, u"what can be imported is bundle, %1"_s.arg(known.join(u", "_s)));
}

std::optional<Timestamp> momentFrom(QStringView text, const QTimeZone &zone)
{
    text = text.trimmed();
    if (const auto moment = parseRfc3339(text))
        return moment;
    static const QRegularExpression number(u"^\\d{9,13}(\\.\\d+)?\\z"_s);
    static const QRegularExpression local(
        u"^(\\d{4})-(\\d\\d)-(\\d\\d)[ T](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,9}))?)?(?:\\s*(UTC|Z))?\\z"_s);
    const QString whole = text.toString();
    if (number.match(whole).hasMatch()) {
        const double value = whole.toDouble();
        // Twelve digits are milliseconds: as seconds they would be the year 5138.
        return value >= 1e11 ? fromUnixMs(qint64(value)) : fromUnixSeconds(value);
    }
    const auto match = local.match(whole);
    if (!match.hasMatch())
        return {};
    const auto part = [&match](int group) { return match.captured(group).toInt(); };
    const QDate date(part(1), part(2), part(3));
    const QTime time(part(4), part(5), part(6));
    if (!date.isValid() || !time.isValid())
        return {};
    const bool isUtc = !zone.isValid() || match.capturedLength(8) > 0;
    const QDateTime moment = isUtc ? QDateTime(date, time, Qt::UTC) : QDateTime(date, time, zone);
    const QString fraction = match.captured(7).leftJustified(9, u'0');
    return fromDateTime(moment) + Nanoseconds(match.capturedLength(7) > 0 ? fraction.toLongLong() : 0);
}

} // namespace bw
