// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/jsontokens.h>
#include <domain/base/result.h>

#include <QByteArray>

#include <charconv>
#include <cstring>
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
    /// Whether so many bytes are left from there.
    bool has(size_t bytes) const { return size_t(m_end - m_at) >= bytes; }
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
    static const char *const kWrongToken[]; ///< by jsongrammar::State
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
            failAt(m_tokens.errorAt(), m_tokens.error(),
                m_tokens.isTooLarge() ? Error::Kind::TooLarge : Error::Kind::Decode);
    }
    /// Whether a string that has been read holds escapes.
    bool isEscaped(std::string_view raw) const
    {
        return m_tokens.hasSlashSince(raw.data()) && std::memchr(raw.data(), '\\', raw.size());
    }
    bool anyInteger(const char *from, qint64 &out, bool &fits);
    Q_ALWAYS_INLINE bool string(std::string_view &raw);
    const char *behindNumber(const char *at) const;
    const char *behindWord(const char *at) const;
    bool isEndOfWord(const char *at) const
    {
        return at == m_end || *at == ',' || *at == '}' || *at == ']' || isSpace(*at) || *at == ':'
            || *at == '[' || *at == '{' || *at == '"';
    }
    bool word(const char *at)
    {
        const char *const behindIt = behindWord(at);
        return (behindIt && isEndOfWord(behindIt)) || failAt(at, "expected a value");
    }
    Q_ALWAYS_INLINE bool scalar(char first);
    Q_ALWAYS_INLINE bool key(std::string_view &out);
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
/// Whether two texts of any length are the same, without a call: ids are short.
inline bool isSameText(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    size_t at = 0;
    for (; at + 8 <= a.size(); at += 8) {
        if (std::memcmp(a.data() + at, b.data() + at, 8) != 0)
            return false;
    }
    for (; at < a.size(); ++at) {
        if (a[at] != b[at])
            return false;
    }
    return true;
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
    raw = {from, size_t(to - from)};
    return true;
}

/// Behind the number at a place; null when there is none.
inline const char *JsonCursor::behindNumber(const char *at) const
{
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
    return good ? at : nullptr;
}

/// Behind the number, true, false or null at a place; null when there is none of them.
inline const char *JsonCursor::behindWord(const char *at) const
{
    if (*at == '-' || (*at >= '0' && *at <= '9'))
        return behindNumber(at);
    const auto left = size_t(m_end - at);
    if (left >= 4 && (std::memcmp(at, "true", 4) == 0 || std::memcmp(at, "null", 4) == 0))
        return at + 4;
    return left >= 5 && std::memcmp(at, "false", 5) == 0 ? at + 5 : nullptr;
}

Q_ALWAYS_INLINE bool JsonCursor::scalar(char first)
{
    std::string_view ignored;
    if (first == '"')
        return string(ignored);
    if (m_at == m_end)
        return failExpecting("expected a value");
    if (!word(m_at))
        return false;
    advance();
    return true;
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

namespace jsongrammar {
/// What may come next.
enum State : quint8 {
    Key,
    KeyOrEnd,
    Colon,
    Member,
    BehindMember,
    Element,
    ElementOrEnd,
    BehindElement,
    States
};
/// What to do beside going on.
enum Action : quint8 { ReadWord = 16, Open = 32, Close = 64, Wrong = 128 };

struct Table
{
    quint8 step[States][256]; ///< by the first byte of a token: the next state, and perhaps an action
};
constexpr Table kTable = [] {
    Table out{};
    for (auto &row : out.step) {
        for (quint8 &cell : row)
            cell = Wrong;
    }
    out.step[Key]['"'] = out.step[KeyOrEnd]['"'] = Colon;
    out.step[Colon][':'] = Member;
    for (const State state : {Member, Element, ElementOrEnd}) {
        const quint8 behind = state == Member ? BehindMember : BehindElement;
        for (quint8 &cell : out.step[state])
            cell = quint8(behind | ReadWord);
        out.step[state]['"'] = behind;
        out.step[state]['{'] = quint8(quint8(KeyOrEnd) | quint8(Open));
        out.step[state]['['] = quint8(quint8(ElementOrEnd) | quint8(Open));
        for (const char wrong : {'}', ']', ':', ','})
            out.step[state][int(wrong)] = Wrong;
    }
    out.step[BehindMember][','] = Key;
    out.step[BehindElement][','] = Element;
    out.step[KeyOrEnd]['}'] = out.step[BehindMember]['}'] = Close;
    out.step[ElementOrEnd][']'] = out.step[BehindElement][']'] = Close;
    return out;
}();
} // namespace jsongrammar

inline bool JsonCursor::skip()
{
    using namespace jsongrammar;
    if (!isGood())
        return false;
    const char first = peek();
    if (first != '{' && first != '[')
        return scalar(first);
    quint64 kinds = first == '{'; // a bit for each open bracket; set: an object
    int depth = 1;
    unsigned state = first == '{' ? KeyOrEnd : ElementOrEnd;
    for (;;) {
        const char *const at = m_tokens.next();
        if (Q_UNLIKELY(at == m_end)) {
            m_at = at;
            noteEnd();
            return failExpecting("");
        }
        const unsigned step = kTable.step[state][static_cast<unsigned char>(*at)];
        if (Q_LIKELY(step < ReadWord)) { // strings, colons and commas
            state = step;
            continue;
        }
        if ((step & Close) != 0) {
            kinds >>= 1;
            if (--depth == 0)
                break;
            state = (kinds & 1) != 0 ? BehindMember : BehindElement;
        } else if ((step & Open) != 0) {
            state = step & 15;
            kinds = kinds << 1 | quint64(state == KeyOrEnd);
            if (++depth + m_depth > kDepth)
                return failAt(at, "nested deeper than 64 levels", Error::Kind::TooLarge);
        } else if ((step & Wrong) != 0) {
            return failAt(at, kWrongToken[state]);
        } else {
            state = step & 15;
            if (!word(at))
                return false;
        }
    }
    advance();
    return true;
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
    const char *const from = m_at;
    const char first = peek();
    const char *at = m_at + (first == '"' ? 1 : 0);
    // Nearly all of them: up to 18 digits.
    qint64 value = 0;
    const char *const most = m_end - at > 18 ? at + 18 : m_end;
    const char *const digits = at;
    while (at < most && *at >= '0' && *at <= '9')
        value = value * 10 + (*at++ - '0');
    const bool isWhole = at > digits && (*digits != '0' || at == digits + 1 || first == '"');
    if (isWhole && at < m_end && (first == '"' ? *at == '"' : *at == ',' || *at == '}')) {
        advance();
        out = value;
        fits = true;
        return true;
    }
    return anyInteger(from, out, fits);
}

inline bool JsonCursor::boolean(bool &out)
{
    const char first = peek();
    out = first == 't';
    return first == 't' || first == 'f' ? scalar(first) : failExpecting("expected true or false");
}

} // namespace bw
