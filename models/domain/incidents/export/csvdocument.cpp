// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/incidentdocument.h>

#include <domain/incidents/export/regionblocks.h>
#include <domain/incidents/incidentnames.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Rows of cells, lines ended as RFC 4180 wants them.
class CsvWriter
{
public:
    explicit CsvWriter(bool isRaw)
        : m_isRaw(isRaw)
    {
    }
    void text(const Untrusted &cell) { put(m_isRaw ? quoted(verbatim(cell)) : render::csv(cell)); }
    void text(const QString &cell) { text(Untrusted(cell)); }
    /// Our own: never a formula.
    void time(const std::optional<Timestamp> &t, const TimeWriter &times)
    {
        put(t ? times.iso(*t) : QString());
    }
    void endRow()
    {
        m_out += u"\r\n"_s;
        m_isFirst = true;
    }
    QByteArray take() { return m_out.toUtf8(); }

private:
    static QString quoted(QString cell)
    {
        if (!cell.contains(u'"') && !cell.contains(u',') && !cell.contains(u'\n') && !cell.contains(u'\r'))
            return cell;
        return u'"' + cell.replace(u'"', u"\"\""_s) + u'"';
    }
    void put(const QString &cell)
    {
        if (!m_isFirst)
            m_out += u',';
        m_out += cell;
        m_isFirst = false;
    }

    QString m_out;
    bool m_isRaw, m_isFirst = true;
};

void header(CsvWriter &csv, const QStringList &names)
{
    for (const QString &name : names)
        csv.text(name);
    csv.endRow();
}

QString refsText(const TimelineEntry &entry)
{
    QStringList refs;
    for (const EntryRef &ref : entry.refs)
        refs << nameOf(ref.kind) + u':' + verbatim(ref.target);
    return refs.join(u' ');
}

} // namespace

QByteArray timelineCsv(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    CsvWriter csv(redacted.options.rawCsv);
    header(csv,
        {u"at_utc"_s, u"at_local"_s, u"at_end"_s, u"recorded_utc"_s, u"kind"_s, u"level"_s, u"actor"_s,
            u"title"_s, u"text"_s, u"refs"_s, u"url"_s, u"entry_id"_s});
    for (const CuratedEntry &one : redacted.record.entries) {
        const TimelineEntry &entry = one.entry;
        csv.time(entry.at, times);
        csv.text(times.local(entry.at));
        csv.time(entry.atEnd, times);
        csv.time(entry.recorded.utc, times);
        csv.text(entry.kind);
        csv.text(nameOf(one.level));
        csv.text(entry.actor.display);
        csv.text(entry.title);
        csv.text(entry.body);
        csv.text(refsText(entry));
        csv.text(QString::fromLatin1(safeAddress(sourceAddress(entry, redacted.record.incident))));
        csv.text(entry.id.toString());
        csv.endRow();
    }
    return csv.take();
}

QByteArray actionsCsv(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    CsvWriter csv(redacted.options.rawCsv);
    header(
        csv, {u"id"_s, u"text"_s, u"type"_s, u"priority"_s, u"owner"_s, u"due"_s, u"state"_s, u"tracker"_s});
    for (const Task &task : redacted.record.incident.actionItems()) {
        csv.text(task.id);
        csv.text(task.text);
        csv.text(nameOf(task.type));
        csv.text(task.priority);
        csv.text(task.owner);
        csv.time(task.due, times);
        csv.text(nameOf(task.state));
        csv.text(QString::fromLatin1(safeAddress(task.trackerUrl)));
        csv.endRow();
    }
    return csv.take();
}

} // namespace bw
