// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/sourcereader.h>

#include <domain/base/hosts.h>
#include <store/documents/configfile.h>

#include <QRegularExpression>
#include <QSet>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

bool matches(QStringView text, const QString &pattern)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(text.toString()).hasMatch();
}

bool isHeaderName(const QString &name) { return matches(name, u"[A-Za-z0-9!#$%&'*+.^_`|~-]+"_s); }

bool hasControls(const QString &text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c < ' '_L1 || c.unicode() == 0x7f; });
}

/// Reads the datasources and what hangs together between them.
class SourceReader
{
public:
    SourceReader(YamlReport &report, const QStringList &kinds)
        : m_report(report)
        , m_kinds(kinds)
    {
    }

    std::vector<SourceConfig> read(YamlMap &top)
    {
        top.forEach(u"datasources"_s, [this](const YamlNode &node) { readSource(node); });
        checkTogether();
        return std::move(m_sources);
    }

private:
    void readSource(const YamlNode &node)
    {
        const int before = m_report.errors();
        YamlMap map(node, m_report, u"a datasource"_s);
        if (node.kind != YamlNode::Kind::Map)
            return;
        SourceConfig source;
        source.line = node.line;
        source.id = map.requiredId(u"id"_s);
        source.kind = map.required(u"kind"_s);
        if (!source.kind.isEmpty() && !m_kinds.isEmpty() && !m_kinds.contains(source.kind))
            map.wrong(*node.find(u"kind"), u"kind"_s, m_kinds.join(u", "_s));
        source.plainHttpAllowed =
            map.choice(u"plain_http"_s, {u"allowed"_s, u"refused"_s}, u"refused"_s) == "allowed"_L1;
        source.urls = addresses(map, source);
        source.isDefault = map.boolean(u"default"_s, false);
        source.labels = labels(map);
        source.headers = plainHeaders(map);
        if (const YamlNode *auth = map.value(u"auth"_s))
            source.auth = readAuth(*auth, source.id);
        if (const YamlNode *tls = map.value(u"tls"_s))
            source.tls = readTls(*tls);
        if (const YamlNode *poll = map.value(u"poll"_s))
            readPoll(*poll, source);
        readTransport(map, source);
        source.profile = map.text(u"profile"_s, u"auto"_s);
        source.metrics = map.text(u"metrics"_s);
        if (source.kind == "jaeger"_L1)
            source.api = map.choice(u"api"_s, {u"auto"_s, u"v3"_s, u"legacy"_s}, u"auto"_s);
        map.finish();
        checkId(node, source.id);
        if (m_report.errors() == before)
            m_sources.push_back(std::move(source));
    }

    void checkId(const YamlNode &node, const QString &id)
    {
        if (id.isEmpty())
            return;
        if (m_ids.contains(id))
            m_report.error(*node.find(u"id"),
                u"id: '%1' is used by the datasource of line %2 too"_s.arg(id).arg(m_ids.value(id)));
        else
            m_ids.insert(id, node.line);
    }

    QStringList addresses(YamlMap &map, const SourceConfig &source)
    {
        const YamlNode *url = map.value(u"url"_s), *members = map.value(u"members"_s);
        if (members && source.kind != "alertmanager"_L1) {
            m_report.error(*members, u"members: only an alertmanager has them; give 'url'"_s);
            return {};
        }
        if (url && members) {
            m_report.error(*members, u"members: found 'url' and 'members'; give one of them"_s);
            return {};
        }
        if (!url && !members) {
            m_report.error(map.node(),
                source.kind == "alertmanager"_L1
                    ? u"a datasource of kind alertmanager needs 'url' or 'members'"_s
                    : u"a datasource needs 'url'"_s);
            return {};
        }
        if (url)
            return address(*url, u"url"_s, source.plainHttpAllowed);
        QStringList found;
        map.forEach(u"members"_s, [&](const YamlNode &member) {
            const QStringList one = address(member, u"members"_s, source.plainHttpAllowed);
            if (!one.isEmpty() && found.contains(one.first()))
                m_report.error(member, u"members: this address stands here twice"_s);
            found += one;
        });
        if (found.isEmpty() && members->items.empty())
            m_report.error(*members, u"members: needs at least one address"_s);
        return found;
    }

    /// One address as a list, or an empty list after reporting why not.
    QStringList address(const YamlNode &node, const QString &key, bool plainHttpAllowed)
    {
        const QUrl url(node.text, QUrl::StrictMode);
        if (node.kind != YamlNode::Kind::Scalar || !url.isValid() || url.host().isEmpty()
            || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1)) {
            // The text is not repeated: what is not an address may hold a password all the same.
            m_report.error(node, u"%1: this is no http:// or https:// address with a host"_s.arg(key));
            return {};
        }
        if (!url.userInfo().isEmpty()) {
            m_report.error(node,
                u"%1: holds a user or password (not shown); name the user and a secret "
                "reference under 'auth: {basic: …}'"_s.arg(key));
            return {};
        }
        if (url.hasQuery() || url.hasFragment()) {
            m_report.error(node, u"%1: found a query or fragment; the address ends with its path"_s.arg(key));
            return {};
        }
        if (url.scheme() == "http"_L1 && !isLoopbackHost(url.host()) && !plainHttpAllowed) {
            m_report.error(node,
                u"%1: http:// to %2 can be read on the way; use https://, or accept it with "
                "'plain_http: allowed'"_s.arg(key, url.host()));
            return {};
        }
        return {node.text};
    }

    QMap<QString, QString> labels(YamlMap &map)
    {
        const QMap<QString, QString> found = map.textMap(u"labels"_s);
        for (auto it = found.begin(); it != found.end(); ++it) {
            if (!matches(it.key(), u"[A-Za-z_][A-Za-z0-9_]*"_s))
                m_report.error(*map.node().find(u"labels"), u"labels: '%1' is no label name"_s.arg(it.key()));
        }
        return found;
    }

    QMap<QString, QString> plainHeaders(YamlMap &map)
    {
        static const QSet<QString> ours{u"host"_s, u"connection"_s, u"content-length"_s, u"content-type"_s,
            u"transfer-encoding"_s, u"accept-encoding"_s, u"te"_s, u"upgrade"_s};
        static const QSet<QString> secret{u"authorization"_s, u"proxy-authorization"_s, u"cookie"_s};
        // Read without the common accessor: its messages would repeat a header's value.
        QMap<QString, QString> found;
        const YamlNode *node = map.value(u"headers"_s);
        if (!node)
            return found;
        YamlMap headers(*node, m_report, u"headers"_s);
        headers.keepSecret();
        for (const YamlEntry &entry : node->entries) {
            const QString name = entry.key.toLower();
            const QString value = headers.text(entry.key);
            if (!isHeaderName(entry.key) || ours.contains(name))
                m_report.error(entry.value, u"headers: '%1' cannot be set"_s.arg(entry.key.left(60)));
            else if (secret.contains(name))
                m_report.error(entry.value,
                    u"headers: '%1' carries a secret; write it under 'auth: {headers: …}' as a reference"_s
                        .arg(entry.key));
            else if (hasControls(value))
                m_report.error(
                    entry.value, u"headers: the value of '%1' has control characters"_s.arg(entry.key));
            else
                found.insert(entry.key, value);
        }
        return found;
    }

    SourceConfig::Auth readAuth(const YamlNode &node, const QString &id)
    {
        SourceConfig::Auth auth;
        YamlMap map(node, m_report, u"auth"_s);
        map.keepSecret();
        if (const YamlNode *basic = map.value(u"basic"_s)) {
            YamlMap pair(*basic, m_report, u"auth.basic"_s);
            pair.keepSecret();
            auth.basicUser = pair.required(u"user"_s);
            if (const YamlNode *password = pair.value(u"password"_s))
                auth.basicPassword = reference(*password, u"auth.basic.password"_s, id);
            else
                m_report.error(*basic, u"auth.basic needs 'password'"_s);
            pair.finish();
        }
        if (const YamlNode *bearer = map.value(u"bearer"_s))
            auth.bearer = reference(*bearer, u"auth.bearer"_s, id);
        if (const YamlNode *headers = map.value(u"headers"_s))
            auth.headers = secretHeaders(*headers, id);
        if (!auth.bearer.isEmpty() && !auth.basicUser.isEmpty())
            m_report.error(node, u"auth: found 'basic' and 'bearer'; both set the same header, give one"_s);
        map.finish();
        return auth;
    }

    QMap<QString, QString> secretHeaders(const YamlNode &node, const QString &id)
    {
        QMap<QString, QString> found;
        YamlMap map(node, m_report, u"auth.headers"_s);
        map.keepSecret();
        for (const YamlEntry &entry : node.entries) {
            if (isHeaderName(entry.key))
                found.insert(entry.key, reference(entry.value, u"auth.headers"_s, id));
            else
                m_report.error(entry.value, u"auth.headers: this is no header name (not shown)"_s);
        }
        return found;
    }

    QString reference(const YamlNode &node, const QString &key, const QString &id)
    {
        if (node.kind == YamlNode::Kind::Scalar && isSecretReference(node.text))
            return node.text;
        m_report.error(node,
            u"%1: found a literal secret (not shown). Move it to the keyring and write "
            "'keyring:%2', or refer to it as env:VAR, file:PATH (mode 0600) or "
            "command:PROGRAM ARG…"_s.arg(key, id.isEmpty() ? u"NAME"_s : id));
        return {};
    }

    SourceConfig::Tls readTls(const YamlNode &node)
    {
        YamlMap map(node, m_report, u"tls"_s);
        map.keepSecret();
        SourceConfig::Tls tls;
        tls.ca = map.text(u"ca"_s);
        tls.cert = map.text(u"cert"_s);
        tls.key = map.text(u"key"_s);
        tls.serverName = map.text(u"server_name"_s);
        if (tls.cert.isEmpty() != tls.key.isEmpty())
            m_report.error(node, u"tls: 'cert' and 'key' belong together"_s);
        for (const QString &value : {tls.cert, tls.key}) {
            if (value.contains("-----BEGIN"_L1))
                m_report.error(node, u"tls: found a literal key or certificate (not shown); give its path"_s);
        }
        map.finish();
        return tls;
    }

    void readPoll(const YamlNode &node, SourceConfig &source)
    {
        YamlMap map(node, m_report, u"poll"_s);
        const YamlNode *alerts = node.find(u"alerts");
        if (alerts && alerts->text == "auto"_L1)
            map.value(u"alerts"_s);
        else
            source.alertsPoll = map.duration(u"alerts"_s, 1s);
        source.dashboardsPoll = map.duration(u"dashboards"_s, 1s).value_or(source.dashboardsPoll);
        map.finish();
    }

    void readTransport(YamlMap &map, SourceConfig &source)
    {
        source.timeout = map.duration(u"timeout"_s, 1s).value_or(source.timeout);
        const QString compression =
            map.choice(u"compression"_s, {u"auto"_s, u"on"_s, u"off"_s, u"true"_s, u"false"_s}, u"auto"_s);
        if (compression != "auto"_L1)
            source.compression = compression == "on"_L1 || compression == "true"_L1;
        source.proxy = map.text(u"proxy"_s);
        if (!source.proxy.isEmpty() && !QUrl(source.proxy).userInfo().isEmpty())
            m_report.error(*map.node().find(u"proxy"),
                u"proxy: holds a user or password (not shown); it cannot carry one"_s);
        if (const YamlNode *limits = map.value(u"limits"_s)) {
            YamlMap values(*limits, m_report, u"limits"_s);
            source.limits.inFlight = values.integer(u"in_flight"_s, source.limits.inFlight, 1, 64);
            source.limits.rate = values.number(u"rate"_s, source.limits.rate, 0.01, 1000);
            source.limits.series = values.integer(u"series"_s, source.limits.series, 1, 1'000'000);
            values.finish();
        }
    }

    void checkTogether()
    {
        YamlNode at;
        at.column = 1;
        QMap<QString, QString> defaults;
        for (const SourceConfig &source : m_sources) {
            at.line = source.line;
            if (source.isDefault && defaults.contains(source.kind))
                m_report.error(at,
                    u"default: '%1' and '%2' are both the default of kind %3; keep one"_s.arg(
                        defaults.value(source.kind), source.id, source.kind));
            else if (source.isDefault)
                defaults.insert(source.kind, source.id);
            if (!source.metrics.isEmpty() && !m_ids.contains(source.metrics))
                m_report.error(at,
                    u"metrics: '%1' names no datasource; known: %2"_s.arg(
                        source.metrics.left(60), QStringList(m_ids.keys()).join(u", "_s)));
        }
    }

    YamlReport &m_report;
    QStringList m_kinds;
    std::vector<SourceConfig> m_sources;
    QMap<QString, int> m_ids; ///< → line
};

} // namespace

std::vector<SourceConfig> readSources(YamlMap &top, YamlReport &report, const QStringList &kinds)
{
    return SourceReader(report, kinds).read(top);
}

bool isSecretReference(QStringView text)
{
    return matches(text,
        u"keyring:[^\\s:][^\\r\\n]*|env:[A-Za-z_][A-Za-z0-9_]*|file:[^\\s][^\\r\\n]*|command:[^\\s][^\\r\\n]*"_s);
}

} // namespace bw
