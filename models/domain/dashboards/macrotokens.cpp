// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/macrotokens.h>

#include <domain/dashboards/variableformat.h>

#include <QRegularExpression>
#include <QStringList>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Follows strings of PromQL, so that a macro knows where it stands.
class PlaceTracker
{
public:
    void feed(QStringView text)
    {
        for (qsizetype i = 0; i < text.size(); ++i) {
            const QChar c = text.at(i);
            if (m_quote.isNull()) {
                if (c == u'"' || c == u'\'' || c == u'`')
                    m_quote = c;
            } else if (c == u'\\' && m_quote != u'`') {
                ++i;
            } else if (c == m_quote) {
                m_quote = {};
            }
        }
    }
    MacroToken::Place place() const
    {
        if (m_quote.isNull())
            return MacroToken::Place::Code;
        return m_quote == u'`' ? MacroToken::Place::Backquotes : MacroToken::Place::Quotes;
    }

private:
    QChar m_quote;
};

bool isTimeMacro(const QString &name)
{
    static const QStringList names{u"__interval"_s, u"__interval_ms"_s, u"__rate_interval"_s,
        u"__rate_interval_ms"_s, u"__range"_s, u"__range_s"_s, u"__range_ms"_s, u"__from"_s, u"__to"_s,
        u"__timezone"_s, u"__utc_offset_s"_s, u"__second"_s};
    return names.contains(name);
}

/// ${__from:date:iso}
bool isDated(const MacroToken &token)
{
    return (token.name == "__from"_L1 || token.name == "__to"_L1) && isDateFormat(token.argument);
}

/// Decides what `name` (perhaps dotted) and `argument` mean.
void classify(MacroToken &token, const QString &dotted)
{
    const qsizetype dot = dotted.indexOf(u'.');
    const QString head = dot < 0 ? dotted : dotted.left(dot);
    token.name = head;
    token.key = dot < 0 ? QString() : dotted.mid(dot + 1);
    if (!head.startsWith("__"_L1)) {
        token.kind = MacroToken::Kind::Variable;
        if (dot >= 0)
            token.problem = u"unknown variable $%1"_s.arg(dotted);
        else if (!token.argument.isEmpty() && !isVariableFormat(token.argument))
            token.problem = u"unknown format \"%1\" of $%2"_s.arg(token.argument, head);
        return;
    }
    const bool hasKey = !token.key.isEmpty() && !token.key.contains(u'.');
    if (head == "__sel"_L1 && hasKey)
        token.kind = MacroToken::Kind::Selector;
    else if (head == "__metric"_L1 && hasKey && token.argument.isEmpty())
        token.kind = MacroToken::Kind::Metric;
    else if (head == "__label"_L1 && hasKey && token.argument.isEmpty())
        token.kind = MacroToken::Kind::Label;
    else if (head == "__filters"_L1 && token.key.isEmpty() && token.argument.isEmpty())
        token.kind = MacroToken::Kind::Filters;
    else if (isTimeMacro(head) && token.key.isEmpty() && (token.argument.isEmpty() || isDated(token)))
        token.kind = MacroToken::Kind::Time;
    else
        token.problem =
            u"unknown macro $%1"_s.arg(token.argument.isEmpty() ? dotted : dotted + u':' + token.argument);
}

} // namespace

std::vector<MacroToken> macroTokens(const QString &expression)
{
    static const QRegularExpression pattern(
        u"\\$(?<bare>[A-Za-z_][A-Za-z0-9_]*)"
        "|\\$\\{(?<braced>[A-Za-z_][A-Za-z0-9_.]*)(?::(?<format>[^{}]*))?\\}"
        "|\\[\\[(?<old>[A-Za-z_][A-Za-z0-9_]*)(?::(?<oldformat>[a-z]*))?\\]\\]"
        "|(?<open>\\$\\{)(?=[A-Za-z_])"_s);
    std::vector<MacroToken> tokens;
    PlaceTracker tracker;
    qsizetype at = 0;
    const auto addText = [&](qsizetype end) {
        if (end <= at)
            return;
        MacroToken text;
        text.text = expression.mid(at, end - at);
        text.position = at;
        text.place = tracker.place();
        tracker.feed(text.text);
        tokens.push_back(std::move(text));
    };
    for (const QRegularExpressionMatch &match : pattern.globalMatch(expression)) {
        addText(match.capturedStart());
        at = match.capturedEnd();
        MacroToken token;
        token.position = match.capturedStart();
        token.place = tracker.place();
        if (match.hasCaptured(u"open"_s)) {
            token.problem = u"unclosed ${"_s;
            tokens.push_back(std::move(token));
            continue;
        }
        token.argument = match.captured(u"format"_s) + match.captured(u"oldformat"_s);
        classify(token, match.captured(u"bare"_s) + match.captured(u"braced"_s) + match.captured(u"old"_s));
        tokens.push_back(std::move(token));
    }
    addText(expression.size());
    return tokens;
}

} // namespace bw
