// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/alertmanagerdecode.h>
#include <datasources/jsonreader.h>
#include <datasources/labelreader.h>
#include <datasources/numbertext.h>

#include <charconv>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
using Answer = Datasource::Answer;

/// Reads alerts and groups of one answer.
class AlertReader
{
public:
    AlertReader(const AlertmanagerContext &context, const std::stop_token &stop)
        : m_context(context)
        , m_stop(stop)
    {
    }

    Result<void> alerts(od::Value value, std::vector<Alert> &out)
    {
        return od::eachItem(value, [&](size_t, od::Value item) -> Result<void> {
            if (m_stop.stop_requested())
                return fail(Error::Kind::Cancelled, u"no longer wanted"_s);
            Result<Alert> read = alert(item);
            if (!read)
                return tl::unexpected(std::move(read.error()));
            out.push_back(std::move(*read));
            return {};
        });
    }

    Result<void> groups(od::Value value, std::vector<AlertGroup> &out)
    {
        return od::eachItem(value, [&](size_t, od::Value item) -> Result<void> {
            AlertGroup group;
            Result<void> read =
                od::eachField(item, [&](std::string_view key, od::Value inner) -> Result<void> {
                    if (key == "labels")
                        return od::into(readLabels(inner, m_cache), group.labels);
                    if (key == "receiver")
                        return od::into(name(inner), group.receiver);
                    return key == "alerts" ? alerts(inner, group.alerts) : Result<void>();
                });
            out.push_back(std::move(group));
            return read;
        });
    }

private:
    /// {"name": "team-x"}
    Result<QString> name(od::Value value)
    {
        QString out;
        Result<void> read = od::eachField(value, [&](std::string_view key, od::Value inner) -> Result<void> {
            return key == "name" ? od::into(od::text(inner), out) : Result<void>();
        });
        if (!read)
            return tl::unexpected(std::move(read.error()));
        return out;
    }

    Result<void> names(od::Value value, QStringList &out)
    {
        Result<void> read = od::eachItem(value, [&](size_t, od::Value item) -> Result<void> {
            const Result<std::string_view> text = od::text(item);
            if (!text)
                return tl::unexpected(text.error());
            out << m_cache(*text);
            return {};
        });
        out.sort();
        return read;
    }

    Result<void> status(od::Value value, Alert &alert)
    {
        QString state;
        Result<void> read = od::eachField(value, [&](std::string_view key, od::Value inner) -> Result<void> {
            if (key == "state")
                return od::into(od::text(inner), state);
            if (key == "silencedBy")
                return names(inner, alert.silencedBy);
            if (key == "inhibitedBy")
                return names(inner, alert.inhibitedBy);
            return key == "mutedBy" ? names(inner, alert.mutedBy) : Result<void>();
        });
        if (!read)
            return read;
        if (state != u"active" && state != u"suppressed" && state != u"unprocessed")
            return od::bad(u"state: unknown state \"%1\""_s.arg(state.left(80)));
        alert.state = AlertState::Firing; // unprocessed: received a moment ago, which is no reason to hide it
        if (state == u"suppressed") {
            alert.state = !alert.silencedBy.isEmpty() ? AlertState::Silenced
                : !alert.inhibitedBy.isEmpty()        ? AlertState::Inhibited
                                                      : AlertState::Muted;
        }
        return {};
    }

    static Result<void> moment(od::Value value, std::optional<Timestamp> &out)
    {
        const Result<std::string_view> text = od::text(value);
        if (!text)
            return tl::unexpected(text.error());
        if (const auto ns = nsFromRfc3339(*text))
            out = fromNs(*ns);
        return {};
    }

    static Result<void> fingerprint(od::Value value, quint64 &out)
    {
        const Result<std::string_view> text = od::text(value);
        if (!text)
            return tl::unexpected(text.error());
        const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), out, 16);
        if (text->size() != 16 || code != std::errc() || end != text->data() + text->size())
            return od::bad(u": expected 16 hexadecimal digits"_s);
        return {};
    }

    Result<Alert> alert(od::Value value)
    {
        Alert out;
        std::optional<Timestamp> starts, ends, updated;
        bool known = false, stated = false;
        const auto field = [&](std::string_view key, od::Value inner) -> Result<void> {
            if (key == "labels")
                return od::into(readLabels(inner, m_cache), out.labels);
            if (key == "annotations")
                return od::into(readLabels(inner, m_cache), out.annotations);
            if (key == "startsAt")
                return moment(inner, starts);
            if (key == "endsAt")
                return moment(inner, ends);
            if (key == "updatedAt")
                return moment(inner, updated);
            if (key == "generatorURL")
                return od::into(od::text(inner), out.generatorUrl);
            if (key == "fingerprint") {
                known = true;
                return fingerprint(inner, out.key.fingerprint);
            }
            if (key == "receivers")
                return receivers(inner, out.receivers);
            stated = stated || key == "status";
            return key == "status" ? status(inner, out) : Result<void>();
        };
        if (Result<void> read = od::eachField(value, field); !read)
            return tl::unexpected(std::move(read.error()));
        if (!starts || !stated || out.labels.isEmpty())
            return od::bad(u": an alert without labels, status or a readable startsAt"_s);
        if (!known)
            out.key.fingerprint = fingerprintOf(out.labels);
        out.key.source = m_context.cluster;
        out.startsAt = *starts;
        out.updatedAt = updated.value_or(*starts);
        if (ends && *ends >= *starts)
            out.endsAt = ends;
        out.members = {{m_context.member, out.startsAt, out.updatedAt}};
        out.membersAsked = m_context.members;
        return out;
    }

    Result<void> receivers(od::Value value, QStringList &out)
    {
        Result<void> read = od::eachItem(value, [&](size_t, od::Value item) -> Result<void> {
            Result<QString> text = name(item);
            if (!text)
                return tl::unexpected(std::move(text.error()));
            out << *text;
            return {};
        });
        out.sort();
        return read;
    }

    const AlertmanagerContext &m_context;
    const std::stop_token &m_stop;
    TextCache m_cache;
};

Result<Timestamp> momentOf(const JsonReader &object, const char *key)
{
    const Result<JsonReader> value = object.field(key);
    if (!value)
        return tl::unexpected(value.error());
    const Result<QString> text = value->text();
    if (!text)
        return tl::unexpected(text.error());
    const QByteArray bytes = text->toUtf8();
    const auto ns = nsFromRfc3339({bytes.constData(), size_t(bytes.size())});
    if (!ns)
        return value->expected("a time as RFC 3339");
    return fromNs(*ns);
}

Result<SilenceMatcher> readMatcher(const JsonReader &value)
{
    const Result<QString> name = value.textOf("name"), pattern = value.textOf("value");
    if (!name || !pattern)
        return tl::unexpected(name ? pattern.error() : name.error());
    if (name->isEmpty())
        return value.expected("a matcher with a name");
    SilenceMatcher out{Untrusted(*name), Untrusted(*pattern), false, true};
    if (const auto regex = value.find("isRegex")) {
        if (Result<void> read = od::into(regex->boolean(), out.isRegex); !read)
            return tl::unexpected(read.error());
    }
    if (const auto equal = value.find("isEqual")) { // since 0.22; before, every matcher was one of equality
        if (Result<void> read = od::into(equal->boolean(), out.isEqual); !read)
            return tl::unexpected(read.error());
    }
    return out;
}

Result<Silence> readSilence(const JsonReader &value)
{
    const Result<JsonReader> status = value.field("status"), matchers = value.field("matchers");
    if (!status || !matchers)
        return tl::unexpected(status ? matchers.error() : status.error());
    const Result<QString> id = value.textOf("id"), state = status->textOf("state"),
                          author = value.textOf("createdBy"), comment = value.textOf("comment");
    for (const Result<QString> *text : {&id, &state, &author, &comment}) {
        if (!*text)
            return tl::unexpected(text->error());
    }
    const Result<Timestamp> starts = momentOf(value, "startsAt"), ends = momentOf(value, "endsAt"),
                            updated = momentOf(value, "updatedAt");
    for (const Result<Timestamp> *time : {&starts, &ends, &updated}) {
        if (!*time)
            return tl::unexpected(time->error());
    }
    if (id->isEmpty())
        return value.expected("a silence with an id");
    if (*state != u"active" && *state != u"pending" && *state != u"expired")
        return status->expected("a state active, pending or expired");
    Silence out{*id, *state, {}, *starts, *ends, *updated, Untrusted(*author), Untrusted(*comment)};
    Result<void> read = matchers->each([&out](const JsonReader &item) -> Result<void> {
        Result<SilenceMatcher> matcher = readMatcher(item);
        if (!matcher)
            return tl::unexpected(std::move(matcher.error()));
        out.matchers.push_back(std::move(*matcher));
        return {};
    });
    if (!read)
        return tl::unexpected(std::move(read.error()));
    return out;
}

Result<QueryData> readSilences(const QByteArray &body)
{
    const Result<JsonReader> root = JsonReader::parse(body);
    if (!root)
        return tl::unexpected(root.error());
    if (!root->isArray())
        return root->expected("an array of silences");
    std::vector<Silence> out;
    Result<void> read = root->each([&out](const JsonReader &item) -> Result<void> {
        Result<Silence> silence = readSilence(item);
        if (!silence)
            return tl::unexpected(std::move(silence.error()));
        out.push_back(std::move(*silence));
        return {};
    });
    if (!read)
        return tl::unexpected(std::move(read.error()));
    return QueryData(std::move(out));
}

Result<QueryData> readStatus(const QByteArray &body)
{
    const Result<JsonReader> root = JsonReader::parse(body);
    if (!root)
        return tl::unexpected(root.error());
    const Result<JsonReader> version = root->field("versionInfo"), cluster = root->field("cluster");
    if (!version || !cluster)
        return tl::unexpected(version ? cluster.error() : version.error());
    const Result<QString> number = version->textOf("version"), state = cluster->textOf("status");
    if (!number || !state)
        return tl::unexpected(number ? state.error() : number.error());
    ServerStatus out;
    out.product = u"alertmanager"_s;
    out.version = number->left(80);
    out.clusterStatus = state->left(80);
    if (const auto peers = cluster->find("peers")) {
        Result<void> read = peers->each([&out](const JsonReader &) -> Result<void> {
            ++out.clusterPeers;
            return {};
        });
        if (!read)
            return tl::unexpected(std::move(read.error()));
    }
    if (const Result<Timestamp> since = momentOf(*root, "uptime"))
        out.startedAt = *since;
    return QueryData(std::move(out));
}

bool beginsWithBracket(const QByteArray &body)
{
    const QByteArray head = body.left(64).trimmed();
    return head.startsWith('[');
}
} // namespace

Result<Answer> decodeAlertmanager(const QuerySpec &spec, const QByteArray &body,
    const AlertmanagerContext &context, const std::stop_token &stop)
{
    Result<QueryData> data = fail(Error::Kind::Refused, u"an Alertmanager has no answer of this kind"_s);
    const bool isAlerts = std::holds_alternative<AlertsQuery>(spec.body);
    if (isAlerts || std::holds_alternative<AlertGroupsQuery>(spec.body)) {
        // `null` would read as an empty list, and no alert is too important a claim for that.
        if (!beginsWithBracket(body))
            return fail(
                Error::Kind::Decode, u"not an Alertmanager answer: expected an array"_s, bodyExcerpt(body));
        AlertReader reader(context, stop);
        std::vector<Alert> alerts;
        std::vector<AlertGroup> groups;
        Result<void> read = od::readDocument(body, {}, [&](od::Value root) {
            return isAlerts ? reader.alerts(root, alerts) : reader.groups(root, groups);
        });
        if (!read)
            return tl::unexpected(std::move(read.error()));
        data = isAlerts ? QueryData(std::move(alerts)) : QueryData(std::move(groups));
    } else if (std::holds_alternative<SilencesQuery>(spec.body)) {
        data = readSilences(body);
    } else if (std::holds_alternative<StatusQuery>(spec.body)) {
        data = readStatus(body);
    }
    if (!data) {
        if (data.error().kind == Error::Kind::Decode && data.error().detail.isEmpty())
            data.error().detail = bodyExcerpt(body);
        return tl::unexpected(std::move(data.error()));
    }
    return Answer{std::move(*data), {}, false};
}

} // namespace bw
