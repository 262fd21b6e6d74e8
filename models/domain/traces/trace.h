// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/untrusted.h>

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace bw {

/// 128 bits. Ids of 64 bits have no high half, and are written with 16 digits.
struct TraceId
{
    quint64 high = 0, low = 0;
    bool operator==(const TraceId &) const = default;
    bool isNull() const { return high == 0 && low == 0; }
    /// 32 lower-case hexadecimal digits, or 16.
    QString toHex() const;
    /// 1 to 32 hexadecimal digits of either case; nullopt for anything else, and for zero.
    static std::optional<TraceId> fromHex(QStringView text);
};
inline size_t qHash(const TraceId &id, size_t seed = 0) noexcept
{
    return ::qHash(id.high * 0x9e3779b97f4a7c15 ^ id.low, seed);
}
/// Of a span: never 0, which stands for none.
using SpanId = quint64;
/// 16 digits.
QString spanIdToHex(SpanId id);

enum class SpanKind : quint8 { Unspecified, Internal, Server, Client, Producer, Consumer };
enum class SpanStatus : quint8 { Unset, Ok, Error };

/// What is odd about a span. It is shown all the same, with the mark.
enum class SpanMark : quint8 {
    Orphan = 1, ///< names a parent that is not here; shown as a root
    Cycle = 2, ///< on a circle of parents, which was cut at its earliest span
    Duplicate = 4, ///< another span before it has the same id
    Skewed = 8, ///< of another service, begins before its parent or after its end: clocks differ
    Outlives = 16, ///< ends after its parent
    NoTime = 32, ///< start or duration missing or impossible; drawn at its parent's start
};
Q_DECLARE_FLAGS(SpanMarks, SpanMark)

struct SpanAttribute
{
    Untrusted key, value; ///< numbers and booleans as written; arrays and maps as JSON
    bool operator==(const SpanAttribute &) const = default;
};
struct SpanEvent
{
    Timestamp at{};
    Untrusted name;
    std::vector<SpanAttribute> attributes;
    bool operator==(const SpanEvent &) const = default;
};
struct SpanLink
{
    TraceId trace;
    SpanId span = 0;
    std::vector<SpanAttribute> attributes;
    bool operator==(const SpanLink &) const = default;
};
/// What a person reads of one span, beside what the columns hold.
struct SpanDetail
{
    std::vector<SpanAttribute> attributes, resource; ///< resource: of the process
    std::vector<SpanEvent> events;
    std::vector<SpanLink> links;
    Untrusted statusMessage, scope;
    std::vector<Untrusted> warnings; ///< of the backend, and of reading
    bool operator==(const SpanDetail &) const = default;
    /// The first value of this key, of the span or else of its resource; null when there is none.
    const Untrusted *find(QStringView key) const;
};

/// Reads details where a trace kept them: in the bytes it came in. Any thread.
class SpanDetails
{
public:
    virtual ~SpanDetails() = default;
    /// `source` is SpanRecord::source.
    virtual SpanDetail detail(int source) const = 0;
    /// False when the raw bytes of the span and its resource cannot contain `needle` (UTF-8, any case): a
    /// quick no. Of a key ask for the part behind its last dot: the decoder may have composed the rest.
    virtual bool mayMention(int source, QByteArrayView needle) const = 0;
    /// Bytes held, for the memory figures.
    virtual qint64 bytes() const = 0;
};

/// One trace in columns: row = preorder number, children in order of their start. Immutable, cheap to copy,
/// any thread; made by TraceBuilder.
class Trace
{
public:
    struct Columns;
    struct Facts
    {
        int spans = 0, services = 0, roots = 0, errors = 0;
        int orphans = 0, cycles = 0, duplicates = 0, skewed = 0;
        int depth = 0; ///< of the deepest span; a root has 0
        bool operator==(const Facts &) const = default;
    };

    Trace();
    explicit Trace(std::shared_ptr<const Columns> columns);

    const TraceId &id() const;
    int size() const;
    bool isEmpty() const { return size() == 0; }
    /// Start of the earliest span that has one.
    Timestamp startedAt() const;
    /// From startedAt() to the latest end.
    Nanoseconds duration() const;
    const Facts &facts() const;
    /// Names of services and operations; an index is good for this trace only.
    const std::vector<Untrusted> &names() const;

    SpanId spanId(int row) const;
    SpanKind kind(int row) const;
    SpanStatus status(int row) const;
    bool isError(int row) const { return status(row) == SpanStatus::Error; }
    SpanMarks marks(int row) const;
    int serviceIndex(int row) const;
    int operationIndex(int row) const;
    const Untrusted &service(int row) const { return names()[size_t(serviceIndex(row))]; }
    const Untrusted &operation(int row) const { return names()[size_t(operationIndex(row))]; }
    /// Relative to startedAt().
    Nanoseconds start(int row) const;
    Nanoseconds duration(int row) const;
    Nanoseconds end(int row) const { return start(row) + duration(row); }
    int parent(int row) const; ///< -1: a root
    int depth(int row) const;
    int subtreeEnd(int row) const; ///< the row after the last descendant
    bool hasChildren(int row) const { return subtreeEnd(row) > row + 1; }
    /// -1 when no span has it; of duplicates the first.
    int rowOf(SpanId id) const;

    /// Reads the span's own bytes again: microseconds, for one span at a time.
    SpanDetail detail(int row) const;
    bool mayMention(int row, QByteArrayView needle) const;
    /// Memory held, bytes; the answer's own bytes included.
    qint64 bytes() const;

    /// Calls `visit(child)` for each child in order.
    template<typename Visit> void forChildren(int row, Visit visit) const
    {
        for (int child = row + 1; child < subtreeEnd(row); child = subtreeEnd(child))
            visit(child);
    }
    /// The root that stands for the trace: the longest of those that are not orphans, else the longest; -1
    /// when empty.
    int mainRoot() const;

    const Columns &columns() const { return *m_columns; }

private:
    std::shared_ptr<const Columns> m_columns;
};

/// Plain arrays, one entry a row.
struct Trace::Columns
{
    TraceId id;
    qint64 startedAt = 0; ///< ns since the epoch
    qint64 duration = 0; ///< ns
    Facts facts;
    std::vector<Untrusted> names;
    std::vector<SpanId> spanId;
    std::vector<qint64> start, length; ///< ns; start relative to startedAt
    std::vector<quint32> service, operation;
    std::vector<qint32> parent, depth, subtreeEnd, source;
    std::vector<SpanKind> kind;
    std::vector<SpanStatus> status;
    std::vector<quint8> marks;
    std::shared_ptr<const SpanDetails> details;
};

/// Skewed and Outlives, as far as the times of `row` and its parent tell; only the columns up to `row`, and
/// marks up to its parent, are read.
SpanMarks timeMarks(const Trace::Columns &columns, size_t row);

} // namespace bw
