// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/owncontext.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

template<typename List>
int leaveOut(List &list, const QMap<QString, QString> &context, const AliasTable &aliases)
{
    return int(
        std::erase_if(list, [&](const auto &item) { return isOfOther(item.labels, context, aliases); }));
}

} // namespace

int leaveOutOthers(QueryResult &result, const QMap<QString, QString> &context, const AliasTable &aliases)
{
    const auto *query = std::get_if<OwnDataQuery>(&result.spec.body);
    const bool isSources = query && query->topic == "sources"_L1;
    if (context.isEmpty() || isSources || !result.data)
        return 0;
    QueryData data;
    int left = 0;
    if (const auto *alerts = dataAs<std::vector<Alert>>(result)) {
        std::vector<Alert> kept = *alerts;
        left = leaveOut(kept, context, aliases);
        data = std::move(kept);
    } else if (const auto *items = dataAs<OwnItems>(result)) {
        OwnItems kept = *items;
        left = leaveOut(kept.items, context, aliases);
        data = std::move(kept);
    }
    if (left > 0)
        result.data = std::make_shared<const QueryData>(std::move(data));
    return left;
}

} // namespace bw
