// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/import/importformats_p.h>

#include <QRegularExpression>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Reads what people copy out of chats, line by line:
///     [10:42] name: text      10:42 name: text      [2026-05-01 10:42:03] name: text
///     Name  10:42 AM          then lines of text, as Slack copies them
/// A line of text may end in a time, too: it begins a message neither inside one of the first form, nor right
/// after a name, nor with another half of the day than the names have.
/// A line that begins nothing goes on with the one before. A line with a date alone sets the date; a time
/// that lies more than an hour before the last one is on the next day.
class ChatReader
{
public:
    ChatReader(const QByteArray &bytes, const TimelineImportOptions &options)
        : m_maker("chat", bytes, options)
        , m_zone(options.zone)
        , m_date(options.date)
    {
    }

    ImportPreview run(const QString &text)
    {
        for (const QString &line : text.split(u'\n')) {
            ++m_line;
            addLine(line.endsWith(u'\r') ? line.chopped(1) : line);
            m_wasBlank = line.trimmed().isEmpty();
        }
        flush();
        return m_maker.take();
    }

private:
    bool mayBegin(const QRegularExpressionMatch &head) const
    {
        return !m_isOpen || m_wasBlank
            || (!m_isStamped && !m_text.isEmpty() && m_hasHalf == (head.capturedLength(5) > 0));
    }

    static const QRegularExpression &stamped()
    {
        static const QRegularExpression pattern(
            u"^\\s*\\[?(?:(\\d{4}-\\d\\d-\\d\\d)[ "
            u"T,]+)?(\\d{1,2}):(\\d\\d)(?::(\\d\\d))?\\s*([AaPp][Mm])?\\]?"
            u"\\s+<?@?([^:<>\\]]{1,80}?)>?:\\s(.*)$"_s);
        return pattern;
    }
    static const QRegularExpression &headed()
    {
        static const QRegularExpression pattern(
            u"^(\\S.{0,78}?)\\s{1,4}\\[?(\\d{1,2}):(\\d\\d)(?::(\\d\\d))?\\s*([AaPp][Mm])?\\]?\\s*$"_s);
        return pattern;
    }

    void addLine(const QString &line)
    {
        if (const QDate date = dateOf(line); date.isValid()) {
            flush();
            m_date = date;
            m_last = QTime();
        } else if (const auto match = stamped().match(line); match.hasMatch()) {
            flush();
            if (match.capturedLength(1) > 0) {
                m_date = QDate::fromString(match.captured(1), Qt::ISODate);
                m_last = QTime();
            }
            begin(line, match, match.captured(6).trimmed(), match.captured(7));
            m_isStamped = true;
        } else if (const auto head = headed().match(line); head.hasMatch() && mayBegin(head)) {
            flush();
            begin(line, head, head.captured(1).trimmed(), {});
            m_isStamped = false;
            m_hasHalf = head.capturedLength(5) > 0;
        } else if (m_isOpen) {
            m_text += (m_text.isEmpty() ? u""_s : u"\n"_s) + line;
        } else if (!line.trimmed().isEmpty()) {
            m_maker.unread(m_line, line, u"no time and name before it"_s);
        }
    }

    static QDate dateOf(const QString &line)
    {
        static const QRegularExpression iso(u"^[-–— ]*(?:[A-Za-z]+,?\\s+)?(\\d{4}-\\d\\d-\\d\\d)[-–— :]*$"_s);
        static const QRegularExpression words(
            u"^[-–— ]*(?:[A-Za-z]+,\\s+)?([A-Z][a-z]+)\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})[-–— :]*$"_s);
        static const QStringList months{u"jan"_s, u"feb"_s, u"mar"_s, u"apr"_s, u"may"_s, u"jun"_s, u"jul"_s,
            u"aug"_s, u"sep"_s, u"oct"_s, u"nov"_s, u"dec"_s};
        if (const auto match = iso.match(line); match.hasMatch())
            return QDate::fromString(match.captured(1), Qt::ISODate);
        const auto match = words.match(line);
        if (!match.hasMatch())
            return {};
        const qsizetype month = months.indexOf(match.captured(1).left(3).toLower());
        return QDate(match.captured(3).toInt(), int(month) + 1, match.captured(2).toInt());
    }

    /// Groups 2 to 5 of `match` are hour, minute, second, half of the day.
    void begin(
        const QString &line, const QRegularExpressionMatch &match, const QString &author, const QString &text)
    {
        int hour = match.captured(2).toInt();
        const QString half = match.captured(5).toLower();
        if (!half.isEmpty())
            hour = hour % 12 + (half == "pm"_L1 ? 12 : 0);
        const QTime time(hour, match.captured(3).toInt(), match.captured(4).toInt());
        if (!time.isValid() || !m_date.isValid()) {
            m_maker.unread(
                m_line, line, time.isValid() ? u"which day? name a date"_s : u"no time of a day"_s);
            return;
        }
        if (m_last.isValid() && time.secsTo(m_last) > 3600)
            m_date = m_date.addDays(1);
        m_last = time;
        const QDateTime moment =
            m_zone.isValid() ? QDateTime(m_date, time, m_zone) : QDateTime(m_date, time, Qt::UTC);
        m_at = fromDateTime(moment);
        m_author = author;
        m_text = text;
        m_firstLine = m_line;
        m_isOpen = true;
    }

    void flush()
    {
        if (!m_isOpen)
            return;
        m_isOpen = false;
        const QString text = m_text.trimmed();
        if (text.isEmpty())
            m_maker.unread(m_firstLine, m_author, u"no text"_s);
        else
            m_maker.add(m_firstLine, m_at, u"chat.imported"_s, m_author, text);
    }

    ImportMaker m_maker;
    QTimeZone m_zone;
    QDate m_date;
    QTime m_last;
    int m_line = 0, m_firstLine = 0;
    bool m_isOpen = false, m_isStamped = false, m_hasHalf = false, m_wasBlank = false;
    Timestamp m_at{};
    QString m_author, m_text;
};

ImportPreview read(const QByteArray &bytes, const TimelineImportOptions &options)
{
    return ChatReader(bytes, options).run(QString::fromUtf8(bytes));
}

/// The last resort: any text.
bool matches(const QByteArray &bytes) { return !bytes.contains('\0'); }

} // namespace

ImportFormat chatImport() { return {"chat", "text copied from a chat", matches, read}; }

} // namespace bw
