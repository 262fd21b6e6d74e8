// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracefilter.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QChar kQuoted = QChar(0xfdd0); // of no text: stands for a quoted character in Token::shape
constexpr double kMostNs = 4e18;

struct Token
{
    QString raw; ///< as typed, for messages
    QString text; ///< without quotes
    QString shape; ///< as text, quoted characters replaced
};

tl::unexpected<Error> wrong(const Token &token, const QString &what)
{
    return fail(Error::Kind::Invalid, u"Filter: “%1” %2"_s.arg(token.raw, what));
}

Result<std::vector<Token>> tokensOf(QStringView text)
{
    std::vector<Token> out;
    bool isOpen = false, isQuoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        QChar c = text[i];
        if (!isQuoted && c.isSpace()) {
            isOpen = false;
            continue;
        }
        if (!isOpen)
            out.emplace_back();
        isOpen = true;
        Token &token = out.back();
        token.raw += c;
        if (c == u'"') {
            isQuoted = !isQuoted;
            continue;
        }
        if (isQuoted && c == u'\\' && i + 1 < text.size() && (text[i + 1] == u'"' || text[i + 1] == u'\\')) {
            c = text[++i];
            token.raw += c;
        }
        token.text += c;
        token.shape += isQuoted ? kQuoted : c;
    }
    if (isQuoted)
        return wrong(out.back(), u"has no closing quote."_s);
    return out;
}

/// "1.5s", "100ms": nothing for anything else.
std::optional<Nanoseconds> timeOf(QStringView text)
{
    static constexpr std::array<std::pair<QStringView, double>, 8> units{{{u"ns", 1.0}, {u"us", 1e3},
        {u"µs", 1e3}, {u"μs", 1e3}, {u"ms", 1e6}, {u"s", 1e9}, {u"m", 60e9}, {u"h", 3600e9}}};
    qsizetype end = 0;
    while (end < text.size() && ((text[end] >= u'0' && text[end] <= u'9') || text[end] == u'.'))
        ++end;
    bool isNumber = false;
    const double number = text.left(end).toDouble(&isNumber);
    for (const auto &[unit, scale] : units) {
        if (isNumber && text.mid(end).compare(unit, Qt::CaseInsensitive) == 0 && number * scale < kMostNs)
            return Nanoseconds(std::llround(number * scale));
    }
    return std::nullopt;
}

/// What stands behind `prefix`, which must not be quoted; nullopt when it does not begin so.
std::optional<QString> behind(const Token &token, QLatin1String prefix)
{
    if (!token.shape.startsWith(prefix, Qt::CaseInsensitive))
        return std::nullopt;
    return token.text.mid(prefix.size());
}

/// ">100ms" into a term of this field.
Result<TraceFilter::Term> timed(const Token &token, TraceFilter::Field field, const QString &text)
{
    using Compare = TraceFilter::Compare;
    TraceFilter::Term term;
    term.field = field;
    const bool isOrEqual = text.size() > 1 && text[1] == u'=';
    if (text.startsWith(u'<'))
        term.compare = isOrEqual ? Compare::LessOrEqual : Compare::Less;
    else if (text.startsWith(u'>'))
        term.compare = isOrEqual ? Compare::GreaterOrEqual : Compare::Greater;
    else
        return wrong(token, u"needs < or > and a duration, as in self>50ms."_s);
    const std::optional<Nanoseconds> time = timeOf(QStringView(text).mid(isOrEqual ? 2 : 1));
    if (!time)
        return wrong(token, u"needs a number with a unit (ns, us, ms, s, m, h), as in >100ms."_s);
    term.time = *time;
    return term;
}

Result<TraceFilter::Term> attribute(const Token &token, qsizetype at)
{
    TraceFilter::Term term;
    term.field = TraceFilter::Field::Attribute;
    term.key = token.text.left(at);
    term.text = token.text.mid(at + 1);
    if (token.shape[at] == u'=')
        term.compare = TraceFilter::Compare::Equal;
    else if (term.text.isEmpty())
        return wrong(token, u"needs some text behind ~."_s);
    if (term.key.endsWith(u'!') && token.shape[at - 1] == u'!') {
        term.isNegated = true;
        term.key.chop(1);
    }
    if (term.key.isEmpty())
        return wrong(token, u"needs the name of an attribute in front."_s);
    if (term.key.endsWith(u'<') || term.key.endsWith(u'>'))
        return wrong(token, u"compares an attribute, which goes with = and ~ only."_s);
    return term;
}

std::optional<SpanKind> kindOf(const QString &name)
{
    static const std::array<QString, 6> names{
        u"unspecified"_s, u"internal"_s, u"server"_s, u"client"_s, u"producer"_s, u"consumer"_s};
    for (size_t i = 0; i < names.size(); ++i) {
        if (name.compare(names[i], Qt::CaseInsensitive) == 0)
            return SpanKind(i);
    }
    return std::nullopt;
}

Result<TraceFilter::Term> termOf(const Token &token)
{
    using Field = TraceFilter::Field;
    TraceFilter::Term term;
    if (token.shape.compare("error"_L1, Qt::CaseInsensitive) == 0) {
        term.field = Field::Error;
        return term;
    }
    if (token.shape.startsWith(u'<') || token.shape.startsWith(u'>'))
        return timed(token, Field::Duration, token.text);
    if (token.shape.startsWith("self<"_L1, Qt::CaseInsensitive)
        || token.shape.startsWith("self>"_L1, Qt::CaseInsensitive))
        return timed(token, Field::Self, token.text.mid(4));
    if (const auto name = behind(token, "kind:"_L1)) {
        const std::optional<SpanKind> kind = kindOf(*name);
        if (!kind)
            return wrong(token, u"is no kind: internal, server, client, producer, consumer, unspecified."_s);
        term.field = Field::Kind;
        term.kind = *kind;
        return term;
    }
    for (const auto &[prefix, field] :
        {std::pair("service"_L1, Field::Service), std::pair("operation"_L1, Field::Operation)}) {
        const auto text = behind(token, prefix);
        if (text && !text->isEmpty()
            && (token.shape[prefix.size()] == u':' || token.shape[prefix.size()] == u'=')) {
            term.field = field;
            term.compare = token.shape[prefix.size()] == u'=' ? TraceFilter::Compare::Equal
                                                              : TraceFilter::Compare::Contains;
            term.text = text->mid(1);
            return term.text.isEmpty() ? wrong(token, u"needs a name."_s) : Result<TraceFilter::Term>(term);
        }
    }
    for (qsizetype i = 0; i < token.shape.size(); ++i) {
        if (token.shape[i] == u'=' || token.shape[i] == u'~')
            return attribute(token, i);
    }
    term.text = token.text;
    return term.text.isEmpty() ? wrong(token, u"is empty."_s) : Result<TraceFilter::Term>(term);
}

} // namespace

QString quotedTerm(QString text)
{
    return u'"' + text.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s) + u'"';
}

Result<TraceFilter> TraceFilter::parse(QStringView text)
{
    const Result<std::vector<Token>> tokens = tokensOf(text);
    if (!tokens)
        return tl::unexpected(tokens.error());
    TraceFilter out;
    for (Token token : *tokens) {
        const bool isNegated = token.shape.startsWith(u'-');
        if (isNegated) {
            token.text.remove(0, 1);
            token.shape.remove(0, 1);
            if (token.text.isEmpty())
                return wrong(token, u"needs something behind it."_s);
        }
        Result<Term> term = termOf(token);
        if (!term)
            return tl::unexpected(term.error());
        term->isNegated = term->isNegated != isNegated;
        out.m_terms.push_back(std::move(*term));
    }
    return out;
}

} // namespace bw
