// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/numbertext.h>
#include <datasources/prometheusrules.h>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
/// Where every reader of this file looks things up.
struct Reading
{
    const PrometheusContext &context;
    const std::stop_token &stop;
    TextCache cache;

    Result<void> goOn() const
    {
        if (stop.stop_requested())
            return fail(Error::Kind::Cancelled, u"no longer wanted"_s);
        return {};
    }
};

/// A time, or the epoch for one we cannot reach: Go's zero time says "never evaluated".
Result<void> readMoment(od::Value value, Timestamp &out)
{
    const Result<std::string_view> text = od::text(value);
    if (!text)
        return tl::unexpected(text.error());
    out = fromNs(nsFromRfc3339(*text).value_or(0));
    return {};
}

Result<void> readSpan(od::Value value, Nanoseconds &out)
{
    const Result<double> seconds = od::number(value);
    if (!seconds)
        return tl::unexpected(seconds.error());
    if (!(*seconds >= 0 && *seconds < 9e9))
        return od::bad(u": %1 s is not a duration"_s.arg(*seconds));
    out = Nanoseconds(std::llround(*seconds * 1e9));
    return {};
}

Result<Alert> readAlert(od::Value value, Reading &reading)
{
    Alert alert;
    bool started = false;
    if (Result<void> go = reading.goOn(); !go)
        return tl::unexpected(go.error());
    const auto field = [&](std::string_view key, od::Value inner) -> Result<void> {
        if (key == "labels")
            return od::into(readLabels(inner, reading.cache), alert.labels);
        if (key == "annotations")
            return od::into(readLabels(inner, reading.cache), alert.annotations);
        if (key == "state") {
            const Result<std::string_view> state = od::text(inner);
            if (!state)
                return tl::unexpected(state.error());
            if (*state != "pending" && *state != "firing" && *state != "inactive")
                return od::bad(u": unknown state \"%1\""_s.arg(od::toQString(state->substr(0, 80))));
            alert.state = *state == "pending" ? AlertState::Pending
                : *state == "firing"          ? AlertState::Firing
                                              : AlertState::Resolved;
            return {};
        }
        if (key != "activeAt" || od::isNull(inner))
            return {};
        started = true;
        return readMoment(inner, alert.startsAt);
    };
    if (Result<void> read = od::eachField(value, field); !read)
        return tl::unexpected(std::move(read.error()));
    if (!started || alert.labels.isEmpty())
        return od::bad(u": an alert without labels or activeAt"_s);
    alert.key = {reading.context.cluster, fingerprintOf(alert.labels)};
    alert.updatedAt = alert.startsAt;
    alert.members = {{reading.context.member, alert.startsAt, alert.startsAt}};
    return alert;
}

Result<void> readAlerts(od::Value value, std::vector<Alert> &out, Reading &reading)
{
    return od::eachItem(value, [&](size_t, od::Value item) -> Result<void> {
        Result<Alert> alert = readAlert(item, reading);
        if (!alert)
            return tl::unexpected(std::move(alert.error()));
        out.push_back(std::move(*alert));
        return {};
    });
}

Result<Rule> readRule(od::Value value, Reading &reading)
{
    Rule rule;
    if (Result<void> go = reading.goOn(); !go)
        return tl::unexpected(go.error());
    const auto field = [&](std::string_view key, od::Value inner) -> Result<void> {
        if (key == "type") {
            const Result<std::string_view> type = od::text(inner);
            if (!type || (*type != "alerting" && *type != "recording"))
                return od::bad(u": a rule is alerting or recording"_s);
            rule.type = *type == "alerting" ? Rule::Type::Alerting : Rule::Type::Recording;
            return {};
        }
        if (key == "name")
            return od::into(od::text(inner), rule.name);
        if (key == "query")
            return od::into(od::text(inner), rule.query);
        if (key == "labels")
            return od::isNull(inner) ? Result<void>()
                                     : od::into(readLabels(inner, reading.cache), rule.labels);
        if (key == "annotations")
            return od::isNull(inner) ? Result<void>()
                                     : od::into(readLabels(inner, reading.cache), rule.annotations);
        if (key == "health")
            return od::into(od::text(inner), rule.health);
        if (key == "lastError")
            return od::into(od::text(inner), rule.lastError);
        if (key == "state")
            return od::into(od::text(inner), rule.state);
        if (key == "duration")
            return readSpan(inner, rule.forDuration);
        if (key == "evaluationTime")
            return readSpan(inner, rule.evaluationTime);
        if (key == "lastEvaluation")
            return readMoment(inner, rule.lastEvaluation);
        if (key == "alerts")
            return readAlerts(inner, rule.alerts, reading);
        return {};
    };
    if (Result<void> read = od::eachField(value, field); !read)
        return tl::unexpected(std::move(read.error()));
    return rule;
}

Result<RuleGroup> readGroup(od::Value value, Reading &reading)
{
    RuleGroup group;
    const auto field = [&](std::string_view key, od::Value inner) -> Result<void> {
        if (key == "name")
            return od::into(od::text(inner), group.name);
        if (key == "file")
            return od::into(od::text(inner), group.file);
        if (key == "interval")
            return readSpan(inner, group.interval);
        if (key == "evaluationTime")
            return readSpan(inner, group.evaluationTime);
        if (key == "lastEvaluation")
            return readMoment(inner, group.lastEvaluation);
        if (key != "rules")
            return {};
        return od::eachItem(inner, [&](size_t, od::Value item) -> Result<void> {
            Result<Rule> rule = readRule(item, reading);
            if (!rule)
                return tl::unexpected(std::move(rule.error()));
            group.rules.push_back(std::move(*rule));
            return {};
        });
    };
    if (Result<void> read = od::eachField(value, field); !read)
        return tl::unexpected(std::move(read.error()));
    return group;
}
} // namespace

Result<RuleGroups> readRules(od::Value data, const PrometheusContext &context, const std::stop_token &stop)
{
    RuleGroups out;
    Reading reading{context, stop, {}};
    bool present = false;
    const auto field = [&](std::string_view key, od::Value value) -> Result<void> {
        if (key != "groups")
            return {};
        present = true;
        return od::eachItem(value, [&](size_t, od::Value item) -> Result<void> {
            Result<RuleGroup> group = readGroup(item, reading);
            if (!group)
                return tl::unexpected(std::move(group.error()));
            out.groups.push_back(std::move(*group));
            return {};
        });
    };
    if (Result<void> read = od::eachField(data, field); !read)
        return tl::unexpected(std::move(read.error()));
    if (!present)
        return od::bad(u": there are no \"groups\""_s);
    return out;
}

Result<std::vector<Alert>> readOwnAlerts(
    od::Value data, const PrometheusContext &context, const std::stop_token &stop)
{
    std::vector<Alert> out;
    Reading reading{context, stop, {}};
    bool present = false;
    const auto field = [&](std::string_view key, od::Value value) -> Result<void> {
        if (key != "alerts")
            return {};
        present = true;
        return readAlerts(value, out, reading);
    };
    if (Result<void> read = od::eachField(data, field); !read)
        return tl::unexpected(std::move(read.error()));
    if (!present)
        return od::bad(u": there are no \"alerts\""_s);
    return out;
}

} // namespace bw
