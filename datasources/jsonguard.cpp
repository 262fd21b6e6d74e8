// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jsonguard.h>

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr qsizetype kExcerpt = 2048;
constexpr int kHardDepth = 256; ///< of the bracket stack below; JsonLimits::depth stays under it

tl::unexpected<Error> bad(const QString &what, const QByteArray &body)
{
    return fail(Error::Kind::Decode, what, bodyExcerpt(body));
}

/// Eight bytes at once: a bit is set in each byte that is a quote, a backslash or a control character.
quint64 endsString(const char *at)
{
    constexpr quint64 ones = 0x0101010101010101ULL, high = 0x8080808080808080ULL;
    quint64 word;
    std::memcpy(&word, at, sizeof word);
    const quint64 quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
    const quint64 isQuote = (quote - ones) & ~quote, isSlash = (slash - ones) & ~slash;
    const quint64 isControl = (word - ones * 0x20) & ~word;
    return (isQuote | isSlash | isControl) & high;
}

/// From behind the opening quote to behind the closing one; null when there is none or a raw control
/// character stands inside.
const char *behindString(const char *at, const char *end)
{
    while (at < end) {
        if (end - at >= 8 && endsString(at) == 0) {
            at += 8;
            continue;
        }
        const char c = *at++;
        if (c == '"')
            return at;
        if (static_cast<unsigned char>(c) < 0x20)
            return nullptr;
        if (c == '\\' && at < end)
            ++at; // whatever is escaped, it does not end the string
    }
    return nullptr;
}

QString markName(const QByteArray &body)
{
    if (body.startsWith("\xEF\xBB\xBF"))
        return u"a byte order mark"_s;
    if (body.startsWith("\xFF\xFE") || body.startsWith("\xFE\xFF"))
        return u"UTF-16"_s;
    return {};
}

/// Brackets, strings and depth; nothing else of the grammar.
Result<void> checkShape(const QByteArray &body, const JsonLimits &limits)
{
    std::array<char, kHardDepth> open{};
    int depth = 0;
    bool rootEnded = false;
    const char *at = body.constData(), *const end = at + body.size();
    while (at < end) {
        const char c = *at++;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            continue;
        if (rootEnded)
            return bad(u"the answer goes on behind its end"_s, body);
        if (c == '"') {
            const char *const start = at;
            at = behindString(at, end);
            if (!at)
                return bad(u"the answer ends inside a string, or one holds a raw control character"_s, body);
            if (at - start > limits.string)
                return fail(Error::Kind::TooLarge,
                    u"the answer has a string of more than %1 KiB"_s.arg(limits.string / 1024),
                    bodyExcerpt(body));
            rootEnded = depth == 0;
        } else if (c == '{' || c == '[') {
            if (depth == std::min(limits.depth, kHardDepth))
                return fail(Error::Kind::TooLarge,
                    u"the answer is nested deeper than %1 levels"_s.arg(limits.depth), bodyExcerpt(body));
            open[size_t(depth++)] = c;
        } else if (c == '}' || c == ']') {
            if (depth == 0 || open[size_t(depth - 1)] != (c == '}' ? '{' : '['))
                return bad(u"the answer closes a bracket that is not open"_s, body);
            rootEnded = --depth == 0;
        } else if (c == '\0') {
            return bad(u"the answer holds a NUL"_s, body);
        }
    }
    if (depth > 0)
        return bad(u"the answer is cut off: %1 brackets are open at its end"_s.arg(depth), body);
    return {};
}
} // namespace

Result<void> checkJson(const QByteArray &body, const JsonLimits &limits)
{
    if (body.size() > limits.bytes)
        return fail(Error::Kind::TooLarge,
            u"the answer has %1 MiB, more than the %2 MiB allowed"_s.arg(body.size() >> 20)
                .arg(limits.bytes >> 20),
            bodyExcerpt(body));
    const auto isSpace = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    if (std::all_of(body.begin(), body.end(), isSpace))
        return bad(u"the answer has no content"_s, body);
    if (const QString mark = markName(body); !mark.isEmpty())
        return bad(u"the answer begins with %1; JSON is plain UTF-8"_s.arg(mark), body);
    if (!simdjson::validate_utf8(body.constData(), size_t(body.size())))
        return bad(u"the answer is not valid UTF-8"_s, body);
    return checkShape(body, limits);
}

QString bodyExcerpt(const QByteArray &body) { return QString::fromUtf8(body.left(kExcerpt)); }

QByteArray padded(const QByteArray &body)
{
    if (body.capacity() - body.size() >= qsizetype(simdjson::SIMDJSON_PADDING))
        return body;
    QByteArray copy;
    copy.reserve(body.size() + qsizetype(simdjson::SIMDJSON_PADDING));
    copy.append(body);
    return copy;
}

} // namespace bw
