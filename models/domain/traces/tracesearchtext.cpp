// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracesearchtext.h>

#include <QStringList>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kMostTraces = 1000;

/// Words, with quoted parts kept together and their quotes taken away.
Result<QStringList> tokensOf(QStringView text)
{
    QStringList tokens;
    QString token;
    bool isQuoted = false, isToken = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool isEscape =
            isQuoted && c == u'\\' && i + 1 < text.size() && (text[i + 1] == u'"' || text[i + 1] == u'\\');
        if (isEscape) {
            token += text[++i];
        } else if (c == u'"') {
            isQuoted = !isQuoted;
            isToken = true;
        } else if (c.isSpace() && !isQuoted) {
            if (isToken)
                tokens += std::exchange(token, {});
            isToken = false;
        } else {
            token += c;
            isToken = true;
        }
    }
    if (isQuoted)
        return fail(Error::Kind::Invalid, u"the quote before \"%1\" is not closed"_s.arg(token));
    if (isToken)
        tokens += token;
    return tokens;
}

Result<> take(const QString &token, TraceSearch &search)
{
    if (token == "error"_L1) {
        search.errorsOnly = true;
        return {};
    }
    if (token.startsWith(u'>') || token.startsWith(u'<')) {
        const auto duration = parseSpanDuration(QStringView(token).mid(1));
        if (!duration)
            return tl::make_unexpected(duration.error());
        (token.startsWith(u'>') ? search.minDuration : search.maxDuration) = *duration;
        return {};
    }
    const qsizetype equals = token.indexOf(u'='), colon = token.indexOf(u':');
    if (colon > 0 && (equals < 0 || colon < equals)) {
        const QString name = token.left(colon), value = token.mid(colon + 1);
        if (name == "service"_L1) {
            search.service = value;
            return {};
        }
        if (name == "operation"_L1) {
            search.operation = value;
            return {};
        }
        if (name == "limit"_L1) {
            bool ok = false;
            search.limit = value.toInt(&ok);
            if (ok && search.limit >= 1 && search.limit <= kMostTraces)
                return {};
            return fail(
                Error::Kind::Invalid, u"%1: a number from 1 to %2 is needed"_s.arg(token).arg(kMostTraces));
        }
    }
    if (equals > 0) {
        search.attributes[token.left(equals)] = token.mid(equals + 1);
        return {};
    }
    return fail(Error::Kind::Invalid,
        u"\"%1\" is not understood; expected error, service:NAME, operation:NAME, KEY=VALUE, >DURATION, "
        "<DURATION or limit:NUMBER"_s.arg(token));
}

} // namespace

Result<Nanoseconds> parseSpanDuration(QStringView text)
{
    const QString trimmed = text.trimmed().toString();
    for (const QLatin1StringView unit : {"us"_L1, "ns"_L1}) { // finer than Prometheus' durations
        if (!trimmed.endsWith(unit))
            continue;
        bool ok = false;
        const double value = trimmed.chopped(2).toDouble(&ok);
        if (ok && value >= 0 && value < 1e12)
            return Nanoseconds(qint64(value * (unit == "us"_L1 ? 1000 : 1)));
    }
    const auto duration = parseDuration(trimmed);
    if (!duration || duration->count() < 0)
        return fail(Error::Kind::Invalid, u"\"%1\" is no duration such as 250ms or 2s"_s.arg(trimmed));
    return duration;
}

QString spanDurationText(Nanoseconds duration)
{
    const qint64 ns = duration.count();
    if (ns % 1'000'000 == 0)
        return promDuration(duration);
    return ns % 1000 == 0 ? u"%1us"_s.arg(ns / 1000) : u"%1ns"_s.arg(ns);
}

Result<TraceSearch> parseTraceSearch(QStringView text)
{
    TraceSearch search;
    const QStringView trimmed = text.trimmed();
    if (trimmed.startsWith(u'{')) {
        search.traceql = trimmed.toString();
        return search;
    }
    const auto tokens = tokensOf(trimmed);
    if (!tokens)
        return tl::make_unexpected(tokens.error());
    for (const QString &token : *tokens) {
        if (const auto taken = take(token, search); !taken)
            return tl::make_unexpected(taken.error());
    }
    if (search.minDuration && search.maxDuration && *search.minDuration > *search.maxDuration)
        return fail(Error::Kind::Invalid, u"the shortest duration is above the longest"_s);
    return search;
}

} // namespace bw
