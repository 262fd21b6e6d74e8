// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/promqlmatchers.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

bool isNameStart(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_' || c == u':';
}
bool isNamePart(QChar c) { return isNameStart(c) || (c >= u'0' && c <= u'9'); }
bool isQuote(QChar c) { return c == u'"' || c == u'\'' || c == u'`'; }

bool isOneOf(const QString &word, std::initializer_list<QLatin1StringView> words)
{
    return std::any_of(words.begin(), words.end(),
        [&](QLatin1StringView other) { return word.compare(other, Qt::CaseInsensitive) == 0; });
}

bool isGrouping(const QString &word) { return isOneOf(word, {"by"_L1, "without"_L1}); }

/// Walks an expression once and knows whether an operand or an operator is due: what a word means depends on
/// nothing else.
class Walker
{
public:
    explicit Walker(const QString &text)
        : m_text(text)
    {
    }

    Result<std::vector<PromqlSelector>> run()
    {
        for (skipSpace(); m_at < m_text.size() && m_problem.isEmpty(); skipSpace())
            step();
        if (!m_problem.isEmpty())
            return fail(Error::Kind::Invalid, m_problem);
        return std::move(m_found);
    }

private:
    QChar now() const { return m_text.at(m_at); }
    bool has() const { return m_at < m_text.size(); }

    void step()
    {
        const QChar c = now();
        if (isQuote(c)) {
            skipString();
            m_operandDue = false;
        } else if (c == u'{') {
            PromqlSelector selector{m_at, m_at, -1, -1, {}};
            readBraces(selector);
            add(std::move(selector));
        } else if (c == u'[') {
            skipTo(u']');
            m_operandDue = false;
        } else if (c.isDigit() || (c == u'.' && m_at + 1 < m_text.size() && m_text.at(m_at + 1).isDigit())) {
            skipNumber();
            m_operandDue = false;
        } else if (isNameStart(c)) {
            readWord();
        } else {
            // A closing bracket ends an operand; everything else asks for one.
            m_operandDue = c != u')';
            m_behindOperator = m_operandDue && c != u'(' && c != u',';
            ++m_at;
        }
    }

    void readWord()
    {
        const qsizetype begin = m_at;
        while (has() && isNamePart(now()))
            ++m_at;
        const QString word = m_text.mid(begin, m_at - begin);
        if (!m_operandDue)
            return readKeyword(word);
        const QChar next = peek();
        if (m_behindOperator && isModifier(word, next))
            return readModifier(word);
        if (next == u'(' && !isGrouping(word))
            return; // a function or an aggregation: its bracket is the next step
        if (isAggregationHead()) {
            skipSpace();
            readIdentifier();
            skipLabelList();
            return;
        }
        if (isOneOf(word, {"inf"_L1, "nan"_L1}) && next != u'{') {
            m_operandDue = false;
            return;
        }
        PromqlSelector selector{begin, m_at, -1, -1, {}};
        if (next == u'{') {
            skipSpace();
            readBraces(selector);
        }
        add(std::move(selector));
    }

    /// Between operands: set operators, modifiers of aggregations and selectors.
    void readKeyword(const QString &word)
    {
        if (isGrouping(word)) {
            skipLabelList();
        } else if (isOneOf(word,
                       {"and"_L1, "or"_L1, "unless"_L1, "atan2"_L1, "default"_L1, "if"_L1, "ifnot"_L1})) {
            m_operandDue = m_behindOperator = true;
        } else if (isOneOf(word, {"offset"_L1})) {
            skipSpace();
            while (has() && (now() == u'-' || now() == u'+')) {
                ++m_at;
                skipSpace();
            }
            if (has() && now() == u'(')
                skipTo(u')');
            else if (has())
                skipNumber();
        }
        // Any other word (keep_metric_names, limit …) changes nothing.
    }

    /// What may stand between an operator and its right side.
    static bool isModifier(const QString &word, QChar next)
    {
        const bool matching = isOneOf(word, {"on"_L1, "ignoring"_L1}) && next == u'(';
        return matching || isOneOf(word, {"bool"_L1, "group_left"_L1, "group_right"_L1});
    }

    void readModifier(const QString &word)
    {
        if (word.compare("bool"_L1, Qt::CaseInsensitive) != 0 && peek() == u'(')
            skipLabelList();
        m_behindOperator = true; // more of them may follow
    }

    /// `sum by (…) (…)`: a word behind which grouping stands is an aggregation.
    bool isAggregationHead()
    {
        const qsizetype kept = m_at;
        skipSpace();
        const QString next = readIdentifier();
        skipSpace();
        const bool yes = isGrouping(next) && has() && now() == u'(';
        m_at = kept;
        return yes;
    }

    QString readIdentifier()
    {
        const qsizetype begin = m_at;
        while (has() && isNamePart(now()))
            ++m_at;
        return m_text.mid(begin, m_at - begin);
    }

    /// The next sign that is neither space nor comment; the place stays.
    QChar peek()
    {
        const qsizetype kept = m_at;
        skipSpace();
        const QChar next = has() ? now() : QChar();
        m_at = kept;
        return next;
    }

    void add(PromqlSelector selector)
    {
        m_found.push_back(std::move(selector));
        m_operandDue = m_behindOperator = false;
    }

    void readBraces(PromqlSelector &selector)
    {
        selector.braceOpen = m_at++;
        for (skipSpace(); has(); skipSpace()) {
            if (now() == u'}') {
                selector.braceClose = m_at++;
                return;
            }
            if (isQuote(now())) {
                skipString();
            } else if (isNameStart(now())) {
                const qsizetype begin = m_at;
                const QString word = readIdentifier();
                const QChar next = peek();
                const bool isLabel = next == u'=' || next == u'!';
                if (!isLabel && word.compare("or"_L1, Qt::CaseInsensitive) == 0)
                    selector.alternatives.push_back(begin);
            } else {
                ++m_at;
            }
        }
        problem(u"a brace"_s, selector.braceOpen);
    }

    void skipLabelList()
    {
        skipSpace();
        if (has() && now() == u'(')
            skipTo(u')');
    }

    /// Behind the `close` that belongs to the bracket here.
    void skipTo(QChar close)
    {
        const qsizetype begin = m_at;
        const QChar open = now();
        int depth = 0;
        for (; has(); skipSpace()) {
            const QChar c = now();
            if (isQuote(c)) {
                skipString();
                continue;
            }
            ++m_at;
            depth += c == open;
            depth -= c == close;
            if (depth == 0)
                return;
        }
        problem(u"a bracket"_s, begin);
    }

    void skipString()
    {
        const qsizetype begin = m_at;
        const QChar quote = now();
        for (++m_at; has(); ++m_at) {
            if (now() == quote) {
                ++m_at;
                return;
            }
            if (now() == u'\\' && quote != u'`')
                ++m_at;
        }
        m_at = m_text.size();
        problem(u"a string"_s, begin);
    }

    /// Numbers and durations: 1.5e-3, 0x1F, 1h30m.
    void skipNumber()
    {
        while (has() && (now().isLetterOrNumber() || now() == u'.' || now() == u'_')) {
            const bool isExponent = (now() == u'e' || now() == u'E') && m_at + 1 < m_text.size()
                && (m_text.at(m_at + 1) == u'-' || m_text.at(m_at + 1) == u'+');
            m_at += isExponent ? 2 : 1;
        }
    }

    void skipSpace()
    {
        while (has()) {
            if (now() == u'#') {
                const qsizetype end = m_text.indexOf(u'\n', m_at);
                m_at = end < 0 ? m_text.size() : end;
            } else if (now().isSpace()) {
                ++m_at;
            } else {
                return;
            }
        }
    }

    void problem(const QString &what, qsizetype begin)
    {
        if (m_problem.isEmpty())
            m_problem = u"%1 does not end; it begins at character %2"_s.arg(what).arg(begin + 1);
    }

    const QString &m_text;
    qsizetype m_at = 0;
    bool m_operandDue = true;
    bool m_behindOperator = false; ///< so that `on` can be no metric
    std::vector<PromqlSelector> m_found;
    QString m_problem;
};

/// Text of the braces' inside without comments and spaces at its end: does a matcher stand there?
bool endsWithMatcher(QStringView inside)
{
    QString plain;
    for (qsizetype i = 0; i < inside.size(); ++i) {
        const QChar c = inside[i];
        if (isQuote(c)) {
            for (++i; i < inside.size() && inside[i] != c; ++i)
                i += inside[i] == u'\\' && c != u'`';
            plain += c;
        } else if (c == u'#') {
            while (i < inside.size() && inside[i] != u'\n')
                ++i;
        } else if (!c.isSpace()) {
            plain += c;
        }
    }
    return !plain.isEmpty() && !plain.endsWith(u',');
}

} // namespace

Result<std::vector<PromqlSelector>> promqlSelectors(const QString &expression)
{
    return Walker(expression).run();
}

Result<QString> withMatchers(const QString &expression, const QStringList &matchers)
{
    if (matchers.isEmpty())
        return expression;
    const auto selectors = promqlSelectors(expression);
    if (!selectors)
        return tl::unexpected(selectors.error());
    const QString text = matchers.join(u',');
    QString out;
    qsizetype copied = 0;
    const auto upTo = [&](qsizetype at) {
        out += QStringView(expression).mid(copied, at - copied);
        copied = at;
    };
    for (const PromqlSelector &selector : *selectors) {
        if (selector.braceOpen < 0) {
            upTo(selector.nameEnd);
            out += u'{' + text + u'}';
            continue;
        }
        qsizetype from = selector.braceOpen + 1;
        std::vector<qsizetype> ends = selector.alternatives;
        ends.push_back(selector.braceClose);
        for (const qsizetype end : ends) {
            const bool needsComma = endsWithMatcher(QStringView(expression).mid(from, end - from));
            const bool isGroup = end != selector.braceClose;
            upTo(end);
            if (isGroup)
                out = std::move(out).trimmed();
            out += (needsComma ? u","_s : QString()) + text + (isGroup ? u" "_s : QString());
            from = end + 2; // behind the word `or`
        }
    }
    upTo(expression.size());
    return out;
}

} // namespace bw
