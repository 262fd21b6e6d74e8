// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/variableoptions.h>

#include <domain/base/format.h>
#include <domain/query/stepladder.h>

#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <limits>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// Arguments of `label_values(a, b)`, split at the commas that no bracket or string encloses.
QStringList arguments(QStringView inside)
{
    QStringList out{QString()};
    int depth = 0;
    QChar quote;
    for (qsizetype i = 0; i < inside.size(); ++i) {
        const QChar c = inside[i];
        if (!quote.isNull()) {
            out.back() += c;
            if (c == u'\\' && quote != u'`' && i + 1 < inside.size())
                out.back() += inside[++i];
            else if (c == quote)
                quote = {};
            continue;
        }
        if (c == u'"' || c == u'\'' || c == u'`')
            quote = c;
        depth += c == u'(' || c == u'{' || c == u'[';
        depth -= c == u')' || c == u'}' || c == u']';
        if (c == u',' && depth == 0)
            out << QString();
        else
            out.back() += c;
    }
    for (QString &argument : out)
        argument = argument.trimmed();
    if (out == QStringList{QString()})
        out.clear();
    return out;
}

/// Names outside the classic alphabet stand in quotes.
QString bare(const QString &name)
{
    const bool quoted = name.size() > 1 && name.startsWith(u'"') && name.endsWith(u'"');
    return quoted ? name.mid(1, name.size() - 2) : name;
}

/// How a variable's regex reads: bare, or between slashes with flags.
struct Filter
{
    QRegularExpression regex;
    bool isSet = false, isGlobal = false;

    explicit Filter(const QString &pattern)
    {
        isSet = !pattern.isEmpty();
        static const QRegularExpression slashes(
            u"\\A/(.*)/([a-z]*)\\z"_s, QRegularExpression::DotMatchesEverythingOption);
        const QRegularExpressionMatch parts = slashes.match(pattern);
        const QString flags = parts.captured(2);
        regex.setPattern(u"(*LIMIT_MATCH=100000)"_s + (parts.hasMatch() ? parts.captured(1) : pattern));
        if (flags.contains(u'i'))
            regex.setPatternOptions(QRegularExpression::CaseInsensitiveOption);
        isGlobal = flags.contains(u'g');
    }
};

/// What an option's text becomes: the groups `value` and `text` where they are named, else the first group,
/// else the whole; nothing when it does not match. With the flag g every match is an option.
void addMatches(const QString &text, const Filter &filter, std::vector<VariableOption> &out)
{
    if (!filter.isSet)
        return out.push_back({text, text});
    const QStringList names = filter.regex.namedCaptureGroups();
    auto matches = filter.regex.globalMatch(text);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        if (names.contains("value"_L1) || names.contains("text"_L1)) {
            QString value = match.captured(u"value"_s), shown = match.captured(u"text"_s);
            if (value.isEmpty())
                value = shown;
            out.push_back({value, shown.isEmpty() ? value : shown});
            return;
        }
        const QString cut = match.lastCapturedIndex() > 0 ? match.captured(1) : text;
        out.push_back({cut, cut});
        if (!filter.isGlobal || match.lastCapturedIndex() == 0)
            return;
    }
}

/// The first number in a text; nothing to sort by comes first.
double numberIn(const QString &text)
{
    static const QRegularExpression number(u"-?\\d+(?:\\.\\d+)?"_s);
    const QRegularExpressionMatch match = number.match(text);
    return match.hasMatch() ? match.captured(0).toDouble() : -std::numeric_limits<double>::infinity();
}

/// Digits compare as numbers, letters without case: node-2 before node-10.
int naturalCompare(const QString &a, const QString &b)
{
    qsizetype i = 0, j = 0;
    const auto digits = [](const QString &text, qsizetype &at) {
        while (at < text.size() && text[at] == u'0')
            ++at;
        const qsizetype from = at;
        while (at < text.size() && text[at].isDigit())
            ++at;
        return QStringView(text).mid(from, at - from);
    };
    while (i < a.size() && j < b.size()) {
        if (a[i].isDigit() && b[j].isDigit()) {
            const QStringView left = digits(a, i), right = digits(b, j);
            if (left.size() != right.size())
                return left.size() < right.size() ? -1 : 1;
            if (const int order = left.compare(right); order != 0)
                return order;
            continue;
        }
        const QChar left = a[i++].toCaseFolded(), right = b[j++].toCaseFolded();
        if (left != right)
            return left < right ? -1 : 1;
    }
    return int(a.size() - i) - int(b.size() - j);
}

std::vector<VariableOption> finished(std::vector<VariableOption> options, const Variable &variable)
{
    QSet<QString> seen;
    std::vector<VariableOption> unique;
    for (VariableOption &option : options) {
        if (option.value.isEmpty() || seen.contains(option.value) || unique.size() == kMaxVariableOptions)
            continue;
        seen.insert(option.value);
        unique.push_back(std::move(option));
    }
    sortOptions(unique, variable.sort);
    return unique;
}

/// `name{l="v"} value timestamp`, as every regex written for such variables expects it.
QString resultLine(const Series &series)
{
    const QString value = series.values.empty() ? QString() : formatExact(series.values.back());
    const qint64 ms = series.times.empty() ? 0 : series.times.back() / 1'000'000;
    return render::line(seriesName(series.labels), 2000) + u' ' + value + u' ' + QString::number(ms);
}

QStringList textsOf(const VariableQuery &query, const QueryResult &result)
{
    QStringList texts;
    if (const auto *labels = dataAs<LabelValues>(result)) {
        const QRegularExpression pattern(query.pattern);
        for (const Untrusted &value : labels->values) {
            const QString text = verbatim(value);
            if (query.pattern.isEmpty() || pattern.match(text).hasMatch())
                texts << text;
        }
    } else if (const auto *metrics = dataAs<MetricData>(result)) {
        if (metrics->shape == MetricData::Shape::Scalar && !metrics->series.empty())
            texts << resultLine(metrics->series.front()).trimmed();
        for (const Series &series : metrics->series) {
            if (metrics->shape != MetricData::Shape::Scalar)
                texts << resultLine(series);
        }
    }
    return texts;
}

} // namespace

Result<VariableQuery> parseVariableQuery(const QString &text)
{
    static const QRegularExpression call(
        u"\\A\\s*(\\w+)\\s*\\((.*)\\)\\s*\\z"_s, QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = call.match(text);
    const QString name = match.captured(1), inside = match.captured(2).trimmed();
    const QStringList given = arguments(inside);
    VariableQuery query;
    if (name == "label_values"_L1 && (given.size() == 1 || given.size() == 2)) {
        query.label = bare(given.back());
        query.selector = given.size() == 2 ? given.front() : QString();
        return query;
    }
    if (name == "label_names"_L1 && given.size() <= 1) {
        query.kind = VariableQuery::Kind::LabelNames;
        query.pattern = given.value(0);
    } else if (name == "metrics"_L1 && given.size() <= 1) {
        query.kind = VariableQuery::Kind::Metrics;
        query.pattern = given.value(0);
    } else if (name == "query_result"_L1 && !inside.isEmpty()) {
        query.kind = VariableQuery::Kind::QueryResult;
        query.expression = inside;
        return query;
    } else {
        return fail(Error::Kind::Invalid,
            u"cannot be asked; label_values(label), label_values(selector, label), label_names(regex), "
            "metrics(regex) and query_result(expression) can"_s,
            text);
    }
    if (const QRegularExpression regex(query.pattern); !regex.isValid())
        return fail(Error::Kind::Invalid, u"\"%1\": %2"_s.arg(query.pattern, regex.errorString()));
    return query;
}

QueryBody questionOf(const VariableQuery &query, const TimeRange &range, std::optional<Timestamp> at)
{
    switch (query.kind) {
    case VariableQuery::Kind::LabelValues:
        return LabelQuery{
            query.label, query.selector.isEmpty() ? QStringList() : QStringList{query.selector}, range};
    case VariableQuery::Kind::LabelNames:
        return LabelQuery{{}, {}, range};
    case VariableQuery::Kind::Metrics: {
        // Servers refuse a matcher that the empty name fits too; then all names come, filtered here.
        const bool fitsEmpty = QRegularExpression(query.pattern).match(QString()).hasMatch();
        const QString inside = render::promql(Untrusted(query.pattern));
        return LabelQuery{u"__name__"_s,
            fitsEmpty ? QStringList() : QStringList{u"{__name__=~\".*(?:%1).*\"}"_s.arg(inside)}, range};
    }
    case VariableQuery::Kind::QueryResult:
        break;
    }
    return InstantQuery{query.expression, at};
}

VariableOption optionFromText(const QString &text)
{
    const qsizetype colon = text.indexOf(" : "_L1);
    const auto plain = [](QString part) {
        return part.trimmed().replace("\\:"_L1, ":"_L1).replace("\\,"_L1, ","_L1);
    };
    if (colon < 0)
        return {plain(text), plain(text)};
    return {plain(text.mid(colon + 3)), plain(text.left(colon))};
}

std::vector<VariableOption> optionsFrom(
    const Variable &variable, const VariableQuery &query, const QueryResult &result)
{
    return optionsFrom(variable, textsOf(query, result));
}

std::vector<VariableOption> optionsFrom(const Variable &variable, const QStringList &texts)
{
    const Filter filter(variable.regex);
    std::vector<VariableOption> options;
    for (const QString &text : texts)
        addMatches(text, filter, options);
    return finished(std::move(options), variable);
}

std::vector<VariableOption> declaredOptions(const Variable &variable)
{
    std::vector<VariableOption> options;
    if (variable.kind == "interval"_L1 && variable.automatic)
        options.push_back({kAutoInterval, kAutoInterval});
    for (const QString &text : variable.options) {
        const VariableOption option = optionFromText(text);
        const bool isKnown = std::any_of(options.begin(), options.end(),
            [&](const VariableOption &other) { return other.value == option.value; });
        if (!option.value.isEmpty() && !isKnown)
            options.push_back(option);
    }
    return options;
}

void sortOptions(std::vector<VariableOption> &options, QStringView sort)
{
    const bool descends = sort.endsWith(u"-desc");
    const QStringView by = descends ? sort.chopped(5) : sort;
    const auto order = [&](auto less) {
        std::stable_sort(
            options.begin(), options.end(), [&](const VariableOption &a, const VariableOption &b) {
                return descends ? less(b, a) : less(a, b);
            });
    };
    if (by == u"alpha") {
        order([](const VariableOption &a, const VariableOption &b) {
            return a.text.compare(b.text, Qt::CaseInsensitive) < 0;
        });
    } else if (by == u"numeric") {
        order([](const VariableOption &a, const VariableOption &b) {
            return numberIn(a.text) < numberIn(b.text);
        });
    } else if (by == u"natural") {
        order([](const VariableOption &a, const VariableOption &b) {
            return naturalCompare(a.text, b.text) < 0;
        });
    }
}

QString automaticInterval(const Variable &variable, const TimeRange &range)
{
    const Result<Nanoseconds> least = parseDuration(variable.autoMin);
    const Nanoseconds even = roundedInterval(range.span() / std::max(variable.autoCount, 1));
    return promDuration(std::max(even, least ? *least : Nanoseconds(std::chrono::seconds(1))));
}

} // namespace bw
