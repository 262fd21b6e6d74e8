// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/rowdiff.h>

#include <algorithm>
#include <numeric>

namespace bw {
namespace {

/// Present rows that go, and new rows that nobody moves to.
struct Comings
{
    std::vector<int> gone, added;
    bool inOrder = true;
};

Comings comingsOf(const std::vector<int> &newRowOf, size_t newCount)
{
    Comings result;
    std::vector<bool> taken(newCount, false);
    int previous = -1;
    for (size_t row = 0; row < newRowOf.size(); ++row) {
        const int target = newRowOf[row];
        if (target < 0) {
            result.gone.push_back(int(row));
            continue;
        }
        taken[size_t(target)] = true;
        result.inOrder = result.inOrder && target > previous;
        previous = target;
    }
    for (size_t row = 0; row < newCount; ++row) {
        if (!taken[row])
            result.added.push_back(int(row));
    }
    return result;
}

/// Where each row goes when the rows that stay come first, in their new order, and the others behind them.
std::vector<int> goneLast(const std::vector<int> &newRowOf)
{
    std::vector<int> order(newRowOf.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return unsigned(newRowOf[size_t(a)]) < unsigned(newRowOf[size_t(b)]); // -1 is the largest
    });
    std::vector<int> target(order.size());
    for (size_t i = 0; i < order.size(); ++i)
        target[size_t(order[i])] = int(i);
    return target;
}

} // namespace

std::vector<RowSpan> spansOf(const std::vector<int> &rows)
{
    std::vector<RowSpan> spans;
    for (int row : rows) {
        if (!spans.empty() && spans.back().last + 1 == row)
            spans.back().last = row;
        else
            spans.push_back({row, row});
    }
    return spans;
}

int RowTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

void RowTableModel::retireRows()
{
    for (int &item : m_rows)
        item = ~item;
}

void RowTableModel::applyRows(
    const std::vector<int> &items, const std::vector<int> &newRowOf, const std::vector<int> &changed)
{
    Q_ASSERT(newRowOf.size() == m_rows.size());
    const Comings comings = comingsOf(newRowOf, items.size());
    std::vector<int> target; // new row of each row that stays, as the list shrinks and grows
    for (size_t row = 0; row < m_rows.size(); ++row) {
        if (newRowOf[row] >= 0) {
            m_rows[row] = items[size_t(newRowOf[row])];
            target.push_back(newRowOf[row]);
        }
    }
    std::vector<RowSpan> gone = spansOf(comings.gone);
    std::vector<RowSpan> added = spansOf(comings.added);
    const bool few = comings.inOrder && int(gone.size() + added.size()) <= kMaxSpans;
    if (!few && gone.size() > 1) {
        permute(goneLast(newRowOf));
        std::sort(target.begin(), target.end());
        gone = {{int(target.size()), int(m_rows.size()) - 1}};
    }
    for (auto span = gone.rbegin(); span != gone.rend(); ++span) {
        beginRemoveRows({}, span->first, span->last);
        m_rows.erase(m_rows.begin() + span->first, m_rows.begin() + span->last + 1);
        endRemoveRows();
    }
    const bool sorted = std::is_sorted(target.begin(), target.end());
    if (sorted && int(added.size()) <= kMaxSpans) {
        for (const RowSpan &span : added) {
            beginInsertRows({}, span.first, span.last);
            m_rows.insert(
                m_rows.begin() + span.first, items.begin() + span.first, items.begin() + span.last + 1);
            endInsertRows();
        }
    } else {
        if (!comings.added.empty()) {
            beginInsertRows({}, int(m_rows.size()), int(items.size()) - 1);
            for (int row : comings.added) {
                m_rows.push_back(items[size_t(row)]);
                target.push_back(row);
            }
            endInsertRows();
        }
        permute(target);
    }
    announceChanged(changed);
}

void RowTableModel::announceChanged(const std::vector<int> &changed)
{
    std::vector<RowSpan> spans = spansOf(changed);
    if (int(spans.size()) > kMaxSpans)
        spans = {{spans.front().first, spans.back().last}};
    for (const RowSpan &span : spans)
        emit dataChanged(index(span.first, 0), index(span.last, columnCount() - 1));
}

void RowTableModel::permute(const std::vector<int> &newRowOf)
{
    if (std::is_sorted(newRowOf.begin(), newRowOf.end()))
        return;
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    to.reserve(from.size());
    for (const QModelIndex &old : from)
        to.append(index(newRowOf[size_t(old.row())], old.column()));
    std::vector<int> moved(m_rows.size());
    for (size_t row = 0; row < m_rows.size(); ++row)
        moved[size_t(newRowOf[row])] = m_rows[row];
    m_rows = std::move(moved);
    changePersistentIndexList(from, to);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

} // namespace bw
