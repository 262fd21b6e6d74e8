// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/untrusted.h>

#include <QStringView>

#include <memory>
#include <utility>
#include <vector>

namespace bw {

/// A label set: sorted by name, unique names, cheap to copy and to hash. Immutable.
class Labels
{
public:
    using Pair = std::pair<Untrusted, Untrusted>;
    Labels() = default;
    /// Sorts; of equal names the first stays.
    [[nodiscard]] static Labels fromPairs(std::vector<Pair> pairs);

    const Untrusted *find(QStringView name) const;
    /// Plain text of a label, or empty when there is none.
    QString text(QStringView name) const;
    const std::vector<Pair> &pairs() const;
    bool isEmpty() const { return pairs().empty(); }
    size_t size() const { return pairs().size(); }
    /// Without the names in `names`.
    Labels without(const QStringList &names) const;
    /// With `name` set to `value`.
    Labels with(const QString &name, const QString &value) const;
    /// Every pair of this set is in `other`.
    bool isSubsetOf(const Labels &other) const;
    size_t hash() const;
    bool operator==(const Labels &other) const;
    bool operator<(const Labels &other) const { return pairs() < other.pairs(); }

private:
    std::shared_ptr<const std::vector<Pair>> m_pairs;
};
inline size_t qHash(const Labels &labels, size_t seed = 0) noexcept { return labels.hash() ^ seed; }

/// `up{job="x"}` as Prometheus prints it, names sorted; for legends and tooltips through render::plain.
Untrusted seriesName(const Labels &labels);
/// Legend template: "{{service}} {{code}}" → values; an empty template gives seriesName().
Untrusted legendFor(const Labels &labels, const QString &pattern);

} // namespace bw
