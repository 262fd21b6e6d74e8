// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracefilter.h>
#include <domain/traces/tracestats.h>

#include <algorithm>
#include <optional>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

// Reading one span costs microseconds: often enough for a stop to feel immediate.
constexpr int kRowsBetweenLooks = 256;

using Term = TraceFilter::Term;
using Field = TraceFilter::Field;
using Compare = TraceFilter::Compare;

bool compares(Compare compare, Nanoseconds value, Nanoseconds limit)
{
    switch (compare) {
    case Compare::Less:
        return value < limit;
    case Compare::LessOrEqual:
        return value <= limit;
    case Compare::Greater:
        return value > limit;
    case Compare::GreaterOrEqual:
        return value >= limit;
    case Compare::Equal:
    case Compare::Contains:
        break;
    }
    return value == limit;
}

/// One term, prepared for one trace.
class TermMatcher
{
public:
    TermMatcher(const Trace &trace, const Term &term, const std::vector<Nanoseconds> &self)
        : m_trace(trace)
        , m_term(term)
        , m_self(self)
        // Decoders compose some keys, which the raw bytes then do not hold whole.
        , m_key(term.key.mid(term.key.lastIndexOf(u'.') + 1).toUtf8())
        , m_text(term.text.toUtf8())
    {
        if (term.field != Field::Word && term.field != Field::Service && term.field != Field::Operation)
            return;
        // Once for each name: a trace has far fewer names than spans.
        for (const Untrusted &name : trace.names())
            m_names.push_back(term.compare == Compare::Equal
                    ? verbatim(name) == term.text || render::line(name, kShownName) == term.text
                    : verbatim(name).contains(term.text, Qt::CaseInsensitive));
    }

    static bool isCheap(const Term &term) { return term.field != Field::Attribute; }
    /// Negation included. `detail` is filled when it had to be read.
    bool holds(int row, std::optional<SpanDetail> &detail) const
    {
        return (isCheap(m_term) ? holdsCheap(row) : holdsAttribute(row, detail)) != m_term.isNegated;
    }

private:
    bool holdsCheap(int row) const
    {
        const auto isNamed = [this](int name) { return m_names[size_t(name)]; };
        switch (m_term.field) {
        case Field::Word:
            return isNamed(m_trace.serviceIndex(row)) || isNamed(m_trace.operationIndex(row));
        case Field::Service:
            return isNamed(m_trace.serviceIndex(row));
        case Field::Operation:
            return isNamed(m_trace.operationIndex(row));
        case Field::Error:
            return m_trace.isError(row);
        case Field::Kind:
            return m_trace.kind(row) == m_term.kind;
        case Field::Duration:
            return compares(m_term.compare, m_trace.duration(row), m_term.time);
        case Field::Self:
            return compares(m_term.compare, m_self[size_t(row)], m_term.time);
        case Field::Attribute:
            break;
        }
        return false;
    }

    bool holdsAttribute(int row, std::optional<SpanDetail> &detail) const
    {
        if (!detail) {
            if (!m_trace.mayMention(row, m_key) || (!m_text.isEmpty() && !m_trace.mayMention(row, m_text)))
                return false;
            detail = m_trace.detail(row);
        }
        if (isIn(detail->attributes) || isIn(detail->resource))
            return true;
        return std::any_of(detail->events.begin(), detail->events.end(),
            [this](const SpanEvent &event) { return isIn(event.attributes); });
    }

    bool isIn(const std::vector<SpanAttribute> &attributes) const
    {
        return std::any_of(attributes.begin(), attributes.end(), [this](const SpanAttribute &one) {
            return verbatim(one.key) == m_term.key
                && (m_term.compare == Compare::Equal
                        ? verbatim(one.value) == m_term.text
                        : verbatim(one.value).contains(m_term.text, Qt::CaseInsensitive));
        });
    }

    const Trace &m_trace;
    const Term &m_term;
    const std::vector<Nanoseconds> &m_self;
    QByteArray m_key, m_text; ///< what the raw bytes must mention; the last part of the key
    std::vector<bool> m_names; ///< by name: contains the text
};

/// The nearest row for which `is` holds, from `row` in steps of 1 or -1 around the end.
template<typename Is> int around(int size, int row, int step, Is is)
{
    const int start = row >= 0 && row < size ? row : step > 0 ? -1 : size;
    for (int i = 1; i <= size; ++i) {
        const int at = ((start + i * step) % size + size) % size;
        if (is(at))
            return at;
    }
    return -1;
}

} // namespace

Result<FilterMatches> matchesOf(const Trace &trace, const TraceFilter &filter, std::stop_token stop)
{
    std::vector<Nanoseconds> self;
    std::vector<TermMatcher> terms; // the cheap ones first
    for (const bool isCheap : {true, false}) {
        for (const Term &term : filter.terms()) {
            if (term.field == Field::Self && self.empty())
                self = selfTimes(trace);
            if (TermMatcher::isCheap(term) == isCheap)
                terms.emplace_back(trace, term, self);
        }
    }
    FilterMatches out;
    out.rows.assign(size_t(trace.size()), RowMatch::None);
    for (int row = 0; row < trace.size(); ++row) {
        if (row % kRowsBetweenLooks == 0 && stop.stop_requested())
            return fail(Error::Kind::Cancelled, u"The filter was replaced by another"_s);
        std::optional<SpanDetail> detail;
        const bool isMatch = std::all_of(
            terms.begin(), terms.end(), [&](const TermMatcher &term) { return term.holds(row, detail); });
        if (!isMatch)
            continue;
        ++out.count;
        out.rows[size_t(row)] = RowMatch::Match;
        // Ancestors above one that is marked already are marked too.
        for (int at = trace.parent(row); at >= 0 && out.rows[size_t(at)] == RowMatch::None;
             at = trace.parent(at))
            out.rows[size_t(at)] = RowMatch::Ancestor;
    }
    return out;
}

int nextMatch(const std::vector<RowMatch> &rows, int row)
{
    return around(int(rows.size()), row, 1, [&rows](int at) { return rows[size_t(at)] == RowMatch::Match; });
}

int previousMatch(const std::vector<RowMatch> &rows, int row)
{
    return around(int(rows.size()), row, -1, [&rows](int at) { return rows[size_t(at)] == RowMatch::Match; });
}

int nextError(const Trace &trace, int row)
{
    return around(trace.size(), row, 1, [&trace](int at) { return trace.isError(at); });
}

int previousError(const Trace &trace, int row)
{
    return around(trace.size(), row, -1, [&trace](int at) { return trace.isError(at); });
}

} // namespace bw
