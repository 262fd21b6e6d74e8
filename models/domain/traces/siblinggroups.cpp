// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/siblinggroups.h>

#include <domain/traces/namekeys.h>
#include <domain/traces/sums.h>

#include <algorithm>

namespace bw {

namespace {

constexpr qsizetype kUuidLength = 36, kShortestHexId = 8, kLongestVersion = 2;

bool isDigit(QChar c) { return c >= u'0' && c <= u'9'; }
bool isLetter(QChar c) { return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z'); }
bool isWord(QChar c) { return isDigit(c) || isLetter(c); }
bool isHex(QChar c) { return isDigit(c) || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F'); }

/// 8-4-4-4-12.
bool beginsWithUuid(QStringView text)
{
    if (text.size() < kUuidLength || (text.size() > kUuidLength && isWord(text[kUuidLength])))
        return false;
    for (qsizetype i = 0; i < kUuidLength; ++i) {
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        if (isDash ? text[i] != u'-' : !isHex(text[i]))
            return false;
    }
    return true;
}

bool isId(QStringView word)
{
    if (std::all_of(word.begin(), word.end(), isDigit))
        return true;
    const bool isPrefixed = word.size() > 2 && word[0] == u'0' && (word[1] == u'x' || word[1] == u'X');
    const QStringView digits = isPrefixed ? word.mid(2) : word;
    return std::all_of(digits.begin(), digits.end(), isHex)
        && (isPrefixed || (word.size() >= kShortestHexId && std::any_of(word.begin(), word.end(), isDigit)));
}

void appendWord(QString &out, QStringView word)
{
    if (isId(word)) {
        out += u'*';
        return;
    }
    for (qsizetype i = 0; i < word.size();) {
        const qsizetype begin = i;
        while (i < word.size() && isDigit(word[i]))
            ++i;
        if (begin == i)
            out += word[i++];
        else if (begin > 0 && i - begin <= kLongestVersion)
            out += word.mid(begin, i - begin);
        else
            out += u'*';
    }
}

bool hasDigit(QStringView name) { return std::any_of(name.begin(), name.end(), isDigit); }

/// Adds up; `rows` ascend, so that starts do too unless the trace was shifted.
SiblingGroup groupOf(const Trace &trace, int parent, std::vector<int> rows)
{
    SiblingGroup out;
    out.parent = parent;
    out.name = normalizedName(trace.operation(rows.front()));
    std::vector<std::pair<Nanoseconds, Nanoseconds>> times;
    times.reserve(rows.size());
    for (const int row : rows) {
        times.emplace_back(trace.start(row), trace.end(row));
        addTo(out.total, trace.duration(row));
        out.longest = std::max(out.longest, trace.duration(row));
        out.errors += trace.isError(row);
    }
    if (!std::is_sorted(times.begin(), times.end()))
        std::sort(times.begin(), times.end());
    Nanoseconds until = Nanoseconds::min();
    for (const auto &[begin, end] : times) {
        if (end > until) {
            out.covered += end - std::max(begin, until);
            until = end;
        }
    }
    out.rows = std::move(rows);
    return out;
}

struct Sibling
{
    quint64 key; ///< name and kind
    int row;
    bool operator<(const Sibling &other) const
    {
        return key != other.key ? key < other.key : row < other.row;
    }
};

void appendGroups(const Trace &trace, int parent, std::vector<Sibling> &siblings, size_t least,
    std::vector<SiblingGroup> &out)
{
    if (siblings.size() < least)
        return;
    std::sort(siblings.begin(), siblings.end());
    for (size_t begin = 0, end = 0; begin < siblings.size(); begin = end) {
        while (end < siblings.size() && siblings[end].key == siblings[begin].key)
            ++end;
        if (end - begin < least)
            continue;
        std::vector<int> rows;
        rows.reserve(end - begin);
        for (size_t i = begin; i < end; ++i)
            rows.push_back(siblings[i].row);
        out.push_back(groupOf(trace, parent, std::move(rows)));
    }
}

} // namespace

QString normalizedName(QStringView name)
{
    if (!hasDigit(name))
        return name.toString();
    QString out;
    out.reserve(name.size());
    for (qsizetype i = 0; i < name.size();) {
        if (!isWord(name[i])) {
            out += name[i++];
            continue;
        }
        if (beginsWithUuid(name.mid(i))) {
            out += u'*';
            i += kUuidLength;
            continue;
        }
        const qsizetype begin = i;
        while (i < name.size() && isWord(name[i]))
            ++i;
        appendWord(out, name.mid(begin, i - begin));
    }
    return out;
}

Untrusted normalizedName(const Untrusted &name)
{
    return hasDigit(verbatim(name)) ? Untrusted(normalizedName(QStringView(verbatim(name)))) : name;
}

std::vector<SiblingGroup> siblingGroups(const Trace &trace, int atLeast)
{
    const auto least = size_t(std::max(2, atLeast));
    std::vector<SiblingGroup> out;
    NameKeys names;
    const std::vector<quint32> keys = names.rowKeys(trace);
    std::vector<Sibling> siblings;
    const auto collect = [&](int row) {
        siblings.push_back({quint64(keys[size_t(row)]) << 8 | quint64(trace.kind(row)), row});
    };
    for (int row = 0; row < trace.size(); row = trace.subtreeEnd(row))
        collect(row);
    appendGroups(trace, -1, siblings, least, out);
    for (int row = 0; row < trace.size(); ++row) {
        siblings.clear();
        trace.forChildren(row, collect);
        appendGroups(trace, row, siblings, least, out);
    }
    std::sort(out.begin(), out.end(),
        [](const SiblingGroup &a, const SiblingGroup &b) { return a.rows.front() < b.rows.front(); });
    return out;
}

} // namespace bw
