// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/timelinemodel.h>

#include <domain/incidents/entrykinds.h>
#include <domain/incidents/entrytext.h>
#include <domain/incidents/incidentnames.h>
#include <items/roles.h>

#include <QSet>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

bool hasWords(const TimelineEntry &entry, const QStringList &words)
{
    return std::all_of(words.begin(), words.end(), [&entry](const QString &word) {
        const auto has = [&word](const QString &text) { return text.contains(word, Qt::CaseInsensitive); };
        return has(verbatim(entry.title)) || has(verbatim(entry.body)) || has(entryLine(entry))
            || has(entry.kind) || has(actorName(entry.actor));
    });
}

bool isSameRow(const CuratedEntry &a, const CuratedEntry &b)
{
    return a.entry.id == b.entry.id && a.level == b.level && a.starred == b.starred && a.deleted == b.deleted
        && a.supersededBy == b.supersededBy && a.versions.size() == b.versions.size()
        && a.entry.redacted == b.entry.redacted && a.entry.hlc == b.entry.hlc;
}

QString reachText(EntryLevel level) { return nameOf(level); }

} // namespace

std::vector<int> matchingEntries(const std::vector<CuratedEntry> &entries, const TimelineFilter &filter)
{
    const QStringList words = filter.text.simplified().split(u' ', Qt::SkipEmptyParts);
    std::vector<int> rows;
    for (size_t i = 0; i < entries.size(); ++i) {
        const CuratedEntry &one = entries[i];
        if (one.level < filter.minimum || (one.isHidden() && !filter.showHidden))
            continue;
        if (!filter.person.isEmpty() && one.entry.actor.id != filter.person)
            continue;
        if (!filter.group.isEmpty() && kindGroup(one.entry.kind) != filter.group)
            continue;
        if (words.isEmpty() || hasWords(one.entry, words))
            rows.push_back(int(i));
    }
    return rows;
}

QStringList actorsOf(const std::vector<CuratedEntry> &entries)
{
    QSet<QString> ids;
    for (const CuratedEntry &one : entries)
        ids.insert(one.entry.actor.id);
    QStringList sorted(ids.begin(), ids.end());
    sorted.sort();
    return sorted;
}

/// Both lists are in the order of the timeline, so one walk finds what stayed; what moved in time goes and
/// comes back.
void TimelineModel::setRows(TimelineEntries entries, std::vector<int> rows)
{
    const TimelineEntries before = m_entries;
    const std::vector<int> old = this->rows();
    const auto was = [&](size_t row) -> const CuratedEntry & { return (*before)[size_t(old[row])]; };
    const auto is = [&](size_t row) -> const CuratedEntry & { return (*entries)[size_t(rows[row])]; };
    std::vector<int> newRowOf(old.size(), -1), changed;
    const auto pair = [&](size_t from, size_t to) {
        newRowOf[from] = int(to);
        if (!isSameRow(was(from), is(to)))
            changed.push_back(int(to));
    };
    size_t from = 0, to = 0;
    while (from < old.size() && to < rows.size()) {
        if (was(from).root == is(to).root)
            pair(from++, to++);
        else if (from + 1 < old.size() && was(from + 1).root == is(to).root)
            ++from;
        else if (to + 1 < rows.size() && was(from).root == is(to + 1).root)
            ++to;
        else if (happenedBefore(was(from).entry, is(to).entry))
            ++from;
        else
            ++to;
    }
    retireRows();
    m_entries = std::move(entries);
    applyRows(rows, newRowOf, changed);
}

void TimelineModel::setMarks(QHash<EntryId, SaveMark> marks)
{
    if (marks == m_marks)
        return;
    std::vector<int> changed;
    const QHash<EntryId, SaveMark> before = std::exchange(m_marks, std::move(marks));
    for (int row = 0; row < rowCount(); ++row) {
        const EntryId &id = entryAt(row).entry.id;
        if (before.value(id) != m_marks.value(id))
            changed.push_back(row);
    }
    announceChanged(changed);
}

void TimelineModel::setZone(const QTimeZone &zone)
{
    if (zone == m_zone)
        return;
    m_zone = zone;
    if (rowCount() > 0)
        emit dataChanged(index(0, Local), index(rowCount() - 1, Local));
}

SaveMark TimelineModel::markAt(int row) const { return m_marks.value(entryAt(row).entry.id); }

int TimelineModel::rowOf(const EntryId &root) const
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (entryAt(row).root == root || entryAt(row).entry.id == root)
            return row;
    }
    return -1;
}

int TimelineModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString TimelineModel::text(const CuratedEntry &one, int column) const
{
    switch (column) {
    case At:
        return toDateTime(one.entry.at).toString(u"yyyy-MM-dd HH:mm:ss"_s);
    case Local:
        return toDateTime(one.entry.at).toTimeZone(m_zone).toString(u"MM-dd HH:mm:ss t"_s);
    case Kind:
        return entryKindLabel(one.entry.kind);
    case Who:
        return actorName(one.entry.actor);
    case Text:
        return one.deleted            ? tr("(deleted) %1").arg(entryLine(one.entry))
            : one.versions.size() > 1 ? tr("%1 (edited)").arg(entryLine(one.entry))
                                      : entryLine(one.entry);
    case Reach:
        return reachText(one.level);
    default:
        return {};
    }
}

QVariant TimelineModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    if (itemAt(index.row()) < 0)
        return {};
    const CuratedEntry &one = entryAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(one, index.column());
    case Qt::AccessibleTextRole:
        return index.column() == Reach && one.starred ? tr("%1, starred").arg(reachText(one.level))
                                                      : text(one, index.column());
    case TimeRole:
        return qlonglong(toNs(one.entry.at));
    case StateRole:
        return int(markAt(index.row()));
    case ToneRole:
        return one.entry.kind;
    case NumberRole:
        return int(one.level);
    default:
        return {};
    }
}

QVariant TimelineModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case At:
        return tr("Happened (UTC)");
    case Local:
        return tr("Here");
    case Kind:
        return tr("What");
    case Who:
        return tr("Who");
    case Text:
        return tr("Entry");
    case Reach:
        return tr("Level");
    default:
        return {};
    }
}

} // namespace bw
