// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/promqltext.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

using Token = PromqlToken;
using Kind = PromqlToken::Kind;
using What = PromqlCompletion::What;

/// The tokens up to a cursor, and what is open there.
class Place
{
public:
    Place(const QString &text, qsizetype cursor)
        : m_text(text)
        , m_tokens(promqlTokens(text))
        , m_cursor(std::clamp<qsizetype>(cursor, 0, text.size()))
    {
        out.begin = out.end = m_cursor;
        m_before = std::lower_bound(m_tokens.begin(), m_tokens.end(), m_cursor,
                       [](const Token &token, qsizetype at) { return token.end() < at; })
            - m_tokens.begin();
        // `m_before`: the first token that ends at the cursor or behind it.
        while (m_before < std::ptrdiff_t(m_tokens.size()) && m_tokens[size_t(m_before)].end() == m_cursor
            && !isWordLike(m_tokens[size_t(m_before)]))
            ++m_before;
        for (std::ptrdiff_t i = 0; i < m_before; ++i)
            follow(int(i));
    }

    PromqlCompletion find()
    {
        if (const Token *here = tokenHere()) {
            if (here->kind == Kind::Comment || here->kind == Kind::Number)
                return out;
            if (here->kind == Kind::Macro)
                return word(What::Macro, *here);
            if (here->kind == Kind::Text)
                return inString(*here);
            if (here->kind == Kind::Duration)
                return word(What::Duration, *here);
            return word(whatIsDue(), *here);
        }
        out.what = whatIsDue();
        addSelector();
        return out;
    }

private:
    static bool isWordLike(const Token &token)
    {
        return token.kind != Kind::Bracket && token.kind != Kind::Operator && token.kind != Kind::Unknown
            && !(token.kind == Kind::Text && !token.isOpen);
    }
    QStringView textOf(const Token &token) const
    {
        return QStringView(m_text).mid(token.begin, token.length);
    }
    const Token *tokenHere() const
    {
        if (m_before >= std::ptrdiff_t(m_tokens.size()))
            return nullptr;
        const Token &token = m_tokens[size_t(m_before)];
        const bool isIn = token.begin < m_cursor && m_cursor <= token.end();
        return isIn && (isWordLike(token) || token.kind == Kind::Text || isName(token)) ? &token : nullptr;
    }
    bool isName(const Token &token) const
    {
        return token.kind == Kind::Unknown && token.length > 0
            && (m_text.at(token.begin).isLetter() || m_text.at(token.begin) == u'_');
    }

    void follow(int index)
    {
        const Token &token = m_tokens[size_t(index)];
        if (token.kind != Kind::Bracket)
            return;
        const QChar c = m_text.at(token.begin);
        if (u"({["_s.contains(c))
            m_open.push_back(index);
        else if (c != u',' && !m_open.empty())
            m_open.pop_back();
    }

    QChar openSign() const
    {
        return m_open.empty() ? QChar() : m_text.at(m_tokens[size_t(m_open.back())].begin);
    }
    const Token *previous(std::ptrdiff_t steps = 1) const
    {
        const std::ptrdiff_t at = m_before - steps;
        return at >= 0 ? &m_tokens[size_t(at)] : nullptr;
    }

    What whatIsDue() const
    {
        const Token *last = previous();
        const QStringView lastText = last ? textOf(*last) : QStringView();
        if (openSign() == u'{')
            return !last || lastText == u"{" || lastText == u"," ? What::LabelName : What::Nothing;
        if (openSign() == u'[')
            return What::Duration;
        if (openSign() == u'(' && m_open.back() > 0) {
            const Token &head = m_tokens[size_t(m_open.back()) - 1];
            const bool isList = head.kind == Kind::Keyword && textOf(head) != u"offset"
                && textOf(head) != u"bool" && textOf(head) != u"and" && textOf(head) != u"or"
                && textOf(head) != u"unless";
            if (isList)
                return lastText == u"(" || lastText == u"," ? What::LabelName : What::Nothing;
        }
        if (last && last->kind == Kind::Keyword && lastText == u"offset")
            return What::Duration;
        const bool isBehindOperand = last
            && (last->kind == Kind::Metric || last->kind == Kind::Number || last->kind == Kind::Macro
                || last->kind == Kind::Duration || lastText == u")" || lastText == u"}" || lastText == u"]");
        const bool isBehindAggregation =
            last && last->kind == Kind::Function && promqlFunction(lastText)->isAggregation;
        return isBehindOperand || isBehindAggregation ? What::Keyword : What::Operand;
    }

    PromqlCompletion word(What what, const Token &token)
    {
        if (what == What::Nothing)
            return out;
        out.what = what;
        out.begin = token.begin;
        out.end = token.end();
        out.prefix = m_text.mid(token.begin, m_cursor - token.begin);
        addSelector();
        return out;
    }

    /// Between quotes behind `label=` a value is due.
    PromqlCompletion inString(const Token &token)
    {
        if (!token.isOpen && m_cursor == token.end())
            return out;
        const Token *sign = previous(), *label = previous(2);
        if (openSign() != u'{' || !sign || sign->kind != Kind::Operator || !label
            || label->kind != Kind::Label)
            return out;
        out.what = What::LabelValue;
        out.label = textOf(*label).toString();
        out.begin = token.begin + 1;
        out.end = token.isOpen ? token.end() : token.end() - 1;
        out.prefix = m_text.mid(out.begin, m_cursor - out.begin);
        addSelector();
        return out;
    }

    /// The metric and the finished matchers of the selector the cursor is in; in a list of labels those of
    /// the expression's first selector.
    void addSelector()
    {
        if (openSign() == u'{') {
            out.selector = selectorAt(size_t(m_open.back()));
        } else if (out.what == What::LabelName) {
            const auto metric = std::find_if(m_tokens.begin(), m_tokens.end(),
                [](const Token &token) { return token.kind == Kind::Metric; });
            if (metric != m_tokens.end())
                out.selector = textOf(*metric).toString();
        }
    }
    QString selectorAt(size_t brace) const
    {
        QString name;
        if (brace > 0 && m_tokens[brace - 1].kind == Kind::Metric)
            name = textOf(m_tokens[brace - 1]).toString();
        QStringList matchers;
        for (size_t i = brace + 1; i + 2 < m_tokens.size(); ++i) {
            if (m_tokens[i].kind == Kind::Bracket && textOf(m_tokens[i]) != u",")
                break;
            const bool isMatcher = m_tokens[i].kind == Kind::Label && m_tokens[i + 1].kind == Kind::Operator
                && m_tokens[i + 2].kind == Kind::Text && !m_tokens[i + 2].isOpen;
            const bool isHere = m_tokens[i].begin <= m_cursor && m_cursor <= m_tokens[i + 2].end();
            if (isMatcher && !isHere)
                matchers += m_text.mid(m_tokens[i].begin, m_tokens[i + 2].end() - m_tokens[i].begin);
        }
        if (matchers.isEmpty())
            return name;
        return name + u'{' + matchers.join(u',') + u'}';
    }

    const QString &m_text;
    std::vector<Token> m_tokens;
    qsizetype m_cursor;
    std::ptrdiff_t m_before = 0; ///< index of the token the cursor is in, or of the next one
    std::vector<int> m_open; ///< brackets that are open at the cursor
    PromqlCompletion out;
};

} // namespace

PromqlCompletion promqlCompletionAt(const QString &text, qsizetype cursor)
{
    return Place(text, cursor).find();
}

} // namespace bw
