// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/spanreader.h>

namespace bw {

bool readPlain(JsonCursor &json, Untrusted &out)
{
    std::string_view view;
    std::string scratch;
    const bool isText = json.peek() == '"';
    if (!(isText ? json.text(view, scratch) : json.raw(view)))
        return false;
    out = untrusted(view);
    return true;
}

bool readTimestamp(JsonCursor &json, qint64 scale, Timestamp &out)
{
    qint64 value = 0;
    bool fits = false;
    if (json.isNull())
        return json.skip();
    if (!json.integer(value, fits))
        return false;
    constexpr qint64 most = 1LL << 62;
    out = fromNs(fits && value > 0 && value <= most / scale ? value * scale : 0);
    return true;
}

} // namespace bw
