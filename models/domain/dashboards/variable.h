// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace bw {

/// One variable as a dashboard's file declares it. A value.
struct Variable
{
    QString name, kind; ///< query, custom, constant, text, interval, datasource, adhoc
    QString label, datasource;
    /// query: what is asked, such as label_values(up, job); datasource: the type of source; constant: its
    /// value; else empty.
    QString query;
    /// Filters options, and cuts them: the first capture, or the groups named text and value.
    QString regex;
    /// custom: "text : value" or the value alone; interval: durations; query: what is offered until it was
    /// asked, and with `refresh` never instead of asking.
    QStringList options;
    bool multi = false, all = false;
    QString allValue; ///< goes into expressions as it stands; empty: all options joined
    QString sort = QStringLiteral("alpha"); ///< none, alpha, numeric, natural; …-desc
    QString refresh = QStringLiteral("load"); ///< never, load, time (whenever the range changes)
    /// interval: offers "auto", the range divided by `autoCount`, at least `autoMin`.
    bool automatic = false;
    int autoCount = 30;
    QString autoMin = QStringLiteral("10s");
    /// Values to begin with; adhoc: matchers such as `pod="x"`.
    QStringList defaults;
    /// all; value: without its label; label: with its value, not to be changed; none.
    QString show = QStringLiteral("all");
    bool operator==(const Variable &) const = default;
};

} // namespace bw
