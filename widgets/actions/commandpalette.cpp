// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/actions/commandpalette.h>

#include <domain/base/untrusted.h>
#include <widgets/actions/actionregistry.h>

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 200: more lines nobody reads; the text narrows them down.
constexpr int kMaxLines = 200;

/// Score of one word of the query: a start of a word beats an inner substring beats scattered letters.
int wordScore(const QString &word, const QString &text)
{
    const qsizetype at = text.indexOf(word);
    if (at >= 0)
        return at == 0 || !text[at - 1].isLetterOrNumber() ? 100 : 50;
    QString letters = text; // "oncall" means On-call
    letters.removeIf([](QChar c) { return !c.isLetterOrNumber(); });
    if (letters.contains(word))
        return letters.startsWith(word) ? 90 : 40;
    qsizetype from = 0;
    for (QChar letter : word) {
        from = text.indexOf(letter, from);
        if (from < 0)
            return 0;
        ++from;
    }
    return 10;
}

} // namespace

int paletteScore(const QString &query, const QString &text)
{
    const QString haystack = text.toLower();
    int score = 1;
    for (const QString &word : query.toLower().split(u' ', Qt::SkipEmptyParts)) {
        const int part = wordScore(word, haystack);
        if (part == 0)
            return 0;
        score += part;
    }
    return score;
}

PaletteSource actionEntries(ActionRegistry &actions)
{
    return [&actions] {
        std::vector<PaletteEntry> entries;
        for (const ActionSpec &spec : actions.specs()) {
            if (!spec.run || (spec.isEnabled && !spec.isEnabled()))
                continue;
            QString title = spec.text;
            title.remove(u'&');
            entries.push_back(
                {title, CommandPalette::tr("Action"), spec.shortcut.toString(QKeySequence::NativeText),
                    [&actions, id = spec.id] { actions.trigger(id); }});
        }
        return entries;
    };
}

CommandPalette::CommandPalette(QWidget *parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_input(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setWindowTitle(tr("Go to"));
    m_input->setPlaceholderText(tr("Type an action or a dashboard"));
    m_input->setAccessibleName(tr("Filter"));
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->addWidget(m_input);
    layout->addWidget(m_list);
    resize(560, 380);
    m_input->installEventFilter(this);
    connect(m_input, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_input, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
}

void CommandPalette::addSource(PaletteSource source) { m_sources.push_back(std::move(source)); }

void CommandPalette::openPalette()
{
    m_entries.clear();
    for (const PaletteSource &source : m_sources) {
        for (PaletteEntry &entry : source())
            m_entries.push_back(std::move(entry));
    }
    m_input->clear();
    filter({});
    if (const QWidget *window = parentWidget() ? parentWidget()->window() : nullptr)
        move(window->mapToGlobal(QPoint((window->width() - width()) / 2, window->height() / 6)));
    open();
    m_input->setFocus();
}

void CommandPalette::filter(const QString &query)
{
    std::vector<std::pair<int, int>> ranked; // score, entry
    for (size_t i = 0; i < m_entries.size(); ++i) {
        if (const int score = paletteScore(query, m_entries[i].title + u' ' + m_entries[i].kind))
            ranked.emplace_back(score, int(i));
    }
    std::stable_sort(
        ranked.begin(), ranked.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    m_list->clear();
    for (const auto &[score, entry] : ranked) {
        if (m_list->count() == kMaxLines)
            break;
        const PaletteEntry &shown = m_entries[size_t(entry)];
        QString text = shown.title + u"   ·   "_s + shown.kind;
        if (!shown.hint.isEmpty())
            text += u"   ·   "_s + shown.hint;
        auto *item = new QListWidgetItem(render::line(Untrusted(text), 200), m_list);
        item->setData(Qt::UserRole, entry);
    }
    m_list->setCurrentRow(0);
}

void CommandPalette::runCurrent()
{
    const QListWidgetItem *item = m_list->currentItem();
    if (!item)
        return;
    const auto run = m_entries[size_t(item->data(Qt::UserRole).toInt())].run;
    accept();
    if (run)
        run();
}

QStringList CommandPalette::shownTitles() const
{
    QStringList titles;
    for (int row = 0; row < m_list->count(); ++row)
        titles << m_entries[size_t(m_list->item(row)->data(Qt::UserRole).toInt())].title;
    return titles;
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_input && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        const int row = m_list->currentRow();
        if ((key == Qt::Key_Down || key == Qt::Key_Up) && m_list->count() > 0) {
            m_list->setCurrentRow(std::clamp(row + (key == Qt::Key_Down ? 1 : -1), 0, m_list->count() - 1));
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace bw
