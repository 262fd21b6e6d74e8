// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/linediff.h>

#include <QByteArrayView>

#include <algorithm>
#include <vector>

namespace bw {

namespace {

using Lines = std::vector<QByteArrayView>;
// 4 million cells of 16 bits: some ten milliseconds. Longer changes are rewritten text, where a line-by-line
// comparison says nothing anyway.
constexpr size_t kMaxCells = 4'000'000;
constexpr size_t kContext = 3;

struct Step
{
    char sign = ' ';
    QByteArrayView text;
};

Lines linesOf(const QByteArray &text)
{
    Lines lines;
    qsizetype at = 0;
    while (at < text.size()) {
        const qsizetype end = text.indexOf('\n', at);
        const qsizetype stop = end < 0 ? text.size() : end;
        lines.push_back(QByteArrayView(text).sliced(at, stop - at));
        at = stop + 1;
    }
    return lines;
}

/// The longest common subsequence of two short runs of lines.
void appendChanges(std::vector<Step> &steps, const Lines &a, const Lines &b)
{
    const size_t n = a.size(), m = b.size();
    if (n * m > kMaxCells || n == 0 || m == 0) {
        for (QByteArrayView line : a)
            steps.push_back({'-', line});
        for (QByteArrayView line : b)
            steps.push_back({'+', line});
        return;
    }
    std::vector<quint16> length((n + 1) * (m + 1), 0);
    const auto cell = [&](size_t i, size_t j) -> quint16 & { return length[i * (m + 1) + j]; };
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;)
            cell(i, j) =
                a[i] == b[j] ? quint16(cell(i + 1, j + 1) + 1) : std::max(cell(i + 1, j), cell(i, j + 1));
    }
    size_t i = 0, j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && a[i] == b[j]) {
            steps.push_back({' ', a[i++]});
            ++j;
        } else if (i < n && (j == m || cell(i + 1, j) >= cell(i, j + 1))) {
            steps.push_back({'-', a[i++]});
        } else {
            steps.push_back({'+', b[j++]});
        }
    }
}

QByteArray pieces(const std::vector<Step> &steps)
{
    QByteArray out;
    size_t before = 1, after = 1; // the line numbers of the step at hand
    size_t at = 0;
    while (at < steps.size()) {
        const auto change = std::find_if(
            steps.begin() + qsizetype(at), steps.end(), [](const Step &step) { return step.sign != ' '; });
        if (change == steps.end())
            break;
        const size_t first = size_t(change - steps.begin());
        const size_t begin = std::max(at, first > kContext ? first - kContext : 0);
        before += begin - at;
        after += begin - at;
        size_t end = first + 1, same = 0;
        for (size_t i = end; i < steps.size() && same <= 2 * kContext; ++i) {
            same = steps[i].sign == ' ' ? same + 1 : 0;
            if (same == 0)
                end = i + 1;
        }
        end = std::min(end + kContext, steps.size());
        size_t old = 0, fresh = 0;
        QByteArray body;
        for (size_t i = begin; i < end; ++i) {
            old += steps[i].sign != '+';
            fresh += steps[i].sign != '-';
            body += steps[i].sign;
            body += steps[i].text;
            body += '\n';
        }
        out += "@@ -" + QByteArray::number(qulonglong(before)) + ',' + QByteArray::number(qulonglong(old))
            + " +" + QByteArray::number(qulonglong(after)) + ',' + QByteArray::number(qulonglong(fresh))
            + " @@\n" + body;
        before += old;
        after += fresh;
        at = end;
    }
    return out;
}

} // namespace

QByteArray lineDiff(const QByteArray &before, const QByteArray &after)
{
    const Lines a = linesOf(before), b = linesOf(after);
    size_t head = 0, tail = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head])
        ++head;
    while (
        tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    std::vector<Step> steps;
    for (size_t i = 0; i < head; ++i)
        steps.push_back({' ', a[i]});
    appendChanges(steps, Lines(a.begin() + qsizetype(head), a.end() - qsizetype(tail)),
        Lines(b.begin() + qsizetype(head), b.end() - qsizetype(tail)));
    for (size_t i = a.size() - tail; i < a.size(); ++i)
        steps.push_back({' ', a[i]});
    return pieces(steps);
}

} // namespace bw
