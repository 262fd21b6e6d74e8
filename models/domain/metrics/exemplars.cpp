// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/exemplars.h>

#include <domain/metrics/promqlmatchers.h>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

std::optional<TraceId> traceIdOf(const Labels &labels)
{
    for (const auto &[name, value] : labels.pairs()) {
        QString spelling = render::line(name, 64).toLower();
        spelling.remove(u'_').remove(u'.').remove(u'-');
        if (spelling != "traceid"_L1)
            continue;
        if (const auto id = TraceId::fromHex(render::line(value, 64).trimmed()))
            return id;
    }
    return std::nullopt;
}

Result<QString> exemplarExpression(const QString &expression)
{
    const auto selectors = promqlSelectors(expression);
    if (!selectors)
        return tl::unexpected(selectors.error());
    QStringList texts;
    for (const PromqlSelector &selector : *selectors) {
        const qsizetype end = selector.braceClose < 0 ? selector.nameEnd : selector.braceClose + 1;
        texts << expression.mid(selector.begin, end - selector.begin);
    }
    texts.removeDuplicates();
    if (texts.isEmpty())
        return fail(Error::Kind::Invalid, u"no series in this expression"_s);
    return texts.join(" or "_L1);
}

std::vector<Exemplar> chosenExemplars(
    const std::vector<Exemplar> &all, const TimeRange &range, int columns, size_t limit)
{
    const double span = double(range.span().count());
    if (!(span > 0) || columns < 1)
        return {};
    std::vector<const Exemplar *> best(size_t(columns), nullptr);
    for (const Exemplar &exemplar : all) {
        const double share = double(exemplar.time - toNs(range.begin)) / span;
        if (!(share >= 0 && share <= 1) || std::isnan(exemplar.value))
            continue;
        const Exemplar *&held = best[std::min(size_t(share * columns), size_t(columns) - 1)];
        if (!held || exemplar.value > held->value)
            held = &exemplar;
    }
    std::erase(best, nullptr);
    std::stable_sort(
        best.begin(), best.end(), [](const Exemplar *a, const Exemplar *b) { return a->value > b->value; });
    if (best.size() > limit)
        best.resize(limit);
    std::vector<Exemplar> chosen;
    for (const Exemplar *exemplar : best)
        chosen.push_back(*exemplar);
    return chosen;
}

} // namespace bw
