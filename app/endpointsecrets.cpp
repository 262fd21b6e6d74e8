// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/endpointsecrets.h>

namespace bw {

std::vector<EndpointSecret> secretsOf(const SourceConfig &config)
{
    std::vector<EndpointSecret> found;
    if (!config.auth.basicPassword.isEmpty()) {
        found.push_back({config.auth.basicPassword,
            [](Endpoint &endpoint, const QByteArray &value) { endpoint.credentials.basicPassword = value; }});
    }
    if (!config.auth.bearer.isEmpty()) {
        found.push_back({config.auth.bearer,
            [](Endpoint &endpoint, const QByteArray &value) { endpoint.credentials.bearer = value; }});
    }
    for (auto header = config.auth.headers.begin(); header != config.auth.headers.end(); ++header) {
        found.push_back(
            {header.value(), [name = header.key().toUtf8()](Endpoint &endpoint, const QByteArray &value) {
                 endpoint.credentials.headers.emplace_back(name, value);
             }});
    }
    return found;
}

} // namespace bw
