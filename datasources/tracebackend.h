// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/traceanswers.h>

#include <QString>

namespace bw {

/// What the trace backends do alike: hand each kind of question to the function for it, name their source in
/// every error, ask by GET. `Backend` has a build() and a read() for every kind of question it knows; one
/// that is refused here is no question for a trace backend. Stateless; any thread.
template<typename Backend> class TraceBackend : public Datasource
{
public:
    [[nodiscard]] Result<HttpRequest> request(const QuerySpec &spec) const final
    {
        return std::visit([this](const auto &query) { return self().build(query); }, spec.body);
    }

    [[nodiscard]] Result<Decoded> decode(
        const QuerySpec &spec, const HttpResponse &response, std::stop_token stop) const final
    {
        Result<Decoded> out =
            std::visit([&](const auto &query) { return self().read(query, response, stop); }, spec.body);
        if (!out)
            out.error().message = m_endpoint + QStringLiteral(": ") + out.error().message;
        return out;
    }

protected:
    TraceBackend(const SourceConfig &config, const QString &endpoint)
        : m_endpoint(endpoint)
        , m_query(limits::queryDeadline(config))
        , m_poll(limits::pollDeadline(config))
    {
    }
    HttpRequest get(const QByteArray &path, qint64 bytes) const
    {
        HttpRequest out;
        out.endpoint = m_endpoint;
        out.path = path;
        out.deadline = m_query;
        out.maxBytes = bytes;
        return out;
    }

    const QString m_endpoint;
    const std::chrono::milliseconds m_query, m_poll; ///< deadlines

private:
    const Backend &self() const { return static_cast<const Backend &>(*this); }
};

} // namespace bw
