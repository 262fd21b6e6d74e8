// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/variableoptions.h>

#include <QAbstractListModel>

namespace bw {

/// The lines of a list to choose from: "All" where it is offered, options that fit what is typed, chosen
/// values that are no option, and what is typed itself. Quick with tens of thousands of options: a line is
/// made when it is looked at. UI thread.
class ChoiceModel final : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        ValueRole = Qt::UserRole, ///< what expressions see; empty for "All"
        AllRole, ///< true for the line "All"
        MissingRole ///< true for a chosen value that is no option
    };

    using QAbstractListModel::QAbstractListModel;
    /// Begins anew with these and no filter. `chosen` empty: all, where that is offered.
    void begin(std::vector<VariableOption> options, QStringList chosen, bool isMulti, bool offersAll);
    /// Words, all of which must occur in the text, in any order and case.
    void setFilter(const QString &filter);
    /// Chooses a line alone, or, with several allowed, turns it on or off. "All" takes the others away.
    void toggle(int row);
    /// Chooses a line and nothing else.
    void chooseOnly(int row);
    /// Chooses every option that the filter shows. Only with several allowed.
    void chooseShown();
    const QStringList &chosen() const { return m_chosen; }
    bool isMulti() const { return m_isMulti; }
    /// Options that fit the filter.
    int shownOptions() const { return int(m_shown.size()); }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    struct Line
    {
        QString value, text;
        bool isAll = false, isMissing = false;
    };
    Line lineAt(int row) const;
    bool isChosen(const Line &line) const;
    void marksChanged();

    std::vector<VariableOption> m_options;
    QStringList m_chosen;
    QString m_filter;
    std::vector<int> m_shown; ///< options that fit, by place
    QStringList m_extra; ///< chosen and no option, then what is typed
    int m_missing = 0; ///< of m_extra
    bool m_isMulti = false, m_offersAll = false;
};

} // namespace bw
