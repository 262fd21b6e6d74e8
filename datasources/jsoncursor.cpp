// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jsoncursor.h>
#include <datasources/jsonguard.h>

#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
/// The way to a place in a text that was read without errors up to there: "data[0].spans[3].startTime".
QString pathTo(const char *at, const char *place)
{
    struct Level
    {
        bool isObject;
        qint64 index = 0;
        std::string_view key;
    };
    std::vector<Level> levels;
    std::string_view last;
    while (at < place) {
        const char c = *at++;
        if (c == '"') {
            const char *const from = at;
            while (at < place && *at != '"')
                at += *at == '\\' ? 2 : 1;
            last = {from, size_t(std::min(at, place) - from)};
            ++at;
        } else if (c == '{' || c == '[') {
            levels.push_back({c == '{', 0, {}});
        } else if ((c == '}' || c == ']') && !levels.empty()) {
            levels.pop_back();
        } else if (c == ':' && !levels.empty()) {
            levels.back().key = last;
        } else if (c == ',' && !levels.empty()) {
            levels.back().key = {};
            ++levels.back().index;
        }
    }
    QString out;
    for (const Level &level : levels) {
        if (!level.isObject)
            out += u"[%1]"_s.arg(level.index);
        else if (!level.key.empty())
            out += (out.isEmpty() ? QString() : u"."_s)
                + QString::fromUtf8(level.key.data(), qsizetype(std::min<size_t>(level.key.size(), 80)));
    }
    return out;
}

std::optional<unsigned> hex4(std::string_view raw, size_t at)
{
    if (raw.size() < at + 4)
        return std::nullopt;
    unsigned out = 0;
    const char *const from = raw.data() + at;
    const auto [stop, code] = std::from_chars(from, from + 4, out, 16);
    return code == std::errc() && stop == from + 4 ? std::optional(out) : std::nullopt;
}

void appendUtf8(std::string &out, char32_t c)
{
    if (c < 0x80) {
        out += char(c);
    } else if (c < 0x800) {
        out += {char(0xc0 | (c >> 6)), char(0x80 | (c & 0x3f))};
    } else if (c < 0x10000) {
        out += {char(0xe0 | (c >> 12)), char(0x80 | ((c >> 6) & 0x3f)), char(0x80 | (c & 0x3f))};
    } else {
        out += {char(0xf0 | (c >> 18)), char(0x80 | ((c >> 12) & 0x3f)), char(0x80 | ((c >> 6) & 0x3f)),
            char(0x80 | (c & 0x3f))};
    }
}

/// `at` is behind "\u"; moves behind what was read.
bool unescapeUnit(std::string_view raw, size_t &at, std::string &out)
{
    const std::optional<unsigned> first = hex4(raw, at);
    if (!first)
        return false;
    at += 4;
    char32_t c = *first;
    if (c >= 0xd800 && c < 0xdc00 && raw.substr(at, 2) == "\\u") {
        const std::optional<unsigned> second = hex4(raw, at + 2);
        if (second && *second >= 0xdc00 && *second < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (*second - 0xdc00);
            at += 6;
        }
    }
    appendUtf8(out, c >= 0xd800 && c < 0xe000 ? U'\ufffd' : c);
    return true;
}
} // namespace

bool unescapeJson(std::string_view raw, std::string &out)
{
    out.clear();
    for (size_t at = 0; at < raw.size();) {
        const size_t slash = std::min(raw.find('\\', at), raw.size());
        out.append(raw, at, slash - at);
        if (slash == raw.size())
            return true;
        if (slash + 1 == raw.size())
            return false;
        const char what = raw[slash + 1];
        at = slash + 2;
        constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
        if (const size_t index = from.find(what); index != from.npos)
            out += to[index];
        else if (what != 'u' || !unescapeUnit(raw, at, out))
            return false;
    }
    return true;
}

const char *const JsonCursor::kWrongToken[] = {"expected a key", "expected a key", "expected a colon",
    "expected a value", "expected a comma or a closing brace", "expected a value", "expected a value",
    "expected a comma or a closing bracket"};

bool JsonCursor::anyInteger(const char *from, qint64 &out, bool &fits)
{
    const char first = peek();
    std::string_view digits;
    if (first == '"') {
        if (!string(digits))
            return false;
    } else if (first != '-' && (first < '0' || first > '9')) {
        return failExpecting("expected a number");
    } else if (!raw(digits)) {
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

Error JsonCursor::error() const
{
    if (m_errorKind == Error::Kind::Cancelled)
        return {m_errorKind, QString::fromLatin1(m_what), {}, 0, 0};
    const QString path = pathTo(m_origin, m_errorAt);
    const QString what = QString::fromLatin1(m_what ? m_what : "nothing is wrong");
    const QString place = u" (byte %1)"_s.arg(m_errorAt - m_origin);
    const qsizetype size = std::min<qsizetype>(m_end - m_origin, 2048);
    return {m_errorKind, (path.isEmpty() ? what : path + u": "_s + what) + place,
        bodyExcerpt(QByteArray(m_origin, size)), 0, 0};
}

Result<void> checkTraceText(const QByteArray &body, qint64 limit)
{
    limit = std::min<qint64>(limit, std::numeric_limits<quint32>::max()); // places are kept in 32 bits
    if (body.size() > limit)
        return fail(Error::Kind::TooLarge,
            u"%1 MiB, more than the %2 MiB that are read"_s.arg(body.size() >> 20).arg(limit >> 20));
    if (std::all_of(body.begin(), body.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }))
        return fail(Error::Kind::Decode, u"there is no content"_s);
    if (body.startsWith("\xFF\xFE") || body.startsWith("\xFE\xFF"))
        return fail(Error::Kind::Decode, u"begins with UTF-16; JSON is plain UTF-8"_s);
    if (body.startsWith("\xEF\xBB\xBF"))
        return fail(Error::Kind::Decode, u"begins with a byte order mark; JSON is plain UTF-8"_s);
    const auto checked = simdjson::validate_utf8(body.constData(), size_t(body.size()));
    return checked ? Result<void>() : fail(Error::Kind::Decode, u"not valid UTF-8"_s, bodyExcerpt(body));
}

} // namespace bw
