// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/notetext.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr struct
{
    const char *prefix, *kind;
} kPrefixes[] = {{"TODO:", "todo.added"}, {"DECISION:", "decision.made"}, {"Q:", "note.question"},
    {"A:", "note.answer"}, {"HYP:", "hypothesis.opened"}};

/// Of a longer note the first line is the title.
constexpr qsizetype kTitleLength = 120;

TimelineEntry entryOf(const QString &kind, const QString &text)
{
    TimelineEntry entry;
    entry.kind = kind;
    entry.level = defaultLevel(kind, {});
    const QString first = text.section(u'\n', 0, 0);
    if (first.size() == text.size() && first.size() <= kTitleLength) {
        entry.title = Untrusted(text);
    } else {
        entry.title = Untrusted(first.size() > kTitleLength ? first.left(kTitleLength - 1) + u'…' : first);
        entry.body = Untrusted(text);
    }
    return entry;
}

std::optional<TimelineEntry> markedLine(const QString &line)
{
    for (const auto &[prefix, kind] : kPrefixes) {
        const QString rest = line.startsWith(QLatin1StringView(prefix))
            ? line.mid(qsizetype(qstrlen(prefix))).trimmed()
            : QString();
        if (!rest.isEmpty())
            return entryOf(QString::fromLatin1(kind), rest);
    }
    return std::nullopt;
}

} // namespace

std::vector<TimelineEntry> entriesOfNote(const QString &text, const std::optional<EntryId> &lastQuestion)
{
    QStringList plain;
    std::vector<TimelineEntry> marked;
    for (const QString &line : text.split(u'\n')) {
        auto entry = markedLine(line);
        if (!entry) {
            plain += line;
            continue;
        }
        if (entry->kind == "note.answer"_L1 && lastQuestion)
            entry->data[u"question"_s] = lastQuestion->toString();
        marked.push_back(std::move(*entry));
    }
    std::vector<TimelineEntry> entries;
    if (const QString rest = plain.join(u'\n').trimmed(); !rest.isEmpty())
        entries.push_back(entryOf(u"note.text"_s, rest));
    entries.insert(entries.end(), marked.begin(), marked.end());
    return entries;
}

} // namespace bw
