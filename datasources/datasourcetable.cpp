// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/datasourcetable.h>
#include <domain/base/hosts.h>
#include <domain/base/registry.h>

#include <QUrl>

#include <optional>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
tl::unexpected<Error> invalid(const SourceConfig &config, const QString &what)
{
    const QString place = config.line > 0 ? u"line %1, "_s.arg(config.line) : QString();
    return fail(Error::Kind::Invalid, u"%1datasource \"%2\": %3"_s.arg(place, config.id, what));
}

Result<QByteArray> baseUrl(const SourceConfig &config, const QString &text)
{
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"http" && url.scheme() != u"https"))
        return invalid(config, u"\"%1\" is not an http or https URL"_s.arg(text));
    if (!url.userInfo().isEmpty())
        return invalid(config, u"the URL holds credentials; put them under auth"_s);
    if (url.hasQuery() || url.hasFragment())
        return invalid(config, u"\"%1\" must end with its path: no ? and no #"_s.arg(text));
    QByteArray out = url.toEncoded(QUrl::FullyEncoded);
    while (out.endsWith('/'))
        out.chop(1);
    return out;
}

Endpoint endpointFor(const SourceConfig &config, const QString &id, const QByteArray &url)
{
    Endpoint out;
    out.id = id;
    out.baseUrl = url;
    out.caFile = config.tls.ca.toUtf8();
    out.clientCert = config.tls.cert.toUtf8();
    out.clientKey = config.tls.key.toUtf8();
    out.serverName = config.tls.serverName.toUtf8();
    out.proxy = config.proxy.toUtf8();
    for (auto at = config.headers.begin(); at != config.headers.end(); ++at)
        out.headers.emplace_back(at.key().toUtf8(), at.value().toUtf8());
    // Near by, compressing costs more time than it saves.
    out.compression = config.compression.value_or(!isPrivateHost(QUrl::fromEncoded(url).host()));
    out.plainHttpAllowed = config.plainHttpAllowed;
    return out;
}

QueryScheduler::Source sourceFor(const SourceConfig &config, const DatasourceKind &kind, const QString &id)
{
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    QueryScheduler::Source out;
    out.id = {id};
    out.datasource = kind.create(config, id);
    out.inFlight = config.limits.inFlight > 0 ? config.limits.inFlight : kind.inFlight;
    out.rate = config.limits.rate;
    out.timeout = duration_cast<milliseconds>(config.timeout);
    out.interval = duration_cast<milliseconds>(kind.id == u"alertmanager"
            ? config.alertsPoll.value_or(config.dashboardsPoll)
            : config.dashboardsPoll);
    return out;
}
} // namespace

Result<std::vector<TableEntry>> buildDatasourceTable(
    const std::vector<SourceConfig> &sources, const std::vector<DatasourceKind> &kinds)
{
    std::vector<TableEntry> table;
    QStringList ids, kindIds;
    for (const DatasourceKind &kind : kinds)
        kindIds << kind.id;
    for (const SourceConfig &config : sources) {
        const DatasourceKind *kind = findById(kinds, config.kind);
        if (!kind)
            return invalid(
                config, u"unknown kind \"%1\"; there are: %2"_s.arg(config.kind, kindIds.join(u", "_s)));
        if (ids.contains(config.id))
            return invalid(config, u"this id is used twice"_s);
        ids << config.id;
        if (config.urls.isEmpty())
            return invalid(config, u"it has no url"_s);
        if (config.urls.size() > 1 && config.kind != u"alertmanager")
            return invalid(config, u"only an Alertmanager cluster has several urls"_s);
        for (int i = 0; i < config.urls.size(); ++i) {
            const Result<QByteArray> url = baseUrl(config, config.urls[i]);
            if (!url)
                return tl::unexpected(url.error());
            const bool isMember = config.urls.size() > 1;
            const QString id = isMember ? u"%1/%2"_s.arg(config.id).arg(i + 1) : config.id;
            table.push_back(
                {sourceFor(config, *kind, id), endpointFor(config, id, *url), config, isMember ? i + 1 : 0});
        }
    }
    return table;
}

} // namespace bw
