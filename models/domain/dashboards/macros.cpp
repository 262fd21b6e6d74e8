// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/macros.h>

#include <domain/dashboards/macrotokens.h>
#include <domain/metrics/labels.h>
#include <domain/metrics/promqltext.h>

#include <QRegularExpression>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

tl::unexpected<Error> unknownAt(const MacroToken &token, const QString &what)
{
    return fail(Error::Kind::Invalid, u"%1 at character %2"_s.arg(what).arg(token.position + 1));
}

QString inQuotes(const QString &text) { return render::promql(Untrusted(text)); }

bool isPlainName(const QString &name)
{
    static const QRegularExpression plain(u"\\A[a-zA-Z_:][a-zA-Z0-9_:]*\\z"_s);
    return plain.match(name).hasMatch();
}

/// Names outside the classic alphabet are quoted, as servers from version 3 on want them.
QString nameText(const QString &name) { return isPlainName(name) ? name : u'"' + inQuotes(name) + u'"'; }

QString equals(const QString &label, const QString &value)
{
    return nameText(label) + u"=\""_s + inQuotes(value) + u'"';
}

QString signalName(const QString &key)
{
    if (key == "buckets"_L1)
        return u"latency buckets"_s;
    if (key == "sums"_L1)
        return u"latency sums"_s;
    if (key == "requests"_L1)
        return u"request counter"_s;
    if (key == "errors"_L1)
        return u"error counter"_s;
    return key;
}

/// Expands what begins with "__" from range, plan and profile.
class Expander
{
public:
    explicit Expander(const MacroContext &context)
        : m_context(context)
    {
    }

    Result<QString> variable(const MacroToken &token) const
    {
        const auto at = m_context.variables.constFind(token.name);
        if (at == m_context.variables.cend())
            return unknownAt(token, u"unknown variable $%1"_s.arg(token.name));
        if (at->isEmpty())
            return fail(Error::Kind::NotFound, u"variable %1 has no value"_s.arg(token.name));
        return formatValues(token, *at, m_context.forms.value(token.name));
    }

    QString timeMacro(const MacroToken &token) const
    {
        const QString &name = token.name;
        const auto ms = [](Nanoseconds span) { return QString::number(span.count() / 1'000'000); };
        const qint64 rangeMs = m_context.range.span().count() / 1'000'000;
        if (name == "__interval"_L1)
            return promDuration(m_context.plan.interval);
        if (name == "__interval_ms"_L1)
            return ms(m_context.plan.interval);
        if (name == "__rate_interval"_L1)
            return promDuration(m_context.plan.rateInterval);
        if (name == "__rate_interval_ms"_L1)
            return ms(m_context.plan.rateInterval);
        if (name == "__range"_L1)
            return QString::number((rangeMs + 500) / 1000) + u's';
        if (name == "__range_s"_L1)
            return QString::number((rangeMs + 500) / 1000);
        if (name == "__range_ms"_L1)
            return QString::number(rangeMs);
        if (name == "__second"_L1)
            return isDetected() && m_context.profile->profile.latencyUnit == "ms"_L1 ? u"1000"_s : u"1"_s;
        const QTimeZone zone = m_context.zone.isValid() ? m_context.zone : QTimeZone::utc();
        if (name == "__timezone"_L1)
            return QString::fromLatin1(zone.id());
        if (name == "__utc_offset_s"_L1)
            return QString::number(
                zone.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(toUnixMs(m_context.range.end), Qt::UTC)));
        const Timestamp moment = name == "__from"_L1 ? m_context.range.begin : m_context.range.end;
        return token.argument.isEmpty() ? QString::number(toUnixMs(moment))
                                        : formatMoment(moment, token.argument);
    }

    /// Global matchers in the label names of this telemetry.
    QStringList filters() const
    {
        QStringList out;
        for (auto filter = m_context.filters.cbegin(); filter != m_context.filters.cend(); ++filter) {
            if (filter->isEmpty())
                continue;
            const QString label = labelOf(filter.key());
            out << equals(label.isEmpty() ? filter.key() : label, *filter);
        }
        return out;
    }

    Result<QString> label(const QString &key) const
    {
        const QString name = labelOf(key);
        return name.isEmpty() ? lacks(key + u" label"_s) : Result<QString>(nameText(name));
    }

    Result<QString> metric(const QString &key) const
    {
        const Result<MetricProfile::Selector> selector = selectorOf(key);
        return selector ? Result<QString>(nameText(selector->metric)) : tl::unexpected(selector.error());
    }

    Result<QString> selector(const QString &key, const QString &contextKeys) const
    {
        const Result<MetricProfile::Selector> found = selectorOf(key);
        if (!found)
            return tl::unexpected(found.error());
        QStringList matchers{found->matchers, m_context.profile->profile.base};
        const QStringList keys = contextKeys.split(u',', Qt::SkipEmptyParts);
        for (const QString &spaced : keys) {
            const QString name = spaced.trimmed();
            const QString value = m_context.context.value(name);
            if (value.isEmpty())
                continue;
            const QString label = labelOf(name);
            if (label.isEmpty()) // leaving it out would answer for everything, unsaid
                return lacks(name + u" label"_s);
            matchers << equals(label, value);
        }
        matchers += filters();
        matchers.removeAll(QString());
        matchers.removeDuplicates();
        const bool plain = isPlainName(found->metric);
        if (!plain)
            matchers.prepend(nameText(found->metric));
        const QString braces = matchers.isEmpty() ? QString() : u'{' + matchers.join(u',') + u'}';
        return plain ? found->metric + braces : braces;
    }

    /// What takes the signal out of the rate of a native histogram; empty where nothing has to.
    QString partOf(const QString &key) const
    {
        return isDetected() ? m_context.profile->nativeParts.value(key) : QString();
    }

private:
    bool isDetected() const { return m_context.profile && m_context.profile->found; }

    QString labelOf(const QString &key) const
    {
        return isDetected() ? m_context.profile->profile.labels.value(key).value(0) : QString();
    }

    tl::unexpected<Error> lacks(const QString &what) const
    {
        if (!isDetected()) {
            return fail(Error::Kind::NotFound,
                u"no metric profile was found on this source, so there is no %1"_s.arg(what));
        }
        return fail(
            Error::Kind::NotFound, u"profile %1 has no %2"_s.arg(m_context.profile->profile.id, what));
    }

    Result<MetricProfile::Selector> selectorOf(const QString &key) const
    {
        if (!isDetected())
            return lacks(signalName(key));
        const auto &selectors = m_context.profile->profile.selectors;
        const auto at = selectors.constFind(key);
        if (at == selectors.cend())
            return lacks(signalName(key));
        MetricProfile::Selector selector = *at;
        if (key == "errors"_L1) {
            if (!m_context.profile->errorMatcher.isEmpty())
                selector.matchers = m_context.profile->errorMatcher;
            // Mostly errors are requests with another matcher; then the profile names the metric once.
            if (selector.metric.isEmpty() && !selector.matchers.isEmpty())
                selector.metric = selectors.value(u"requests"_s).metric;
        }
        if (m_context.profile->nativeParts.contains(key))
            selector.metric = m_context.profile->metricOf(key);
        if (selector.metric.isEmpty())
            return lacks(signalName(key));
        return selector;
    }

    const MacroContext &m_context;
};

Result<QString> expanded(const MacroToken &token, const Expander &expander)
{
    switch (token.kind) {
    case MacroToken::Kind::Variable:
        return expander.variable(token);
    case MacroToken::Kind::Time:
        return expander.timeMacro(token);
    case MacroToken::Kind::Selector:
        return expander.selector(token.key, token.argument);
    case MacroToken::Kind::Metric:
        return expander.metric(token.key);
    case MacroToken::Kind::Label:
        return expander.label(token.key);
    case MacroToken::Kind::Filters:
        return expander.filters().join(u',');
    case MacroToken::Kind::Text:
        break;
    }
    return token.text;
}

/// An empty filter leaves no comma without a neighbour: `{a="b",}` is legal, `{,}` is not.
void dropComma(QString &out, QStringView &following)
{
    qsizetype end = out.size();
    while (end > 0 && out.at(end - 1).isSpace())
        --end;
    if (end > 0 && out.at(end - 1) == u',') {
        out.truncate(end - 1);
        return;
    }
    if (end == 0 || out.at(end - 1) != u'{')
        return;
    qsizetype at = 0;
    while (at < following.size() && following.at(at).isSpace())
        ++at;
    if (at < following.size() && following.at(at) == u',')
        following = following.mid(at + 1);
}

/// A selector of a native histogram that was asked for as a counter.
struct NativePlace
{
    qsizetype begin = 0;
    QString function; ///< that takes the counter out of its rate
};

/// Where the call begins whose first argument stands at `at`, if that is a rate; nullopt otherwise.
std::optional<qsizetype> rateAround(QStringView text, qsizetype at)
{
    const auto skipSpace = [&] {
        while (at > 0 && text.at(at - 1).isSpace())
            --at;
    };
    skipSpace();
    if (at == 0 || text.at(at - 1) != u'(')
        return std::nullopt;
    --at;
    skipSpace();
    const qsizetype end = at;
    while (
        at > 0 && (text.at(at - 1).isLetterOrNumber() || text.at(at - 1) == u'_' || text.at(at - 1) == u':'))
        --at;
    const QStringView name = text.mid(at, end - at);
    const bool isRate = name == "rate"_L1 || name == "increase"_L1 || name == "irate"_L1;
    return isRate ? std::optional(at) : std::nullopt;
}

/// `rate(x[5m])` → `histogram_count(rate(x[5m]))` around each of the places, last one first so that the
/// others keep their positions. A selector outside a rate stays as it is: series have the same labels either
/// way.
QString withParts(QString text, const std::vector<NativePlace> &places)
{
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
        const auto begin = rateAround(text, place->begin);
        const auto end = begin ? matchingBracket(text, text.indexOf(u'(', *begin)) : std::nullopt;
        if (!end)
            continue;
        text.insert(*end + 1, u')');
        text.insert(*begin, place->function + u'(');
    }
    return text;
}

} // namespace

Result<QString> expandMacros(const QString &expression, const MacroContext &context)
{
    const std::vector<MacroToken> tokens = macroTokens(expression);
    const Expander expander(context);
    QString out;
    QStringView skippedInto;
    std::vector<NativePlace> natives;
    for (size_t i = 0; i < tokens.size(); ++i) {
        const MacroToken &token = tokens[i];
        if (!token.problem.isEmpty())
            return unknownAt(token, token.problem);
        if (token.kind == MacroToken::Kind::Text) {
            out += skippedInto.isNull() ? QStringView(token.text) : skippedInto;
            skippedInto = {};
            continue;
        }
        const Result<QString> text = expanded(token, expander);
        if (!text)
            return text;
        out += *text;
        if (const QString part =
                token.kind == MacroToken::Kind::Selector ? expander.partOf(token.key) : QString();
            !part.isEmpty())
            natives.push_back({out.size() - text->size(), part});
        if (token.kind == MacroToken::Kind::Filters && text->isEmpty() && i + 1 < tokens.size()
            && tokens[i + 1].kind == MacroToken::Kind::Text) {
            skippedInto = tokens[i + 1].text;
            dropComma(out, skippedInto);
        }
    }
    return withParts(std::move(out), natives);
}

qsizetype placeBefore(const QString &expression, const MacroContext &context, qsizetype at)
{
    // What stands before a token expands to the same alone as in the whole, but for a comma beside an empty
    // filter.
    const std::vector<MacroToken> tokens = macroTokens(expression);
    for (size_t i = tokens.size(); i-- > 0;) {
        const Result<QString> before = expandMacros(expression.left(tokens[i].position), context);
        if (!before || before->size() > at)
            continue;
        const qsizetype inside = tokens[i].kind == MacroToken::Kind::Text ? at - before->size() : 0;
        return std::min(tokens[i].position + inside, expression.size());
    }
    return 0;
}

QStringList macroProblems(const QString &expression)
{
    QStringList problems;
    for (const MacroToken &token : macroTokens(expression)) {
        if (!token.problem.isEmpty())
            problems << unknownAt(token, token.problem).value().message;
    }
    return problems;
}

QStringList variablesIn(const QString &expression)
{
    QStringList names;
    for (const MacroToken &token : macroTokens(expression)) {
        if (token.kind == MacroToken::Kind::Variable && token.problem.isEmpty()
            && !names.contains(token.name))
            names << token.name;
    }
    return names;
}

bool dependsOnRange(const QString &expression)
{
    static const QRegularExpression atEnds(u"@\\s*(?:start|end)\\s*\\(\\s*\\)"_s);
    for (const MacroToken &token : macroTokens(expression)) {
        const bool ofRange =
            token.name.startsWith("__range"_L1) || token.name == "__from"_L1 || token.name == "__to"_L1;
        if (token.kind == MacroToken::Kind::Time && ofRange)
            return true;
    }
    return atEnds.match(expression).hasMatch();
}

} // namespace bw
