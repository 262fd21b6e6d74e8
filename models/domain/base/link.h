// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/base/timerange.h>
#include <domain/traces/tracesearch.h>

#include <QMap>
#include <QString>

#include <optional>
#include <variant>

namespace bw {

struct DashboardLink
{
    QString dashboard; ///< id
    QMap<QString, QString> context; ///< variable → value
    std::optional<TimeRange> range;
};
struct AlertLink
{
    AlertKey key;
};
/// A web address; opened only on the user's click, http and https only.
struct WebLink
{
    QString url;
};
/// One trace, and a span in it.
struct TraceLink
{
    QString source; ///< id as configured; empty: whichever trace source has it
    TraceId trace;
    std::optional<TimeRange> hint;
    SpanId span = 0; ///< 0: none in particular
};
/// A search for traces, run at once.
struct TraceSearchLink
{
    QString source; ///< empty: the first trace source
    TraceSearch search;
};
/// A place the program can go to. The only way from one view to another.
using Link = std::variant<DashboardLink, AlertLink, WebLink, TraceLink, TraceSearchLink>;

} // namespace bw
