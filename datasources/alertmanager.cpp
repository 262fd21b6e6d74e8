// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/alertmanager.h>
#include <datasources/alertmanagerdecode.h>
#include <datasources/answerclass.h>
#include <datasources/requestlimits.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
/// Builds requests of API v2 to one member and hands answers to the decoder. No state filters are sent: the
/// defaults list everything, a mistyped boolean silently means false, and `unprocessed` does nothing.
class Alertmanager final : public Datasource
{
public:
    Alertmanager(const SourceConfig &config, const QString &endpoint)
        : m_endpoint(endpoint)
        , m_context{{config.id}, {endpoint}, std::max(1, int(config.urls.size()))}
        , m_poll(limits::pollDeadline(config))
    {
    }

    Result<HttpRequest> request(const QuerySpec &spec) const override
    {
        HttpRequest out;
        out.endpoint = m_endpoint;
        out.deadline = m_poll;
        out.maxBytes = limits::kAlertBytes;
        if (std::holds_alternative<AlertsQuery>(spec.body)) {
            out.path = "/api/v2/alerts";
        } else if (std::holds_alternative<AlertGroupsQuery>(spec.body)) {
            out.path = "/api/v2/alerts/groups";
        } else if (std::holds_alternative<SilencesQuery>(spec.body)) {
            out.path = "/api/v2/silences";
            out.maxBytes = limits::kListBytes;
        } else if (std::holds_alternative<StatusQuery>(spec.body)) {
            out.path = "/api/v2/status";
            out.maxBytes = limits::kStatusBytes;
        } else {
            return fail(Error::Kind::Refused,
                u"%1 is an Alertmanager: it has alerts, groups, silences and a status"_s.arg(m_endpoint));
        }
        return out;
    }

    Result<Decoded> decode(
        const QuerySpec &spec, const HttpResponse &response, std::stop_token stop) const override
    {
        Result<void> fit = classifyAnswer(response, u"Alertmanager"_s);
        Result<Answer> answer = fit ? decodeAlertmanager(spec, response.body, m_context, stop)
                                    : Result<Answer>(tl::unexpected(std::move(fit.error())));
        if (!answer) {
            answer.error().message = m_endpoint + u": "_s + answer.error().message;
            return tl::unexpected(std::move(answer.error()));
        }
        return Decoded(std::move(*answer));
    }

private:
    QString m_endpoint;
    AlertmanagerContext m_context;
    std::chrono::milliseconds m_poll;
};
} // namespace

DatasourceKind alertmanagerKind()
{
    DatasourceKind kind;
    kind.id = u"alertmanager"_s;
    kind.title = u"Alertmanager"_s;
    kind.inFlight = 2; // it answers 503 above max(cores, 8) concurrent reads of all its clients
    kind.create = [](const SourceConfig &config, const QString &endpoint) {
        return std::make_shared<const Alertmanager>(config, endpoint);
    };
    return kind;
}

} // namespace bw
