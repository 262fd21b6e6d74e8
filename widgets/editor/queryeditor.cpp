// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/editor/queryeditor.h>

#include <widgets/base/theme.h>

#include <QFontDatabase>
#include <QKeyEvent>
#include <QRegularExpression>
#include <QTextBlock>
#include <QTextEdit>
#include <QTextLayout>

#include <algorithm>
#include <array>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

using What = PromqlCompletion::What;
constexpr int kMostChoices = 200;
constexpr int kLongestColored = 20'000; // characters; beyond that colours and suggestions would slow typing

struct Known
{
    const char16_t *text, *detail;
};
constexpr std::array kKeywords{Known{u"by", u"keep these labels"}, Known{u"without", u"drop these labels"},
    Known{u"and", u"only series that are on the right too"}, Known{u"or", u"and what only the right has"},
    Known{u"unless", u"only series that the right has not"}, Known{u"on", u"match by these labels"},
    Known{u"ignoring", u"match by all but these labels"}, Known{u"group_left", u"many on the left to one"},
    Known{u"group_right", u"one to many on the right"}, Known{u"bool", u"0 or 1 instead of a filter"},
    Known{u"offset", u"so long before"}};
constexpr std::array kDurations{Known{u"$__rate_interval", u"four scrapes, at least a step"},
    Known{u"$__interval", u"one step"}, Known{u"$__range", u"what is on screen"}, Known{u"1m", u""},
    Known{u"5m", u""}, Known{u"15m", u""}, Known{u"30m", u""}, Known{u"1h", u""}, Known{u"6h", u""},
    Known{u"1d", u""}, Known{u"7d", u""}};
constexpr std::array kMacros{Known{u"$__rate_interval", u"for rate() and increase()"},
    Known{u"$__interval", u"one step"}, Known{u"$__range", u"what is on screen"},
    Known{u"$__interval_ms", u"one step, milliseconds"}, Known{u"$__range_s", u"what is on screen, seconds"},
    Known{u"$__from", u"begin, milliseconds"}, Known{u"$__to", u"end, milliseconds"},
    Known{u"${__sel.requests}", u"request counter of the detected profile"},
    Known{u"${__sel.errors}", u"failed requests"}, Known{u"${__sel.buckets}", u"latency buckets"},
    Known{u"${__sel.sums}", u"latency sum"}, Known{u"${__label.service}", u"how the source spells service"},
    Known{u"${__label.route}", u"how it spells route"}, Known{u"${__filters}", u"global matchers"}};

template<size_t N>
std::vector<CompletionChoice> ranked(const std::array<Known, N> &all, const QString &prefix)
{
    std::vector<CompletionChoice> out;
    for (const Known &one : all) {
        const QString text = QString::fromUtf16(one.text);
        if (text.startsWith(prefix, Qt::CaseInsensitive))
            out.push_back({text, QString::fromUtf16(one.detail), {}, 0});
    }
    return out;
}

bool isPlainName(const QString &name)
{
    static const QRegularExpression plain(u"\\A[A-Za-z_:][A-Za-z0-9_:]*\\z"_s);
    return plain.match(name).hasMatch();
}

/// Inside a string of PromQL that begins with `quote`.
QString quoted(QString value, QChar quote)
{
    if (quote == u'`')
        return value.remove(u'`');
    return value.replace(u'\\', u"\\\\"_s).replace(quote, QString(u'\\') + quote);
}

QTextCharFormat formatOf(PromqlToken::Kind kind, const Theme &theme)
{
    using Kind = PromqlToken::Kind;
    QTextCharFormat format;
    switch (kind) {
    case Kind::Comment:
        format.setForeground(theme.textDim);
        format.setFontItalic(true);
        break;
    case Kind::Text:
        format.setForeground(theme.good);
        break;
    case Kind::Number:
    case Kind::Duration:
        format.setForeground(theme.notice);
        break;
    case Kind::Function:
        format.setForeground(theme.accent);
        break;
    case Kind::Keyword:
        format.setForeground(theme.accent);
        format.setFontWeight(QFont::DemiBold);
        break;
    case Kind::Macro:
        format.setForeground(theme.warning);
        break;
    case Kind::Unknown:
        format.setForeground(theme.critical);
        break;
    case Kind::Label:
    case Kind::Operator:
        format.setForeground(theme.textDim);
        break;
    case Kind::Metric:
    case Kind::Bracket:
        format.setForeground(theme.text);
        break;
    }
    return format;
}

} // namespace

QueryEditor::QueryEditor(QueryExecutor &executor, const Clock &clock, QWidget *parent)
    : QPlainTextEdit(parent)
    , m_names(new PromqlNames(executor, clock, this))
    , m_popup(new CompletionPopup(this))
{
    QFont font(u"JetBrains Mono"_s);
    font.setStyleHint(QFont::Monospace);
    font.setPointSizeF(this->font().pointSizeF());
    setFont(font);
    m_popup->setFont(font);
    setTabChangesFocus(true);
    setLineWrapMode(WidgetWidth);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setPlaceholderText(tr("PromQL; Ctrl+Space suggests, Ctrl+Enter runs"));
    setAccessibleName(tr("Expression"));
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        setProblem({});
        updateColors();
        updateMarks();
    });
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, &QueryEditor::updateMarks);
    connect(m_popup, &CompletionPopup::chosen, this, &QueryEditor::insert);
    connect(m_names, &PromqlNames::changed, this, [this] {
        if (m_popup->isVisible() || m_isWaiting)
            suggest(m_isWanted);
    });
}

QSize QueryEditor::sizeHint() const { return {320, 4 * fontMetrics().lineSpacing() + 2 * frameWidth() + 10}; }

void QueryEditor::setProblem(const QString &message, std::optional<qsizetype> at)
{
    if (m_problem == message && m_problemAt == at)
        return;
    m_problem = message;
    m_problemAt = at;
    updateMarks();
    emit problemChanged();
}

/// The colours of the words are formats of their lines: extra selections that touch are drawn over by the
/// text below them.
void QueryEditor::updateColors()
{
    const Theme &theme = themeOf(this);
    const QString text = toPlainText();
    const std::vector<PromqlToken> tokens =
        text.size() <= kLongestColored ? promqlTokens(text) : std::vector<PromqlToken>();
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        if (!block.layout()->preeditAreaText().isEmpty())
            continue; // an input method writes here, with formats of its own
        QList<QTextLayout::FormatRange> formats;
        const qsizetype begin = block.position(), end = begin + block.length();
        for (const PromqlToken &token : tokens) {
            const qsizetype from = std::max(token.begin, begin), to = std::min(token.end(), end);
            if (from < to)
                formats += {int(from - begin), int(to - from), formatOf(token.kind, theme)};
        }
        if (formats == block.layout()->formats())
            continue;
        block.layout()->setFormats(formats);
        document()->markContentsDirty(block.position(), block.length());
    }
}

/// The bracket that belongs to the one at the cursor, and where the server's parser stopped.
void QueryEditor::updateMarks()
{
    const Theme &theme = themeOf(this);
    const QString text = toPlainText();
    QList<QTextEdit::ExtraSelection> selections;
    const auto add = [&](qsizetype begin, qsizetype length, const QTextCharFormat &format) {
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(document());
        selection.cursor.setPosition(int(begin));
        selection.cursor.setPosition(int(begin + length), QTextCursor::KeepAnchor);
        selection.format = format;
        selections += selection;
    };
    const qsizetype cursor = textCursor().position();
    for (const qsizetype at : {cursor - 1, cursor}) {
        const auto partner =
            text.size() <= kLongestColored && at >= 0 ? matchingBracket(text, at) : std::nullopt;
        if (!partner)
            continue;
        QTextCharFormat format;
        format.setBackground(theme.selection);
        add(at, 1, format);
        add(*partner, 1, format);
        break;
    }
    if (!m_problem.isEmpty() && m_problemAt) {
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(theme.critical);
        const qsizetype begin =
            std::clamp<qsizetype>(*m_problemAt, 0, std::max<qsizetype>(text.size() - 1, 0));
        add(begin, std::min<qsizetype>(text.size() - begin, 3), format);
    }
    setExtraSelections(selections);
}

void QueryEditor::keyPressEvent(QKeyEvent *event)
{
    if (m_popup->takeKey(event->key())) {
        m_isWaiting = m_isWaiting && event->key() != Qt::Key_Escape;
        return;
    }
    const bool isControl = event->modifiers().testFlag(Qt::ControlModifier);
    if (isControl && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        emit runRequested();
        return;
    }
    if (isControl && event->key() == Qt::Key_Space)
        return suggest(true);
    const int before = document()->revision();
    QPlainTextEdit::keyPressEvent(event);
    if (document()->revision() == before)
        return closePopup(); // the cursor moved
    const QString typed = event->text();
    const bool isTyped = !typed.isEmpty() && typed.at(0).isPrint() && !isControl;
    if (isTyped || m_popup->isVisible())
        suggest(isTyped && u"{,(\"$["_s.contains(typed.at(0)));
}

void QueryEditor::closePopup()
{
    m_isWaiting = false;
    m_popup->hide();
}

void QueryEditor::suggest(bool isWanted)
{
    if (document()->characterCount() > kLongestColored)
        return closePopup();
    m_place = promqlCompletionAt(toPlainText(), textCursor().position());
    m_isWanted = isWanted;
    m_isWaiting = false;
    if (m_place.what == What::Nothing || (m_place.prefix.isEmpty() && !isWanted))
        return m_popup->hide();
    std::vector<CompletionChoice> choices = choicesFor(m_place);
    // A word that is complete needs no suggestion of itself.
    if (choices.size() == 1 && choices.front().text == m_place.prefix)
        choices.clear();
    m_isWaiting = m_names->isAsking();
    QRect line = cursorRect();
    line.moveTo(viewport()->mapToGlobal(line.topLeft()));
    m_popup->open(std::move(choices), line);
}

std::vector<CompletionChoice> QueryEditor::choicesFor(const PromqlCompletion &place)
{
    std::vector<CompletionChoice> out;
    const QChar next = toPlainText().mid(place.end, 1).isEmpty() ? QChar() : toPlainText().at(place.end);
    const auto named = [&](const QStringList &names, const auto &choiceOf) {
        for (const QString &name : rankedCompletions(names, place.prefix, kMostChoices))
            out.push_back(choiceOf(name));
    };
    switch (place.what) {
    case What::Nothing:
        break;
    case What::Operand: {
        QStringList functions;
        for (const PromqlFunction &function : promqlFunctions()) {
            if (!place.prefix.isEmpty()
                && QString(function.name).startsWith(place.prefix, Qt::CaseInsensitive))
                functions += function.name;
        }
        named(functions, [&](const QString &name) {
            const PromqlFunction &function = *promqlFunction(name);
            return CompletionChoice{name, u"(%1)  %2"_s.arg(function.arguments, function.help),
                next == u'(' ? name : name + u"()"_s, next == u'(' || function.arguments.isEmpty() ? 0 : 1};
        });
        named(m_names->metrics(), [](const QString &name) {
            return CompletionChoice{
                name, {}, isPlainName(name) ? name : u"{\"%1\"}"_s.arg(quoted(name, u'"')), 0};
        });
        break;
    }
    case What::Keyword:
        return ranked(kKeywords, place.prefix);
    case What::Duration:
        return ranked(kDurations, place.prefix);
    case What::Macro: {
        for (const QString &name : m_variables) {
            const QString text = u'$' + name;
            if (text.startsWith(place.prefix) || (u"${"_s + name).startsWith(place.prefix))
                out.push_back({text, tr("variable"), {}, 0});
        }
        const auto known = ranked(kMacros, place.prefix);
        out.insert(out.end(), known.begin(), known.end());
        break;
    }
    case What::LabelName: {
        const QString text = toPlainText().left(place.begin);
        const bool isMatcher = text.lastIndexOf(u'{') > text.lastIndexOf(u'}') && !next.isNull()
            ? next != u'=' && next != u'!'
            : text.lastIndexOf(u'{') > text.lastIndexOf(u'}');
        named(m_names->labels(place.selector), [&](const QString &name) {
            const QString spelled = isPlainName(name) ? name : u'"' + quoted(name, u'"') + u'"';
            return CompletionChoice{name, {}, isMatcher ? spelled + u"=\"\""_s : spelled, isMatcher ? 1 : 0};
        });
        break;
    }
    case What::LabelValue: {
        const QChar quote = toPlainText().at(place.begin - 1);
        named(m_names->values(place.label, place.selector), [&](const QString &value) {
            return CompletionChoice{value, {}, quoted(value, quote), 0};
        });
        break;
    }
    }
    return out;
}

void QueryEditor::insert(const CompletionChoice &choice)
{
    QTextCursor cursor = textCursor();
    cursor.beginEditBlock();
    cursor.setPosition(int(m_place.begin));
    cursor.setPosition(int(m_place.end), QTextCursor::KeepAnchor);
    cursor.insertText(choice.inserted.isEmpty() ? choice.text : choice.inserted);
    cursor.endEditBlock();
    cursor.movePosition(QTextCursor::Left, QTextCursor::MoveAnchor, choice.cursorBack);
    setTextCursor(cursor);
    m_popup->hide();
    if (choice.cursorBack > 0)
        suggest(true); // inside the brackets or quotes that were typed with it
}

void QueryEditor::focusOutEvent(QFocusEvent *event)
{
    closePopup();
    QPlainTextEdit::focusOutEvent(event);
}

/// Qt asks this before a key press arrives: Tab is the list's while it is open.
bool QueryEditor::focusNextPrevChild(bool next)
{
    return !(next && m_popup->isVisible()) && QPlainTextEdit::focusNextPrevChild(next);
}

void QueryEditor::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        updateColors();
        updateMarks();
    }
}

void QueryEditor::wheelEvent(QWheelEvent *event)
{
    closePopup();
    QPlainTextEdit::wheelEvent(event);
}

} // namespace bw
