// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/fieldspec.h>
#include <domain/query/queryresult.h>
#include <domain/query/sourceconfig.h>
#include <http/httptransport.h>

#include <memory>
#include <stop_token>

namespace bw {

/// Describes requests to one kind of server and decodes its answers. No I/O, no state: const from any thread.
class Datasource
{
public:
    struct Answer
    {
        QueryData data;
        std::vector<Untrusted> warnings;
        bool partial = false; ///< the server itself said so
    };
    /// Data, or one more request to make: POST refused, the same by GET; a page that this version lacks.
    using Decoded = std::variant<Answer, HttpRequest>;

    virtual ~Datasource() = default;
    /// Refused for a query this kind does not have.
    [[nodiscard]] virtual Result<HttpRequest> request(const QuerySpec &spec) const = 0;
    /// `response` is any answer of a finished transfer, error statuses included.
    [[nodiscard]] virtual Result<Decoded> decode(
        const QuerySpec &spec, const HttpResponse &response, std::stop_token stop) const = 0;
};

/// One line in the list of kinds (datasourcekinds.cpp).
struct DatasourceKind
{
    QString id, title;
    int inFlight = 2; ///< parallel requests by default
    std::vector<FieldSpec> fields; ///< beyond the common ones
    /// One Datasource for one server; `endpoint` is its endpoint id.
    std::function<std::shared_ptr<const Datasource>(const SourceConfig &config, const QString &endpoint)>
        create;
};

} // namespace bw
