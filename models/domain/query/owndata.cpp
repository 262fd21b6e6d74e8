// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/owndata.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

const QStringList &ownTopics()
{
    static const QStringList topics{
        u"alerts"_s, u"deploys"_s, u"sources"_s, u"slo"_s, u"changes"_s, u"cost"_s};
    return topics;
}

} // namespace bw
