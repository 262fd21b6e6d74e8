// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/sourceconfig.h>
#include <http/endpoint.h>

#include <functional>
#include <vector>

namespace bw {

/// One secret an endpoint needs: the reference, and where its value goes.
struct EndpointSecret
{
    QString reference;
    std::function<void(Endpoint &, const QByteArray &)> put;
};

/// Every secret of a source, in no particular order; empty when it needs none.
std::vector<EndpointSecret> secretsOf(const SourceConfig &config);

} // namespace bw
