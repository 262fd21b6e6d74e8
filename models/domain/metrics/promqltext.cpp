// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/promqltext.h>

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

using Token = PromqlToken;
using Kind = PromqlToken::Kind;

bool isNameStart(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_' || c == u':';
}
bool isDigit(QChar c) { return c >= u'0' && c <= u'9'; }
bool isNamePart(QChar c) { return isNameStart(c) || isDigit(c); }

bool isIn(QStringView word, std::initializer_list<QLatin1StringView> words)
{
    return std::any_of(words.begin(), words.end(),
        [&](QLatin1StringView other) { return word.compare(other, Qt::CaseInsensitive) == 0; });
}
/// Behind these a list of labels stands in brackets.
bool takesLabels(QStringView word)
{
    return isIn(word, {"by"_L1, "without"_L1, "on"_L1, "ignoring"_L1, "group_left"_L1, "group_right"_L1});
}
bool isSetOperator(QStringView word) { return isIn(word, {"and"_L1, "or"_L1, "unless"_L1, "atan2"_L1}); }
bool isKeyword(QStringView word)
{
    return takesLabels(word) || isSetOperator(word) || isIn(word, {"bool"_L1, "offset"_L1});
}

class Lexer
{
public:
    explicit Lexer(const QString &text)
        : m_text(text)
    {
    }
    std::vector<Token> run()
    {
        while (m_at < m_text.size()) {
            if (now().isSpace())
                ++m_at;
            else
                step();
        }
        return std::move(m_tokens);
    }

private:
    enum class Inside : quint8 { Round, Labels, Braces, Square };

    QChar now() const { return m_text.at(m_at); }
    QChar at(qsizetype place) const { return place < m_text.size() ? m_text.at(place) : QChar(); }
    bool isInside(Inside what) const { return !m_open.empty() && m_open.back() == what; }
    QStringView word(const Token &token) const { return QStringView(m_text).mid(token.begin, token.length); }

    void add(Kind kind, qsizetype end, bool isOpen = false)
    {
        m_tokens.push_back({kind, m_at, end - m_at, isOpen});
        m_at = end;
    }

    void step()
    {
        const QChar c = now();
        if (c == u'#') {
            const qsizetype end = m_text.indexOf(u'\n', m_at);
            add(Kind::Comment, end < 0 ? m_text.size() : end);
        } else if (c == u'"' || c == u'\'' || c == u'`') {
            addString(c);
        } else if (c == u'$' || m_text.mid(m_at, 2) == "[["_L1) {
            addMacro();
        } else if (isNameStart(c) && !(c == u':' && isInside(Inside::Square))) {
            addWord();
        } else if (isDigit(c) || (c == u'.' && isDigit(at(m_at + 1)))) {
            addNumber();
        } else if (u"(){}[],"_s.contains(c)) {
            addBracket(c);
        } else {
            addOperator(c);
        }
    }

    void addString(QChar quote)
    {
        qsizetype end = m_at + 1;
        while (end < m_text.size() && m_text.at(end) != quote && m_text.at(end) != u'\n')
            end += m_text.at(end) == u'\\' && quote != u'`' ? 2 : 1;
        const bool isOpen = at(end) != quote;
        add(Kind::Text, std::min(isOpen ? end : end + 1, m_text.size()), isOpen);
    }

    void addMacro()
    {
        const bool isSquare = now() == u'[';
        if (isSquare || at(m_at + 1) == u'{') {
            const QString close = isSquare ? u"]]"_s : u"}"_s;
            const qsizetype end = m_text.indexOf(close, m_at + 2);
            return add(Kind::Macro, end < 0 ? m_text.size() : end + close.size(), end < 0);
        }
        qsizetype end = m_at + 1;
        while (isNamePart(at(end)) && at(end) != u':')
            ++end;
        add(Kind::Macro, end, end == m_at + 1);
    }

    void addNumber()
    {
        static const QRegularExpression duration(u"\\G(\\d+(ms|[smhdwy]))+(?![A-Za-z0-9_.])"_s);
        const auto match = duration.match(m_text, m_at, QRegularExpression::NormalMatch);
        if (match.hasMatch() && match.capturedStart() == m_at)
            return add(Kind::Duration, match.capturedEnd());
        qsizetype end = m_at;
        while (isNamePart(at(end)) || at(end) == u'.') {
            if (at(end) == u':')
                break;
            const bool hasExponent = (at(end) == u'e' || at(end) == u'E')
                && !m_text.mid(m_at, 2).startsWith("0x"_L1) && (at(end + 1) == u'-' || at(end + 1) == u'+');
            end += hasExponent ? 2 : 1;
        }
        add(isInside(Inside::Square) ? Kind::Duration : Kind::Number, end);
    }

    void addWord()
    {
        qsizetype end = m_at;
        while (isNamePart(at(end)))
            ++end;
        const QStringView text = QStringView(m_text).mid(m_at, end - m_at);
        qsizetype next = end;
        while (at(next).isSpace())
            ++next;
        add(kindOfWord(text, at(next), m_text.mid(next, 8)), end);
    }

    Kind kindOfWord(QStringView text, QChar next, const QString &rest) const
    {
        if (isInside(Inside::Braces) || isInside(Inside::Labels))
            return Kind::Label;
        const bool isCalled = next == u'(';
        const bool isGrouped = rest.startsWith("by"_L1) || rest.startsWith("without"_L1);
        if (isKeyword(text) && next != u'{' && (!takesLabels(text) || isCalled || m_endsOperand()))
            return Kind::Keyword;
        if (isCalled || isGrouped)
            return promqlFunction(text) ? Kind::Function : isCalled ? Kind::Unknown : Kind::Metric;
        if (isIn(text, {"inf"_L1, "nan"_L1}))
            return Kind::Number;
        return Kind::Metric;
    }

    /// The last token ends an operand, so that a word behind it can only be a keyword.
    bool m_endsOperand() const
    {
        if (m_tokens.empty())
            return false;
        const Token &last = m_tokens.back();
        if (last.kind == Kind::Bracket)
            return u")}]"_s.contains(m_text.at(last.begin));
        return last.kind == Kind::Metric || last.kind == Kind::Number || last.kind == Kind::Function
            || last.kind == Kind::Operator;
    }

    void addBracket(QChar c)
    {
        if (c == u'(') {
            const bool isList = !m_tokens.empty() && m_tokens.back().kind == Kind::Keyword
                && takesLabels(word(m_tokens.back()));
            m_open.push_back(isList ? Inside::Labels : Inside::Round);
        } else if (c == u'{') {
            m_open.push_back(Inside::Braces);
        } else if (c == u'[') {
            m_open.push_back(Inside::Square);
        } else if (c != u',' && !m_open.empty()) {
            m_open.pop_back();
        }
        add(Kind::Bracket, m_at + 1);
    }

    void addOperator(QChar c)
    {
        static const std::array<QLatin1StringView, 6> kTwo{
            "=="_L1, "!="_L1, ">="_L1, "<="_L1, "=~"_L1, "!~"_L1};
        const QString two = m_text.mid(m_at, 2);
        if (std::find(kTwo.begin(), kTwo.end(), two) != kTwo.end())
            return add(Kind::Operator, m_at + 2);
        add(u"+-*/%^<>=@:"_s.contains(c) ? Kind::Operator : Kind::Unknown, m_at + 1);
    }

    const QString &m_text;
    qsizetype m_at = 0;
    std::vector<Token> m_tokens;
    std::vector<Inside> m_open;
};

QChar partnerOf(QChar c)
{
    static const QString kOpen = u"({["_s, kClose = u")}]"_s;
    if (const qsizetype at = kOpen.indexOf(c); at >= 0)
        return kClose.at(at);
    const qsizetype at = kClose.indexOf(c);
    return at >= 0 ? kOpen.at(at) : QChar();
}

} // namespace

std::vector<PromqlToken> promqlTokens(const QString &text) { return Lexer(text).run(); }

std::optional<qsizetype> matchingBracket(const QString &text, qsizetype at)
{
    const std::vector<Token> tokens = promqlTokens(text);
    const auto here = std::find_if(tokens.begin(), tokens.end(),
        [at](const Token &token) { return token.kind == Kind::Bracket && token.begin == at; });
    if (here == tokens.end())
        return std::nullopt;
    const QChar mine = text.at(at), partner = partnerOf(mine);
    const int step = u"({["_s.contains(mine) ? 1 : -1;
    int depth = 0;
    for (auto i = here - tokens.begin(); i >= 0 && i < std::ptrdiff_t(tokens.size()); i += step) {
        const Token &token = tokens[size_t(i)];
        if (token.kind != Kind::Bracket)
            continue;
        const QChar c = text.at(token.begin);
        depth += c == mine;
        depth -= c == partner;
        if (depth == 0)
            return token.begin;
    }
    return std::nullopt;
}

QStringList rankedCompletions(const QStringList &names, QStringView prefix, int limit)
{
    if (prefix.isEmpty())
        return names.mid(0, limit);
    std::array<QStringList, 3> ranks;
    const QString inner = u'_' + prefix.toString();
    for (const QString &name : names) {
        const int rank = name.startsWith(prefix, Qt::CaseInsensitive) ? 0
            : name.contains(inner, Qt::CaseInsensitive)               ? 1
            : name.contains(prefix, Qt::CaseInsensitive)              ? 2
                                                                      : -1;
        if (rank >= 0 && ranks[size_t(rank)].size() < limit)
            ranks[size_t(rank)] += name;
    }
    for (QStringList &rank : ranks)
        std::stable_sort(
            rank.begin(), rank.end(), [](const QString &a, const QString &b) { return a.size() < b.size(); });
    return (ranks[0] + ranks[1] + ranks[2]).mid(0, limit);
}

std::optional<qsizetype> promqlErrorPosition(const QString &message, const QString &sent)
{
    static const QRegularExpression place(u"(?:^|[^\\d:])(\\d{1,5}):(\\d{1,6}): parse error"_s);
    const auto match = place.match(message);
    if (!match.hasMatch())
        return std::nullopt;
    qsizetype begin = 0;
    for (int line = 1; line < match.captured(1).toInt(); ++line) {
        begin = sent.indexOf(u'\n', begin) + 1;
        if (begin == 0)
            return std::nullopt;
    }
    // The server counts bytes.
    const qsizetype bytes = match.captured(2).toInt() - 1;
    qsizetype at = begin;
    for (qsizetype seen = 0; seen < bytes && at < sent.size(); ++at)
        seen += QStringView(sent).mid(at, 1).toUtf8().size();
    return std::min(at, sent.size());
}

} // namespace bw
