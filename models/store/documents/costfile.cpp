// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/costfile.h>

#include <domain/base/clock.h>

#include <QDate>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr qint64 kLargest = 256 << 20;
constexpr qint64 kDay = qint64(86'400) * 1'000'000'000;
constexpr qsizetype kLongestName = 120;
constexpr int kFirstYear = 1970, kLastYear = 2200;
constexpr int kMostDays = 366; ///< of one row
constexpr size_t kMostParts = 1000; ///< of one day

enum class Column : quint8 { Begin, End, Cost, Part, Currency };
struct Spelling
{
    QLatin1StringView name;
    Column column;
};
/// Of several spellings of one column the first wins.
constexpr std::array kSpellings{Spelling{"chargeperiodstart"_L1, Column::Begin},
    Spelling{"date"_L1, Column::Begin}, Spelling{"day"_L1, Column::Begin}, Spelling{"time"_L1, Column::Begin},
    Spelling{"chargeperiodend"_L1, Column::End}, Spelling{"effectivecost"_L1, Column::Cost},
    Spelling{"billedcost"_L1, Column::Cost}, Spelling{"cost"_L1, Column::Cost},
    Spelling{"amount"_L1, Column::Cost}, Spelling{"namespace"_L1, Column::Part},
    Spelling{"team"_L1, Column::Part}, Spelling{"service"_L1, Column::Part},
    Spelling{"servicename"_L1, Column::Part}, Spelling{"subaccountname"_L1, Column::Part},
    Spelling{"billingcurrency"_L1, Column::Currency}, Spelling{"currency"_L1, Column::Currency}};

/// One line of RFC 4180 after the other; a quoted field may hold line breaks.
class CsvRows
{
public:
    CsvRows(const QByteArray &text, char separator)
        : m_text(text)
        , m_separator(separator)
    {
        if (m_text.startsWith("\xef\xbb\xbf"))
            m_at = 3;
    }
    int line() const { return m_line; } ///< where the row that next() gave begins
    /// False at the end. Empty lines are skipped.
    bool next(QList<QByteArray> &fields)
    {
        do {
            if (m_at >= m_text.size())
                return false;
            m_line = m_nextLine;
            fields.clear();
            while (field(fields)) { }
        } while (fields.size() == 1 && fields.front().trimmed().isEmpty());
        return true;
    }

private:
    /// True while the row goes on.
    bool field(QList<QByteArray> &fields)
    {
        QByteArray value;
        bool quoted = m_at < m_text.size() && m_text[m_at] == '"';
        m_at += quoted;
        for (; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            m_nextLine += c == '\n';
            if (quoted && c == '"') {
                if (m_at + 1 < m_text.size() && m_text[m_at + 1] == '"') {
                    value += '"';
                    ++m_at;
                } else {
                    quoted = false;
                }
            } else if (!quoted && (c == m_separator || c == '\n')) {
                ++m_at;
                fields += value.endsWith('\r') ? value.chopped(1) : value;
                return c == m_separator;
            } else {
                value += c;
            }
        }
        fields += value.endsWith('\r') ? value.chopped(1) : value;
        return false;
    }

    const QByteArray &m_text;
    const char m_separator;
    qsizetype m_at = 0;
    int m_line = 1, m_nextLine = 1;
};

char separatorOf(const QByteArray &text)
{
    const QByteArray header = text.left(text.indexOf('\n') < 0 ? text.size() : text.indexOf('\n'));
    char best = ',';
    for (const char candidate : {';', '\t'}) {
        if (header.count(candidate) > header.count(best))
            best = candidate;
    }
    return best;
}

/// Midnight UTC of a date or an RFC 3339 time, in ns. Years that nanoseconds cannot hold (and no bill has)
/// are none.
std::optional<qint64> dayOf(const QByteArray &text)
{
    const QDate date = QDate::fromString(QString::fromLatin1(text.left(10)), Qt::ISODate);
    if (date.year() < kFirstYear || date.year() > kLastYear
        || (text.size() > 10 && text[10] != 'T' && text[10] != ' '))
        return std::nullopt;
    return QDate(1970, 1, 1).daysTo(date) * kDay;
}

class Reader
{
public:
    Reader(const QByteArray &text, const QString &file)
        : m_file(file)
        , m_rows(text, separatorOf(text))
    {
        m_costs.source = QFileInfo(file).fileName();
    }

    Result<CostTable> read()
    {
        QList<QByteArray> fields;
        if (!m_rows.next(fields))
            return wrong(u"the file is empty"_s);
        if (const auto header = readHeader(fields); !header)
            return tl::unexpected(header.error());
        while (m_rows.next(fields)) {
            if (const auto row = readRow(fields); !row)
                return tl::unexpected(row.error());
        }
        return std::move(m_costs);
    }

private:
    tl::unexpected<Error> wrong(const QString &what) const
    {
        return fail(Error::Kind::Invalid, u"%1:%2: %3"_s.arg(m_file).arg(m_rows.line()).arg(what));
    }

    Result<> readHeader(const QList<QByteArray> &fields)
    {
        for (const Spelling &spelling : kSpellings) {
            if (m_column.contains(spelling.column))
                continue;
            for (qsizetype i = 0; i < fields.size(); ++i) {
                QString name = QString::fromUtf8(fields[i]).trimmed().toLower();
                name.remove(u'_').remove(u' ');
                if (name != spelling.name)
                    continue;
                m_column.insert({spelling.column, i});
                m_names.insert({spelling.column, QString::fromUtf8(fields[i]).trimmed().left(kLongestName)});
                break;
            }
        }
        if (!m_column.contains(Column::Begin))
            return wrong(u"no column with the day: needs ChargePeriodStart or date"_s);
        if (!m_column.contains(Column::Cost))
            return wrong(u"no column with the amount: needs EffectiveCost, BilledCost or cost"_s);
        m_costs.split = m_names[Column::Part];
        return {};
    }

    QByteArray field(const QList<QByteArray> &fields, Column column) const
    {
        const auto at = m_column.find(column);
        return at == m_column.end() ? QByteArray() : fields.value(at->second).trimmed();
    }

    Result<> readRow(const QList<QByteArray> &fields)
    {
        const QByteArray begin = field(fields, Column::Begin), amount = field(fields, Column::Cost);
        const auto day = dayOf(begin);
        if (!day)
            return wrong(u"%1: '%2' is no date such as 2026-11-21"_s.arg(
                m_names[Column::Begin], QString::fromUtf8(begin.left(40))));
        bool ok = false;
        const double cost = amount.toDouble(&ok);
        if (!ok || !std::isfinite(cost))
            return wrong(u"%1: '%2' is no amount such as 12.50"_s.arg(
                m_names[Column::Cost], QString::fromUtf8(amount.left(40))));
        const QString currency = QString::fromUtf8(field(fields, Column::Currency)).left(8).toUpper();
        if (!currency.isEmpty() && !m_costs.currency.isEmpty() && currency != m_costs.currency)
            return wrong(u"currency %1 after %2: one file, one currency"_s.arg(currency, m_costs.currency));
        if (!currency.isEmpty())
            m_costs.currency = currency;
        const auto end = dayOf(field(fields, Column::End)).value_or(*day + kDay);
        const qint64 days = std::clamp<qint64>((end - *day) / kDay, 1, kMostDays);
        const QString part = QString::fromUtf8(field(fields, Column::Part)).left(kLongestName);
        for (qint64 i = 0; i < days; ++i) {
            auto &parts = m_costs.days[*day + i * kDay];
            const bool isFull = parts.size() >= kMostParts && !parts.contains(part);
            parts[isFull ? u"other"_s : part] += cost / double(days);
        }
        return {};
    }

    const QString m_file;
    CsvRows m_rows;
    std::map<Column, qsizetype> m_column;
    std::map<Column, QString> m_names;
    CostTable m_costs;
};

Result<CostTable> readOne(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::NotFound, u"%1: %2"_s.arg(path, file.errorString()));
    if (file.size() > kLargest)
        return fail(Error::Kind::TooLarge, u"%1: larger than 256 MiB"_s.arg(path));
    return parseCosts(file.readAll(), path);
}

} // namespace

Result<CostTable> parseCosts(const QByteArray &text, const QString &file)
{
    return Reader(text, file).read();
}

Result<CostTable> readCosts(const QString &path)
{
    if (!QFileInfo(path).isDir())
        return readOne(path);
    CostTable all;
    const QDir folder(path);
    for (const QString &name : folder.entryList({u"*.csv"_s}, QDir::Files, QDir::Name)) {
        auto one = readOne(folder.filePath(name));
        if (!one)
            return one;
        if (!addCosts(all, *one))
            return fail(Error::Kind::Invalid,
                u"%1: currency %2, the files before it have %3"_s.arg(
                    folder.filePath(name), one->currency, all.currency));
    }
    return all;
}

} // namespace bw
