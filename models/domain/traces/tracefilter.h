// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/traces/trace.h>

#include <QByteArray>

#include <stop_token>
#include <vector>

namespace bw {

enum class RowMatch : quint8 { None, Ancestor, Match };

/// What a person types to find spans; all terms must hold:
///   word "two words"        in service or operation, any case
///   service:x operation:x   in that one; service=x operation=x is all of it, as it is shown
///   error                   failed spans
///   kind:server             internal, server, client, producer, consumer, unspecified
///   >100ms <2s >=1.5s       duration; units ns us µs ms s m h
///   self>50ms               self time
///   key=value key~part      attribute of span, resource or event: exact, or contains in any case
///   key!=value              the same as -key=value
///   -term                   not that; "-" before any of the above
/// Quotes keep spaces, and make a word of what would be something else: "error".
class TraceFilter
{
public:
    enum class Field : quint8 { Word, Service, Operation, Error, Kind, Duration, Self, Attribute };
    enum class Compare : quint8 { Contains, Equal, Less, LessOrEqual, Greater, GreaterOrEqual };
    struct Term
    {
        Field field = Field::Word;
        Compare compare = Compare::Contains;
        bool isNegated = false;
        QString key, text; ///< key: of attributes
        Nanoseconds time{0};
        SpanKind kind = SpanKind::Unspecified;
        bool operator==(const Term &) const = default;
    };

    /// Invalid names the token that cannot be read and what was expected. An empty text is an empty filter.
    [[nodiscard]] static Result<TraceFilter> parse(QStringView text);
    bool isEmpty() const { return m_terms.empty(); }
    const std::vector<Term> &terms() const { return m_terms; }
    bool operator==(const TraceFilter &) const = default;

private:
    std::vector<Term> m_terms;
};

/// Characters of a name that views show and filters made from views hold.
constexpr int kShownName = 300;

struct FilterMatches
{
    std::vector<RowMatch> rows; ///< one for each row; of spans that match and are ancestors: Match
    int count = 0; ///< matches
    bool operator==(const FilterMatches &) const = default;
};

/// In quotes, escaped, so that it is one word of a filter or a search whatever it holds.
QString quotedTerm(QString text);

/// An empty filter matches every row. Attributes are read only where every cheaper term holds and the raw
/// bytes may mention them. Cancelled when stopped. Any thread.
[[nodiscard]] Result<FilterMatches> matchesOf(
    const Trace &trace, const TraceFilter &filter, std::stop_token stop = {});

/// The first match after `row`, beginning again at the top; -1 when there is none. `row` -1: the first at
/// all.
int nextMatch(const std::vector<RowMatch> &rows, int row);
/// The first match before `row`, going on from the bottom; -1 when there is none.
int previousMatch(const std::vector<RowMatch> &rows, int row);
/// The same over failed spans.
int nextError(const Trace &trace, int row);
int previousError(const Trace &trace, int row);

} // namespace bw
