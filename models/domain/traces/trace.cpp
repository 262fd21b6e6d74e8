// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/trace.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// -1 for what is no hexadecimal digit.
int digitOf(QChar c)
{
    const char16_t u = c.unicode();
    if (u >= u'0' && u <= u'9')
        return u - u'0';
    const char16_t lower = u | 0x20;
    return lower >= u'a' && lower <= u'f' ? lower - u'a' + 10 : -1;
}

QString hex16(quint64 value) { return u"%1"_s.arg(value, 16, 16, QLatin1Char('0')); }

const std::shared_ptr<const Trace::Columns> &emptyColumns()
{
    static const auto none = std::make_shared<const Trace::Columns>();
    return none;
}

template<typename T> qint64 bytesOf(const std::vector<T> &column)
{
    return qint64(column.capacity() * sizeof(T));
}

} // namespace

QString TraceId::toHex() const { return high ? hex16(high) + hex16(low) : hex16(low); }

std::optional<TraceId> TraceId::fromHex(QStringView text)
{
    if (text.isEmpty() || text.size() > 32)
        return std::nullopt;
    TraceId id;
    for (const QChar c : text) {
        const int digit = digitOf(c);
        if (digit < 0)
            return std::nullopt;
        id.high = id.high << 4 | id.low >> 60;
        id.low = id.low << 4 | quint64(digit);
    }
    return id.isNull() ? std::nullopt : std::make_optional(id);
}

QString spanIdToHex(SpanId id) { return hex16(id); }

const Untrusted *SpanDetail::find(QStringView key) const
{
    for (const auto *list : {&attributes, &resource}) {
        const auto at = std::find_if(
            list->begin(), list->end(), [&](const SpanAttribute &one) { return verbatim(one.key) == key; });
        if (at != list->end())
            return &at->value;
    }
    return nullptr;
}

Trace::Trace()
    : m_columns(emptyColumns())
{
}
Trace::Trace(std::shared_ptr<const Columns> columns)
    : m_columns(columns ? std::move(columns) : emptyColumns())
{
}

const TraceId &Trace::id() const { return m_columns->id; }
int Trace::size() const { return int(m_columns->spanId.size()); }
Timestamp Trace::startedAt() const { return fromNs(m_columns->startedAt); }
Nanoseconds Trace::duration() const { return Nanoseconds(m_columns->duration); }
const Trace::Facts &Trace::facts() const { return m_columns->facts; }
const std::vector<Untrusted> &Trace::names() const { return m_columns->names; }
SpanId Trace::spanId(int row) const { return m_columns->spanId[size_t(row)]; }
SpanKind Trace::kind(int row) const { return m_columns->kind[size_t(row)]; }
SpanStatus Trace::status(int row) const { return m_columns->status[size_t(row)]; }
SpanMarks Trace::marks(int row) const { return SpanMarks::fromInt(m_columns->marks[size_t(row)]); }
int Trace::serviceIndex(int row) const { return int(m_columns->service[size_t(row)]); }
int Trace::operationIndex(int row) const { return int(m_columns->operation[size_t(row)]); }
Nanoseconds Trace::start(int row) const { return Nanoseconds(m_columns->start[size_t(row)]); }
Nanoseconds Trace::duration(int row) const { return Nanoseconds(m_columns->length[size_t(row)]); }
int Trace::parent(int row) const { return m_columns->parent[size_t(row)]; }
int Trace::depth(int row) const { return m_columns->depth[size_t(row)]; }
int Trace::subtreeEnd(int row) const { return m_columns->subtreeEnd[size_t(row)]; }

int Trace::rowOf(SpanId id) const
{
    if (id == 0)
        return -1; // spans without an id have it
    const auto &ids = m_columns->spanId;
    const auto at = std::find(ids.begin(), ids.end(), id);
    return at == ids.end() ? -1 : int(at - ids.begin());
}

SpanDetail Trace::detail(int row) const
{
    const qint32 source = m_columns->source[size_t(row)];
    return m_columns->details ? m_columns->details->detail(source) : SpanDetail();
}

bool Trace::mayMention(int row, QByteArrayView needle) const
{
    return m_columns->details && m_columns->details->mayMention(m_columns->source[size_t(row)], needle);
}

qint64 Trace::bytes() const
{
    const Columns &c = *m_columns;
    qint64 sum = qint64(sizeof c) + bytesOf(c.names) + bytesOf(c.spanId) + bytesOf(c.start)
        + bytesOf(c.length) + bytesOf(c.service) + bytesOf(c.operation) + bytesOf(c.parent) + bytesOf(c.depth)
        + bytesOf(c.subtreeEnd) + bytesOf(c.source) + bytesOf(c.kind) + bytesOf(c.status) + bytesOf(c.marks);
    for (const Untrusted &name : c.names)
        sum += verbatim(name).capacity() * qint64(sizeof(QChar));
    return sum + (c.details ? c.details->bytes() : 0);
}

SpanMarks timeMarks(const Trace::Columns &columns, size_t row)
{
    SpanMarks out;
    const qint32 parent = columns.parent[row];
    if (parent < 0 || SpanMarks::fromInt(columns.marks[size_t(parent)]).testFlag(SpanMark::NoTime))
        return out;
    const qint64 from = columns.start[size_t(parent)], to = from + columns.length[size_t(parent)];
    const qint64 start = columns.start[row];
    out.setFlag(SpanMark::Outlives, start + columns.length[row] > to);
    out.setFlag(SpanMark::Skewed,
        columns.service[row] != columns.service[size_t(parent)] && (start < from || start > to));
    return out;
}

int Trace::mainRoot() const
{
    int best = -1;
    const auto rank = [this](int row) {
        return std::pair(!marks(row).testFlag(SpanMark::Orphan), duration(row));
    };
    for (int row = 0; row < size(); row = subtreeEnd(row)) {
        if (best < 0 || rank(row) > rank(best))
            best = row;
    }
    return best;
}

} // namespace bw
