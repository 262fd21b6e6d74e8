// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/jsoncursor.h>
#include <datasources/tracecollector.h>
#include <domain/traces/trace.h>

namespace bw {

/// Text of a span that somebody looks at.
inline Untrusted untrusted(std::string_view utf8)
{
    return Untrusted(QString::fromUtf8(utf8.data(), qsizetype(utf8.size())));
}
/// JsonCursor::array, where null stands for no elements.
template<typename F> bool eachOrNull(JsonCursor &json, F on)
{
    return json.isNull() ? json.skip() : json.array(on);
}
/// Which fields of an object have been met: which of two would count is a guess, so the second is an error.
class SeenFields
{
public:
    explicit SeenFields(JsonCursor &json)
        : m_json(json)
    {
    }
    bool first(unsigned field)
    {
        const unsigned bit = 1U << field;
        const bool isNew = (m_seen & bit) == 0;
        m_seen |= bit;
        return isNew || m_json.fail("ambiguous: this key comes twice");
    }

private:
    JsonCursor &m_json;
    unsigned m_seen = 0;
};
/// A value as a person reads it: strings without quotes and escapes, anything else as it stands.
bool readPlain(JsonCursor &json, Untrusted &out);
/// An integer, or null for none; one that no 64 bits hold is none either. Here for its speed: every span has
/// two.
inline bool readInteger(JsonCursor &json, std::optional<qint64> &out)
{
    qint64 value = 0;
    bool fits = false;
    if (json.isNull())
        return json.skip();
    if (!json.integer(value, fits))
        return false;
    if (fits)
        out = value;
    return true;
}
/// A span's id in hexadecimal; null and empty are 0. `scratch` is for texts with escapes.
inline bool readId(JsonCursor &json, std::string &scratch, SpanId &out)
{
    const char *const place = json.place();
    std::string_view text;
    if (!json.textOrNull(text, scratch))
        return false;
    const std::optional<SpanId> id = text.empty() ? SpanId(0) : readSpanId(text);
    out = id.value_or(0);
    return id || json.failAt(place, "not a span id");
}
/// Nanoseconds from a number in units of `scale` ns, within what a Timestamp holds.
bool readTimestamp(JsonCursor &json, qint64 scale, Timestamp &out);
/// Reads one document of a detail. What cannot be read becomes a warning of the span.
template<typename F> void readDetail(std::string_view bytes, SpanDetail &detail, F read)
{
    if (bytes.empty())
        return;
    JsonCursor json(bytes);
    if (!read(json) && !json.isGood())
        detail.warnings.emplace_back(
            QStringLiteral("not all of this span can be read: ") + json.error().message);
}

} // namespace bw
