// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/jsontokens.h>
#include <domain/base/result.h>

#include <QByteArray>

#include <charconv>
#include <string>
#include <string_view>

namespace bw {

/// Reads a JSON text from front to back, once, and checks the grammar of all of it, also of what it steps
/// over. For documents of which little is wanted and where that little stands is remembered: traces. The text
/// must be UTF-8 (checkTraceText) and outlive the cursor. The first error stays; every call after it answers
/// false. Escapes of strings that are stepped over are not looked at. One thread.
class JsonCursor
{
public:
    explicit JsonCursor(std::string_view text)
        : JsonCursor(text, text.data())
    {
    }
    /// For a value inside a larger text that begins at `origin`: errors name the place in the whole.
    JsonCursor(std::string_view text, const char *origin)
        : m_origin(origin)
        , m_begin(text.data())
        , m_end(text.data() + text.size())
        , m_tokens(m_begin, m_end)
    {
        advance();
    }

    static constexpr int kDepth = 64; ///< nested arrays and objects; the callbacks below recurse
    static constexpr qsizetype kString = 1 << 20; ///< bytes of one string, escapes included

    bool isGood() const { return !m_what; }
    /// Decode, TooLarge or Cancelled: "data[0].spans[3].startTime: expected a number (byte 812)".
    Error error() const;

    /// The first byte of the next token, which stays unread; NUL at the end of the text.
    char peek() const { return m_at < m_end ? *m_at : '\0'; }
    bool isAtEnd() const { return m_at == m_end && isGood(); }
    bool isNull() const { return peek() == 'n'; }
    /// Where the next token begins.
    const char *place() const { return m_at; }
    /// Where the token read last ends.
    const char *behind() const
    {
        const char *at = m_at;
        while (at > m_begin && isSpace(at[-1]))
            --at;
        return at;
    }
    const char *origin() const { return m_origin; }

    /// Calls `on(key)` → bool for each member; it must read or skip the value.
    template<typename F> bool object(F on);
    /// Calls `on()` → bool for each element, which it must read or skip.
    template<typename F> bool array(F on);
    /// Steps over a value of any kind.
    bool skip();
    /// A value, as it stands in the text.
    bool raw(std::string_view &out)
    {
        const char *const from = m_at;
        if (!skip())
            return false;
        out = {from, size_t(behind() - from)};
        return true;
    }
    /// A string without its escapes; the view is good until the next call with the same scratch.
    bool text(std::string_view &out, std::string &scratch);
    /// A string, or null, which reads as empty.
    bool textOrNull(std::string_view &out, std::string &scratch)
    {
        out = {};
        return isNull() ? skip() : text(out, scratch);
    }
    /// A whole number, or one in a string, as 64-bit numbers are written; `fits` is false beyond 64 bits.
    bool integer(qint64 &out, bool &fits);
    bool boolean(bool &out);

    /// Notes an error here; always false.
    bool fail(const char *what, Error::Kind kind = Error::Kind::Decode) { return failAt(m_at, what, kind); }
    bool failAt(const char *place, const char *what, Error::Kind kind = Error::Kind::Decode)
    {
        if (!m_what) {
            m_what = what;
            m_errorAt = place;
            m_errorKind = kind;
        }
        return false;
    }
    /// Takes over the error of a cursor inside this text; always false.
    bool adopt(const JsonCursor &inner)
    {
        return failAt(inner.m_errorAt, inner.m_what ? inner.m_what : "cannot be read", inner.m_errorKind);
    }
    /// "expected a colon", or that the text is cut off where there is nothing more.
    bool failExpecting(const char *what)
    {
        return fail(m_at < m_end ? what : "the text ends here: it is cut off");
    }

private:
    static bool isSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
    Q_ALWAYS_INLINE void advance()
    {
        m_at = m_tokens.next();
        if (Q_UNLIKELY(m_at == m_end))
            noteEnd();
    }
    Q_NEVER_INLINE void noteEnd()
    {
        if (m_tokens.error())
            failAt(m_tokens.errorAt(), m_tokens.error());
    }
    /// Whether a string that has been read holds escapes.
    bool isEscaped(std::string_view raw) const
    {
        return m_tokens.hasSlashSince(raw.data()) && std::memchr(raw.data(), '\\', raw.size());
    }
    Q_ALWAYS_INLINE bool string(std::string_view &raw);
    bool number(std::string_view &out);
    bool literal();
    Q_ALWAYS_INLINE bool scalar(char first);
    Q_ALWAYS_INLINE bool key(std::string_view &out);
    Q_ALWAYS_INLINE bool keyOver();
    bool enter(char bracket, const char *expected);

    const char *m_origin, *m_begin, *m_end, *m_at = nullptr;
    JsonTokens m_tokens;
    int m_depth = 0;
    std::string m_key;
    const char *m_what = nullptr;
    Error::Kind m_errorKind = Error::Kind::Decode;
    const char *m_errorAt = nullptr;
};

/// Whether two texts are the same; quicker than comparing string views, because the length is known here.
template<size_t N> Q_ALWAYS_INLINE bool is(std::string_view text, const char (&literal)[N])
{
    return text.size() == N - 1 && std::memcmp(text.data(), literal, N - 1) == 0;
}
/// Takes escapes out; false for a bad one. Halves of surrogate pairs become U+FFFD.
bool unescapeJson(std::string_view raw, std::string &out);
/// Size, byte order mark, UTF-8, and that there is something: what must hold before a cursor reads.
[[nodiscard]] Result<void> checkTraceText(const QByteArray &body, qint64 limit);

// The rest is inline because it runs for every token of answers of a hundred megabytes.

/// The token at the cursor begins with a quote. Where it ends follows from where the next one begins.
Q_ALWAYS_INLINE bool JsonCursor::string(std::string_view &raw)
{
    const char *const from = m_at + 1;
    advance();
    const char *to = m_at - 1;
    while (to > from && *to != '"')
        --to;
    if (to < from || *to != '"')
        return failExpecting("not a string");
    if (to - from > kString)
        return failAt(from, "a string of more than 1 MiB", Error::Kind::TooLarge);
    raw = {from, size_t(to - from)};
    return true;
}

inline bool JsonCursor::number(std::string_view &out)
{
    const char *at = m_at;
    const auto digits = [&] {
        const char *const from = at;
        while (at < m_end && *at >= '0' && *at <= '9')
            ++at;
        return at - from;
    };
    if (*at == '-')
        ++at;
    const bool zero = at < m_end && *at == '0';
    const auto whole = digits();
    bool good = whole > 0 && (!zero || whole == 1);
    if (good && at < m_end && *at == '.') {
        ++at;
        good = digits() > 0;
    }
    if (good && at < m_end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at < m_end && (*at == '+' || *at == '-'))
            ++at;
        good = digits() > 0;
    }
    const char *const from = m_at;
    if (good)
        advance();
    if (!good || (at != m_at && !isSpace(*at)))
        return failAt(from, "not a number");
    out = {from, size_t(at - from)};
    return true;
}

inline bool JsonCursor::literal()
{
    const char first = peek();
    const std::string_view word = first == 'n' ? "null" : first == 't' ? "true" : "false";
    const char *const from = m_at;
    if (size_t(m_end - from) < word.size() || std::memcmp(from, word.data(), word.size()) != 0)
        return failExpecting("expected a value");
    advance();
    const char *const to = from + word.size();
    return to == m_at || isSpace(*to) || failAt(from, "expected a value");
}

Q_ALWAYS_INLINE bool JsonCursor::scalar(char first)
{
    std::string_view ignored;
    if (first == '"')
        return string(ignored);
    return first == '-' || (first >= '0' && first <= '9') ? number(ignored) : literal();
}

Q_ALWAYS_INLINE bool JsonCursor::key(std::string_view &out)
{
    if (peek() != '"')
        return failExpecting("expected a key");
    if (!string(out))
        return false;
    if (isEscaped(out)) {
        if (!unescapeJson(out, m_key))
            return fail("a key has a bad escape");
        out = m_key;
    }
    if (peek() != ':')
        return failExpecting("expected a colon");
    advance();
    return true;
}

Q_ALWAYS_INLINE bool JsonCursor::keyOver()
{
    std::string_view ignored;
    if (peek() != '"')
        return failExpecting("expected a key");
    if (!string(ignored))
        return false;
    if (peek() != ':')
        return failExpecting("expected a colon");
    advance();
    return true;
}

inline bool JsonCursor::enter(char bracket, const char *expected)
{
    if (!isGood())
        return false;
    if (peek() != bracket)
        return failExpecting(expected);
    if (m_depth == kDepth)
        return fail("nested deeper than 64 levels", Error::Kind::TooLarge);
    ++m_depth;
    advance();
    return true;
}

template<typename F> bool JsonCursor::object(F on)
{
    if (!enter('{', "expected an object"))
        return false;
    if (peek() != '}') {
        for (;;) {
            std::string_view name;
            if (!key(name) || !on(name) || !isGood())
                return false;
            const char next = peek();
            if (next == '}')
                break;
            if (next != ',')
                return failExpecting("expected a comma or a closing brace");
            advance();
        }
    }
    advance();
    --m_depth;
    return true;
}

template<typename F> bool JsonCursor::array(F on)
{
    if (!enter('[', "expected an array"))
        return false;
    if (peek() != ']') {
        for (;;) {
            if (!on() || !isGood())
                return false;
            const char next = peek();
            if (next == ']')
                break;
            if (next != ',')
                return failExpecting("expected a comma or a closing bracket");
            advance();
        }
    }
    advance();
    --m_depth;
    return true;
}

inline bool JsonCursor::skip()
{
    if (!isGood())
        return false;
    const int floor = m_depth;
    quint64 kinds = 0; // a bit for each open bracket above the floor; set: an object
    for (;;) {
        // A value begins here.
        const char first = peek();
        if (first == '{' || first == '[') {
            if (m_depth == kDepth)
                return fail("nested deeper than 64 levels", Error::Kind::TooLarge);
            advance();
            const bool isObject = first == '{';
            if (peek() == (isObject ? '}' : ']')) {
                advance();
            } else {
                ++m_depth;
                kinds = kinds << 1 | quint64(isObject);
                if (isObject && !keyOver())
                    return false;
                continue;
            }
        } else if (!scalar(first)) {
            return false;
        }
        // Behind a value: close what ends here, up to a comma.
        while (m_depth != floor) {
            const bool isObject = (kinds & 1) != 0;
            const char next = peek();
            if (next == ',') {
                advance();
                if (isObject && !keyOver())
                    return false;
                break;
            }
            if (next != (isObject ? '}' : ']'))
                return failExpecting("expected a comma or a closing bracket");
            advance();
            kinds >>= 1;
            if (--m_depth == floor)
                return true;
        }
        if (m_depth == floor)
            return true;
    }
}

inline bool JsonCursor::text(std::string_view &out, std::string &scratch)
{
    if (!isGood() || peek() != '"')
        return failExpecting("expected a string");
    const char *const from = m_at;
    if (!string(out))
        return false;
    if (!isEscaped(out))
        return true;
    if (!unescapeJson(out, scratch))
        return failAt(from, "a string has a bad escape");
    out = scratch;
    return true;
}

inline bool JsonCursor::integer(qint64 &out, bool &fits)
{
    const char first = peek();
    const char *const from = m_at;
    std::string_view digits;
    if (first == '"') {
        if (!string(digits))
            return false;
    } else if (first != '-' && (first < '0' || first > '9')) {
        return failExpecting("expected a number");
    } else if (!number(digits)) {
        return false;
    }
    const char *const end = digits.data() + digits.size();
    const auto [stop, code] = std::from_chars(digits.data(), end, out);
    fits = code == std::errc();
    if (stop == end && code != std::errc::invalid_argument)
        return true;
    // 1.5e15 and the like
    double value = 0;
    const auto [behindIt, state] = std::from_chars(digits.data(), end, value);
    if (behindIt != end || state == std::errc::invalid_argument)
        return failAt(from, "expected a number");
    fits = state == std::errc() && value > -9e18 && value < 9e18;
    out = fits ? qint64(value) : 0;
    return true;
}

inline bool JsonCursor::boolean(bool &out)
{
    const char first = peek();
    out = first == 't';
    return first == 't' || first == 'f' ? literal() : failExpecting("expected true or false");
}

} // namespace bw
