// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/identity.h>
#include <domain/query/queryresult.h>

namespace bw {

/// Takes alerts and deploys out of `result` that are of another service, namespace … than `context` says;
/// how many. What does not say whose it is stays: nothing is hidden on a guess.
int leaveOutOthers(
    QueryResult &result, const QMap<QString, QString> &context, const AliasTable &aliases = {});

} // namespace bw
