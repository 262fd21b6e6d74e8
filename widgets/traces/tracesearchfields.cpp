// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/tracesearchview.h>

#include <domain/traces/tracefilter.h>
#include <domain/traces/tracesearchtext.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

Result<TraceSearch> searchFrom(const TraceSearchFields &fields, const TimeRange &range)
{
    // The free line may hold any term; what stands in a field of its own wins.
    QString line = fields.attributes;
    const auto add = [&line](const QString &before, const QString &value) {
        const QString trimmed = value.trimmed();
        if (!trimmed.isEmpty())
            line += u' ' + before + quotedTerm(trimmed);
    };
    line += u" limit:50"_s;
    add(u"service:"_s, fields.service);
    add(u"operation:"_s, fields.operation);
    add(u">"_s, fields.minDuration);
    add(u"<"_s, fields.maxDuration);
    add(u"limit:"_s, fields.limit);
    if (fields.errorsOnly)
        line += u" error"_s;
    auto search = parseTraceSearch(fields.traceql.trimmed().isEmpty() ? line : fields.traceql);
    if (search)
        search->range = range;
    return search;
}

} // namespace bw
