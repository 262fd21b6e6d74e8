// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/import/importformats_p.h>

#include <initializer_list>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

struct CsvRow
{
    int line = 0;
    QStringList cells;
    bool isOpen = false; ///< a quote in it is not closed
};

/// RFC 4180, LF as well as CRLF. A quote inside an unquoted cell is a character. One that nobody closed ends
/// with the file: its row is marked.
std::vector<CsvRow> rowsOf(const QString &text)
{
    std::vector<CsvRow> rows;
    CsvRow row{1, {QString()}, false};
    int line = 1;
    bool isQuoted = false;
    const auto endRow = [&] {
        if (row.cells.size() > 1 || !row.cells.front().trimmed().isEmpty())
            rows.push_back(row);
        row = {line, {QString()}, false};
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c == u'\n')
            ++line;
        if (c == u'"' && isQuoted && i + 1 < text.size() && text.at(i + 1) == u'"')
            row.cells.back() += text.at(++i);
        else if (c == u'"' && (isQuoted || row.cells.back().isEmpty()))
            isQuoted = !isQuoted;
        else if (c == u',' && !isQuoted)
            row.cells << QString();
        else if (c == u'\n' && !isQuoted)
            endRow();
        else if (c != u'\r' || isQuoted)
            row.cells.back() += c;
    }
    row.isOpen = isQuoted;
    endRow();
    return rows;
}

/// Our own exports put an apostrophe before what a spreadsheet would calculate.
QString withoutGuard(const QString &cell)
{
    const bool isGuarded = cell.size() > 1 && cell.front() == u'\'';
    const Untrusted rest(cell.mid(1));
    const QString guarded = render::csv(rest);
    return isGuarded && (guarded.startsWith(u'\'') || guarded.startsWith("\"'"_L1)) ? cell.mid(1) : cell;
}

/// Which column means what; from the first row's names, else time and text.
struct Columns
{
    qsizetype time = 0, text = 1, title = -1, author = -1, kind = -1, end = -1;
    bool hasHeader = false;
};

Columns columnsOf(const QStringList &first)
{
    const auto find = [&](std::initializer_list<const char *> names) -> qsizetype {
        for (const char *name : names) {
            for (qsizetype i = 0; i < first.size(); ++i) {
                if (first.at(i).trimmed().compare(QLatin1StringView(name), Qt::CaseInsensitive) == 0)
                    return i;
            }
        }
        return -1;
    };
    const qsizetype time = find({"at_utc", "at", "time", "timestamp", "started_at", "date", "when"});
    const qsizetype text = find({"text", "message", "description", "event", "title", "body", "what"});
    if (time < 0 || text < 0)
        return {};
    return {time, text, find({"title"}), find({"actor", "author", "name", "user", "owner", "source"}),
        find({"kind"}), find({"at_end"}), true};
}

void addRow(ImportMaker &maker, const CsvRow &row, const Columns &columns, const QTimeZone &zone)
{
    const auto cell = [&row](qsizetype column) {
        return column >= 0 && column < row.cells.size() ? withoutGuard(row.cells.at(column)) : QString();
    };
    const auto at = momentFrom(cell(columns.time), zone);
    const QString title = columns.title == columns.text ? QString() : cell(columns.title);
    QString text = cell(columns.text);
    if (!title.isEmpty() && !text.startsWith(title))
        text = text.isEmpty() ? title : title + u'\n' + text;
    if (row.isOpen) {
        maker.unread(row.line, row.cells.join(u", "_s), u"a quote that is never closed"_s);
    } else if (!at) {
        maker.unread(
            row.line, row.cells.join(u", "_s), u"\"%1\" is no time"_s.arg(cell(columns.time).left(60)));
    } else if (text.trimmed().isEmpty()) {
        maker.unread(row.line, row.cells.join(u", "_s), u"no text"_s);
    } else {
        const QString kind = cell(columns.kind);
        TimelineEntry &entry = maker.add(
            row.line, *at, kind.startsWith("note."_L1) ? kind : QString(), cell(columns.author), text);
        entry.atEnd = momentFrom(cell(columns.end), zone);
    }
}

ImportPreview read(const QByteArray &bytes, const TimelineImportOptions &options)
{
    ImportMaker maker("csv", bytes, options);
    const std::vector<CsvRow> rows = rowsOf(QString::fromUtf8(bytes));
    const Columns columns = rows.empty() ? Columns() : columnsOf(rows.front().cells);
    for (size_t i = columns.hasHeader ? 1 : 0; i < rows.size(); ++i)
        addRow(maker, rows[i], columns, options.zone);
    return maker.take();
}

bool matches(const QByteArray &bytes)
{
    const qsizetype end = bytes.indexOf('\n');
    const std::vector<CsvRow> rows = rowsOf(QString::fromUtf8(bytes.left(end < 0 ? 4096 : end)));
    if (rows.empty())
        return false;
    const QStringList &first = rows.front().cells;
    return columnsOf(first).hasHeader || (first.size() >= 2 && momentFrom(first.front(), {}));
}

} // namespace

ImportFormat csvImport() { return {"csv", "CSV with a time and a text", matches, read}; }

} // namespace bw
