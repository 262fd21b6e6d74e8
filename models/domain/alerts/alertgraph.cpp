// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertgraph.h>

#include <QUrl>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// A place at bracket depth 0 where the expression may be cut.
struct Cut
{
    enum class Kind { Comparison, Set } kind;
    qsizetype at, length;
    bool isBool = false;
};

bool isWordChar(QChar c) { return c.isLetterOrNumber() || c == u'_' || c == u':' || c == u'.'; }

/// Behind the string that begins at `i`.
qsizetype skipString(QStringView text, qsizetype i)
{
    const QChar quote = text[i];
    for (++i; i < text.size() && text[i] != quote; ++i) {
        if (text[i] == u'\\' && quote != u'`')
            ++i;
    }
    return i + 1;
}

/// Comparison at `i`, its length; 0 when there is none.
qsizetype comparisonAt(QStringView text, qsizetype i)
{
    const QStringView two = text.mid(i, 2);
    if (two == u"==" || two == u"!=" || two == u">=" || two == u"<=")
        return 2;
    return text[i] == u'>' || text[i] == u'<' ? 1 : 0;
}

std::vector<Cut> cutsOf(QStringView text)
{
    std::vector<Cut> cuts;
    int depth = 0;
    for (qsizetype i = 0; i < text.size();) {
        const QChar c = text[i];
        if (c == u'"' || c == u'\'' || c == u'`') {
            i = skipString(text, i);
        } else if (c == u'#') {
            const qsizetype end = text.indexOf(u'\n', i);
            i = end < 0 ? text.size() : end;
        } else if (isWordChar(c)) {
            qsizetype end = i;
            while (end < text.size() && isWordChar(text[end]))
                ++end;
            const QString word = text.mid(i, end - i).toString().toLower();
            if (depth == 0 && (word == "and"_L1 || word == "or"_L1 || word == "unless"_L1))
                cuts.push_back({Cut::Kind::Set, i, end - i});
            if (depth == 0 && word == "bool"_L1 && !cuts.empty())
                cuts.back().isBool = true;
            i = end;
        } else {
            depth += c == u'(' || c == u'{' || c == u'[';
            depth -= c == u')' || c == u'}' || c == u']';
            const qsizetype length = depth == 0 ? comparisonAt(text, i) : 0;
            if (length > 0)
                cuts.push_back({Cut::Kind::Comparison, i, length});
            i += std::max<qsizetype>(1, length);
        }
    }
    return cuts;
}

/// Without brackets that enclose the whole.
QStringView unwrapped(QStringView text)
{
    text = text.trimmed();
    while (text.size() > 1 && text.front() == u'(') {
        int depth = 0;
        qsizetype close = -1;
        for (qsizetype i = 0; i < text.size() && close < 0;) {
            if (text[i] == u'"' || text[i] == u'\'' || text[i] == u'`') {
                i = skipString(text, i);
                continue;
            }
            depth += text[i] == u'(';
            depth -= text[i] == u')';
            if (depth == 0)
                close = i;
            ++i;
        }
        if (close != text.size() - 1)
            break;
        text = text.mid(1, text.size() - 2).trimmed();
    }
    return text;
}

std::optional<double> numberIn(QStringView text)
{
    bool isNumber = false;
    const double value = unwrapped(text).toDouble(&isNumber);
    return isNumber ? std::optional(value) : std::nullopt;
}

QString flipped(const QString &op)
{
    if (op.startsWith(u'>'))
        return u'<' + op.mid(1);
    return op.startsWith(u'<') ? u'>' + op.mid(1) : op;
}

std::optional<AlertGraphPlan> split(QStringView whole)
{
    const QStringView text = unwrapped(whole);
    const std::vector<Cut> cuts = cutsOf(text);
    // Set operators bind weakest: cut there first, and take the first part that compares.
    qsizetype from = 0;
    for (const Cut &cut : cuts) {
        if (cut.kind != Cut::Kind::Set)
            continue;
        if (auto part = split(text.mid(from, cut.at - from)))
            return part;
        from = cut.at + cut.length;
    }
    if (from > 0)
        return split(text.mid(from));
    if (cuts.size() != 1 || cuts.front().isBool)
        return std::nullopt;
    const Cut &cut = cuts.front();
    const QStringView left = text.left(cut.at), right = text.mid(cut.at + cut.length);
    const QString op = text.mid(cut.at, cut.length).toString();
    if (const auto number = numberIn(right); number && !numberIn(left))
        return AlertGraphPlan{unwrapped(left).toString(), number, op};
    if (const auto number = numberIn(left); number && !numberIn(right))
        return AlertGraphPlan{unwrapped(right).toString(), number, flipped(op)};
    return std::nullopt;
}

} // namespace

std::optional<QString> expressionFromGenerator(const Untrusted &url)
{
    const QUrl parsed(verbatim(url), QUrl::StrictMode);
    if (!parsed.isValid() || !parsed.path().endsWith("/graph"_L1))
        return std::nullopt;
    for (const QString &pair : parsed.query(QUrl::FullyEncoded).split(u'&')) {
        if (!pair.startsWith("g0.expr="_L1))
            continue;
        QByteArray value = pair.mid(8).toLatin1();
        value.replace('+', ' '); // form encoding: a plus sign itself comes as %2B
        const QString expression = QString::fromUtf8(QByteArray::fromPercentEncoding(value)).trimmed();
        return expression.isEmpty() ? std::nullopt : std::optional(expression);
    }
    return std::nullopt;
}

AlertGraphPlan planAlertGraph(const QString &expression)
{
    if (auto plan = split(expression))
        return *plan;
    return {expression.trimmed(), std::nullopt, {}};
}

TimeRange alertGraphRange(const Alert &alert, Nanoseconds forDuration, Timestamp now)
{
    using namespace std::chrono_literals;
    const Nanoseconds before = std::max(Nanoseconds(1h), 4 * forDuration);
    const Timestamp end = alert.endsAt ? std::min(now, *alert.endsAt) : now;
    return {alert.startsAt - before, std::max(end, alert.startsAt) + 15min};
}

const Rule *ruleOf(const Alert &alert, const RuleGroups &rules)
{
    const Rule *subset = nullptr;
    for (const RuleGroup &group : rules.groups) {
        for (const Rule &rule : group.rules) {
            if (rule.type != Rule::Type::Alerting || !(rule.name == alert.name()))
                continue;
            // Alertmanager adds external labels, so the rule's own alert has fewer.
            const bool isOwn = std::any_of(rule.alerts.begin(), rule.alerts.end(),
                [&](const Alert &own) { return own.labels.isSubsetOf(alert.labels); });
            if (isOwn)
                return &rule;
            if (!subset && rule.labels.isSubsetOf(alert.labels))
                subset = &rule;
        }
    }
    return subset;
}

} // namespace bw
