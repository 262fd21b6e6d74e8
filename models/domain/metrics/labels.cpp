// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/labels.h>

#include <QStringList>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

Labels Labels::fromPairs(std::vector<Pair> pairs)
{
    const auto byName = [](const Pair &a, const Pair &b) { return a.first < b.first; };
    if (!std::is_sorted(pairs.begin(), pairs.end(), byName))
        std::stable_sort(pairs.begin(), pairs.end(), byName);
    const auto sameName = [](const Pair &a, const Pair &b) { return a.first == b.first; };
    pairs.erase(std::unique(pairs.begin(), pairs.end(), sameName), pairs.end());
    Labels labels;
    if (!pairs.empty())
        labels.m_pairs = std::make_shared<const std::vector<Pair>>(std::move(pairs));
    return labels;
}

const std::vector<Labels::Pair> &Labels::pairs() const
{
    static const std::vector<Pair> none;
    return m_pairs ? *m_pairs : none;
}

const Untrusted *Labels::find(QStringView name) const
{
    const auto &all = pairs();
    const auto at = std::lower_bound(all.begin(), all.end(), name,
        [](const Pair &pair, QStringView key) { return verbatim(pair.first) < key; });
    return at != all.end() && verbatim(at->first) == name ? &at->second : nullptr;
}

QString Labels::text(QStringView name) const
{
    const Untrusted *value = find(name);
    return value ? render::plain(*value) : QString();
}

Labels Labels::without(const QStringList &names) const
{
    std::vector<Pair> kept;
    std::copy_if(pairs().begin(), pairs().end(), std::back_inserter(kept),
        [&](const Pair &pair) { return !names.contains(verbatim(pair.first)); });
    return fromPairs(std::move(kept));
}

Labels Labels::with(const QString &name, const QString &value) const
{
    std::vector<Pair> all{{Untrusted(name), Untrusted(value)}};
    all.insert(all.end(), pairs().begin(), pairs().end());
    return fromPairs(std::move(all));
}

bool Labels::isSubsetOf(const Labels &other) const
{
    return std::all_of(pairs().begin(), pairs().end(), [&](const Pair &pair) {
        const Untrusted *value = other.find(verbatim(pair.first));
        return value && *value == pair.second;
    });
}

size_t Labels::hash() const
{
    size_t seed = 0;
    for (const auto &[name, value] : pairs())
        seed = qHashMulti(seed, name, value);
    return seed;
}

bool Labels::operator==(const Labels &other) const
{
    return m_pairs == other.m_pairs || pairs() == other.pairs();
}

Untrusted seriesName(const Labels &labels)
{
    QString name;
    QStringList rest;
    for (const auto &[key, value] : labels.pairs()) {
        if (verbatim(key) == "__name__"_L1)
            name = verbatim(value);
        else
            rest << verbatim(key) + u"=\""_s + render::promql(value) + u'"';
    }
    if (rest.isEmpty() && !name.isEmpty())
        return Untrusted(name);
    return Untrusted(name + u'{' + rest.join(u", "_s) + u'}');
}

Untrusted legendFor(const Labels &labels, const QString &pattern)
{
    if (pattern.isEmpty())
        return seriesName(labels);
    QString out;
    qsizetype at = 0;
    while (at < pattern.size()) {
        const qsizetype open = pattern.indexOf("{{"_L1, at);
        const qsizetype close = open < 0 ? -1 : pattern.indexOf("}}"_L1, open);
        if (close < 0)
            break;
        out += QStringView(pattern).mid(at, open - at);
        if (const Untrusted *value =
                labels.find(QStringView(pattern).mid(open + 2, close - open - 2).trimmed()))
            out += verbatim(*value);
        at = close + 2;
    }
    return Untrusted(out + pattern.mid(at));
}

} // namespace bw
