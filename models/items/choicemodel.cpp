// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/choicemodel.h>

#include <domain/base/untrusted.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

constexpr int kMaxText = 200; // a line of a list, not a letter

bool fits(const QString &text, const QStringList &words)
{
    return std::all_of(words.begin(), words.end(),
        [&](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace

void ChoiceModel::begin(std::vector<VariableOption> options, QStringList chosen, bool isMulti, bool offersAll)
{
    m_options = std::move(options);
    m_chosen = std::move(chosen);
    m_isMulti = isMulti;
    m_offersAll = offersAll;
    setFilter({});
}

void ChoiceModel::setFilter(const QString &filter)
{
    beginResetModel();
    m_filter = filter.trimmed();
    const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
    m_shown.clear();
    QStringList unknown = m_chosen;
    bool isOption = false;
    for (size_t place = 0; place < m_options.size(); ++place) {
        const VariableOption &option = m_options[place];
        if (!unknown.isEmpty())
            unknown.removeOne(option.value);
        isOption = isOption || option.value == m_filter;
        if (words.isEmpty() || fits(option.text, words) || fits(option.value, words))
            m_shown.push_back(int(place));
    }
    m_extra.clear();
    for (const QString &value : std::as_const(unknown)) {
        if (!value.isEmpty() && fits(value, words))
            m_extra << value;
    }
    m_missing = int(m_extra.size());
    if (!m_filter.isEmpty() && !isOption && !m_extra.contains(m_filter))
        m_extra << m_filter;
    endResetModel();
}

int ChoiceModel::rowCount(const QModelIndex &parent) const
{
    const bool hasAll = m_offersAll && m_filter.isEmpty();
    return parent.isValid() ? 0 : int(hasAll) + int(m_shown.size()) + int(m_extra.size());
}

ChoiceModel::Line ChoiceModel::lineAt(int row) const
{
    if (m_offersAll && m_filter.isEmpty()) {
        if (row == 0)
            return {{}, tr("All"), true, false};
        --row;
    }
    if (row < int(m_shown.size())) {
        const VariableOption &option = m_options[size_t(m_shown[size_t(row)])];
        return {option.value, option.text, false, false};
    }
    const int extra = row - int(m_shown.size());
    const QString value = m_extra.value(extra);
    const bool isMissing = extra < m_missing;
    return {value, isMissing ? tr("%1 (not found)").arg(value) : value, false, isMissing};
}

bool ChoiceModel::isChosen(const Line &line) const
{
    return line.isAll ? m_chosen.isEmpty() : m_chosen.contains(line.value);
}

QVariant ChoiceModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Line line = lineAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return render::line(Untrusted(line.text), kMaxText);
    case Qt::CheckStateRole:
        return m_isMulti ? QVariant(isChosen(line) ? Qt::Checked : Qt::Unchecked) : QVariant();
    case ValueRole:
        return line.value;
    case AllRole:
        return line.isAll;
    case MissingRole:
        return line.isMissing;
    default:
        return {};
    }
}

Qt::ItemFlags ChoiceModel::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren
                           : Qt::NoItemFlags;
}

void ChoiceModel::toggle(int row)
{
    if (row < 0 || row >= rowCount())
        return;
    const Line line = lineAt(row);
    if (line.isAll)
        m_chosen.clear();
    else if (!m_isMulti)
        m_chosen = {line.value};
    else if (!m_chosen.removeOne(line.value))
        m_chosen << line.value;
    marksChanged();
}

void ChoiceModel::chooseOnly(int row)
{
    if (row < 0 || row >= rowCount())
        return;
    const Line line = lineAt(row);
    m_chosen = line.isAll ? QStringList() : QStringList{line.value};
    marksChanged();
}

void ChoiceModel::chooseShown()
{
    if (!m_isMulti)
        return;
    m_chosen.clear();
    for (const int place : m_shown)
        m_chosen << m_options[size_t(place)].value;
    marksChanged();
}

void ChoiceModel::marksChanged()
{
    if (rowCount() > 0)
        emit dataChanged(index(0), index(rowCount() - 1), {Qt::CheckStateRole});
}

} // namespace bw
