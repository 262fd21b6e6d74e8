// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/matcher.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

tl::unexpected<Error> invalid(const QString &message, const QString &detail = {})
{
    return fail(Error::Kind::Invalid, message, detail);
}

/// The first construct that the servers' RE2 does not have, or empty. Character classes and escapes are
/// skipped over.
QString foreignConstruct(const QString &pattern)
{
    static const QRegularExpression allowedGroup(
        u"\\G\\(\\?(?::|P?<[A-Za-z_][A-Za-z0-9_]*>|[imsU]*(?:-[imsU]+)?[:)])"_s);
    bool inClass = false;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const QChar c = pattern.at(i);
        const QChar next = i + 1 < pattern.size() ? pattern.at(i + 1) : QChar();
        if (c == u'\\') {
            const bool backReference = next >= u'1' && next <= u'9';
            if (!inClass && (backReference || u"kgGKRXZ"_s.contains(next)))
                return pattern.mid(i, 2);
            ++i;
        } else if (inClass) {
            inClass = c != u']';
        } else if (c == u'[') {
            inClass = true;
            // A bracket right at the start of a class is a member of it.
            if (next == u'^')
                ++i;
            if (i + 1 < pattern.size() && pattern.at(i + 1) == u']')
                ++i;
        } else if (c == u'(' && next == u'*') {
            return pattern.mid(i, 2);
        } else if (c == u'(' && next == u'?' && !allowedGroup.match(pattern, i).hasMatch()) {
            return pattern.mid(i, 4);
        } else if (u"*+?}"_s.contains(c) && next == u'+') {
            return pattern.mid(i, 2);
        }
    }
    return {};
}

Result<QRegularExpression> compiled(const QString &pattern)
{
    if (const QString foreign = foreignConstruct(pattern); !foreign.isEmpty()) {
        return invalid(
            u"the servers' regular expressions have no \"%1\" (look-around, back-references, atomic groups)"_s
                .arg(foreign));
    }
    // Alone first: "a)|(b" would be legal between the brackets added below.
    const QRegularExpression alone(pattern);
    if (!alone.isValid()) {
        return invalid(u"not a regular expression: %1 at character %2"_s.arg(alone.errorString())
                           .arg(alone.patternErrorOffset() + 1),
            pattern);
    }
    return QRegularExpression(u"(*LIMIT_MATCH=100000)\\A(?:"_s + pattern + u")\\z"_s);
}

bool isClassicName(const QString &name)
{
    static const QRegularExpression classic(u"\\A[a-zA-Z_:][a-zA-Z0-9_:]*\\z"_s);
    return classic.match(name).hasMatch();
}

/// Reads a double-quoted string with Go escapes from `at`, which is left behind the closing quote.
Result<QString> quoted(QStringView text, qsizetype &at)
{
    QString out;
    for (++at; at < text.size(); ++at) {
        const QChar c = text.at(at);
        if (c == u'"') {
            ++at;
            return out;
        }
        if (c != u'\\') {
            out += c;
            continue;
        }
        if (++at >= text.size())
            break;
        const QChar escape = text.at(at);
        if (escape == u'n')
            out += u'\n';
        else if (escape == u't')
            out += u'\t';
        else if (escape == u'r')
            out += u'\r';
        else if (escape == u'"' || escape == u'\\' || escape == u'\'')
            out += escape;
        else
            return invalid(
                u"unknown escape \\%1 in a quoted string; a backslash is written \\\\"_s.arg(escape));
    }
    return invalid(u"a quoted string does not end"_s, text.toString());
}

struct OpText
{
    QLatin1StringView text;
    Matcher::Op op;
};
constexpr OpText kOps[] = {{"=~"_L1, Matcher::Op::Regex}, {"!~"_L1, Matcher::Op::NotRegex},
    {"!="_L1, Matcher::Op::NotEqual}, {"="_L1, Matcher::Op::Equal}};

} // namespace

Result<Matcher> Matcher::create(QString name, Op op, QString value)
{
    if (name.isEmpty())
        return invalid(u"a matcher needs a label name"_s);
    Matcher matcher;
    if (op == Op::Regex || op == Op::NotRegex) {
        Result<QRegularExpression> regex = compiled(value);
        if (!regex)
            return tl::unexpected(regex.error());
        matcher.m_regex = std::move(*regex);
    }
    matcher.m_name = std::move(name);
    matcher.m_op = op;
    matcher.m_value = std::move(value);
    return matcher;
}

Result<Matcher> Matcher::parse(QStringView text)
{
    const QStringView all = text.trimmed();
    QString name;
    qsizetype at = 0;
    if (all.startsWith(u'"')) {
        const Result<QString> read = quoted(all, at);
        if (!read)
            return tl::unexpected(read.error());
        name = *read;
    } else {
        while (at < all.size() && all.at(at) != u'=' && all.at(at) != u'!')
            ++at;
        name = all.left(at).trimmed().toString();
        if (!isClassicName(name))
            return invalid(u"\"%1\" is not a matcher; write label=\"value\""_s.arg(all.toString()));
    }
    QStringView rest = all.mid(at).trimmed();
    for (const OpText &candidate : kOps) {
        if (!rest.startsWith(candidate.text))
            continue;
        rest = rest.mid(candidate.text.size()).trimmed();
        if (!rest.startsWith(u'"'))
            return create(name, candidate.op, rest.toString());
        qsizetype end = 0;
        const Result<QString> value = quoted(rest, end);
        if (!value)
            return tl::unexpected(value.error());
        if (end != rest.size())
            return invalid(u"unexpected \"%1\" behind the matcher"_s.arg(rest.mid(end).toString()));
        return create(name, candidate.op, *value);
    }
    return invalid(u"\"%1\" has no operator; one of = != =~ !~ is needed"_s.arg(all.toString()));
}

bool Matcher::matches(const Labels &labels) const
{
    const Untrusted *found = labels.find(m_name);
    const QString value = found ? verbatim(*found) : QString();
    switch (m_op) {
    case Op::Equal:
        return value == m_value;
    case Op::NotEqual:
        return value != m_value;
    case Op::Regex:
        return m_regex.match(value).hasMatch();
    case Op::NotRegex:
        return !m_regex.match(value).hasMatch();
    }
    return false;
}

QString Matcher::text() const
{
    const auto quote = [](const QString &part) { return u'"' + render::promql(Untrusted(part)) + u'"'; };
    QLatin1StringView op;
    for (const OpText &candidate : kOps) {
        if (candidate.op == m_op)
            op = candidate.text;
    }
    return (isClassicName(m_name) ? m_name : quote(m_name)) + op + quote(m_value);
}

} // namespace bw
