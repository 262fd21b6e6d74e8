// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace bw {

/// What a row tells beside its text. Roles carry values; a delegate chooses glyph, word and colour.
enum ItemRole : int {
    NumberRole = Qt::UserRole + 1, ///< double of a numeric cell; invalid when there is none
    TimeRole, ///< qint64, ns since 1970
    SeverityRole, ///< int of Severity
    StateRole, ///< int of AlertState, or of Freshness::State in sourcehealthmodel
    ClassRole, ///< int of AlertClass
    GroupRole, ///< int; equal for neighbours that belong together, see alertGroupOf()
    MembersRole, ///< bool: not every member that was asked reports it
    ToneRole, ///< QString: role name of a threshold or mapping ("warning"), empty for none
    SamplesRole, ///< QVector<double>: the cell's recent values, oldest first
    FieldRole ///< QString: label or query the column shows
};

} // namespace bw
