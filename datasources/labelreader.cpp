// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/labelreader.h>

#include <algorithm>

namespace bw {

QString TextCache::operator()(std::string_view text)
{
    if (text.size() > 64)
        return od::toQString(text); // descriptions rarely repeat
    size_t hash = text.size();
    for (char c : text)
        hash = hash * 31 + static_cast<unsigned char>(c);
    Slot &slot = m_slots[(hash ^ (hash >> 10)) % m_slots.size()];
    if (slot.key != text || slot.text.isNull()) {
        slot.key = text;
        slot.text = od::toQString(text);
        if (slot.text.isNull())
            slot.text = QStringLiteral("");
    }
    return slot.text;
}

Result<Labels> readLabels(od::Value value, TextCache &cache)
{
    std::vector<Labels::Pair> pairs;
    const auto one = [&](std::string_view name, od::Value inner) -> Result<void> {
        const Result<std::string_view> text = od::text(inner);
        if (!text)
            return tl::unexpected(text.error());
        pairs.emplace_back(Untrusted(cache(name)), Untrusted(cache(*text)));
        return {};
    };
    if (Result<void> read = od::eachField(value, one); !read)
        return tl::unexpected(std::move(read.error()));
    return Labels::fromPairs(std::move(pairs));
}

quint64 fingerprintOf(const Labels &labels)
{
    // Servers sort names by their UTF-8 bytes; Labels sorts by UTF-16 units. They differ only beyond the
    // first plane, so sort again.
    std::vector<std::pair<QByteArray, QByteArray>> sorted;
    for (const auto &[name, value] : labels.pairs())
        sorted.emplace_back(verbatim(name).toUtf8(), verbatim(value).toUtf8());
    std::sort(sorted.begin(), sorted.end());
    quint64 hash = 14'695'981'039'346'656'037ULL;
    const auto add = [&hash](const QByteArray &bytes) {
        for (char c : bytes)
            hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
        hash = (hash ^ 255U) * 1'099'511'628'211ULL;
    };
    for (const auto &[name, value] : sorted) {
        add(name);
        add(value);
    }
    return hash;
}

} // namespace bw
