// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/slojson.h>

#include <domain/slo/slotext.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

void optional(JsonWriter &json, QStringView name, const std::optional<double> &number)
{
    json.key(name);
    if (number)
        json.value(*number);
    else
        json.null();
}
void optionalSeconds(JsonWriter &json, QStringView name, const std::optional<Nanoseconds> &span)
{
    optional(json, name, span ? std::optional(double(span->count()) / 1e9) : std::nullopt);
}
double seconds(Nanoseconds span) { return double(span.count()) / 1e9; }

void writeBurn(JsonWriter &json, const BurnReading &reading)
{
    json.beginObject().member(u"severity", severityName(reading.row.severity));
    json.member(u"long", promDuration(reading.row.longWindow))
        .member(u"short", promDuration(reading.row.shortWindow));
    json.member(u"factor", reading.row.factor);
    optional(json, u"burnLong", reading.longBurn);
    optional(json, u"burnShort", reading.shortBurn);
    json.member(u"firing", reading.isFiring);
    optional(json, u"spent", reading.spent);
    optionalSeconds(json, u"firesInSeconds", reading.firesIn);
    json.member(u"recorded", reading.isRecorded).endObject();
}

void writeBudget(JsonWriter &json, const SloStatus &status)
{
    const PeriodBudget &budget = status.budget;
    optional(json, u"attained", budget.attained);
    optional(json, u"remaining", budget.remaining);
    json.member(u"periodBegin", budget.period.begin).member(u"periodEnd", budget.period.end);
    json.member(u"asOf", budget.elapsed.end);
    json.member(u"countsEvents", status.countsEvents)
        .member(u"bad", budget.sum.bad)
        .member(u"total", budget.sum.total);
    json.member(u"badAllowed", budget.allowedBad).member(u"badLeft", status.badLeft);
    json.member(u"allowedSeconds", seconds(budget.allowedTime));
    optional(json, u"leftSeconds",
        budget.remaining ? std::optional(*budget.remaining * seconds(budget.allowedTime)) : std::nullopt);
    optionalSeconds(json, u"exhaustedInSeconds", status.exhaustedIn);
    json.key(u"exhaustedSince");
    if (budget.exhaustedSince)
        json.value(*budget.exhaustedSince);
    else
        json.null();
    json.member(u"coverage", budget.sum.coverage());
    json.member(u"knownSeconds", seconds(budget.sum.known))
        .member(u"askedSeconds", seconds(budget.sum.asked));
    json.member(u"hoursAnswered", status.hoursKnown).member(u"hoursWanted", status.hoursWanted);
}

void writeSource(JsonWriter &json, const SloStatus &status)
{
    const Slo &slo = status.slo;
    json.key(u"indicator").beginObject().member(u"kind", kindName(slo.indicator.kind));
    const SloQueries queries = queriesOf(slo);
    for (const auto &[name, expression] :
        {std::pair(u"bad"_s, queries.bad), std::pair(u"good"_s, queries.good),
            std::pair(u"total"_s, queries.total), std::pair(u"ratio"_s, queries.ratio)}) {
        if (!expression.isEmpty())
            json.member(name, expression);
    }
    json.member(u"unit", queries.isPerSecond ? u"per_second"_s : u"count"_s).endObject();
    json.member(u"origin", originName(slo.origin)).member(u"file", slo.file).member(u"line", slo.line);
    json.member(u"approximated", slo.approximated).member(u"notTaken", slo.notTaken);
    json.member(u"runbook", slo.runbook);
}

/// All of it, but for the brackets.
void writeMembers(JsonWriter &json, const SloStatus &status)
{
    const Slo &slo = status.slo;
    json.member(u"key", status.key).member(u"id", slo.id).member(u"title", titleOf(status));
    json.key(u"group").value(status.group);
    json.member(u"service", slo.service).member(u"owner", slo.owner).member(u"description", slo.description);
    json.member(u"state", stateName(status.state)).member(u"target", slo.target);
    json.member(u"period", describe(slo.period)).member(u"weighting", weightingName(slo.weighting));
    json.member(u"global", slo.isGlobal);
    writeBudget(json, status);
    json.key(u"burn").beginArray();
    for (const BurnReading &reading : status.burn)
        writeBurn(json, reading);
    json.endArray();
    json.key(u"page").beginObject().member(u"burnOver", slo.pageBurnOver);
    json.member(u"breachWithinSeconds", seconds(slo.pageWithin));
    optional(json, u"burn1h", status.page.burn1h);
    optional(json, u"burn5m", status.page.burn5m);
    json.member(u"firing", status.page.isFiring).endObject();
    json.key(u"recorded");
    if (status.recorded.isEmpty() && status.recorded.problem.isEmpty()) {
        json.null();
    } else {
        json.beginObject();
        optional(json, u"remaining", status.recorded.remaining);
        optional(json, u"attained", status.recorded.attained);
        const bool both = status.recorded.remaining && status.budget.remaining;
        optional(json, u"remainingDifference",
            both ? std::optional(*status.budget.remaining - *status.recorded.remaining) : std::nullopt);
        json.member(u"problem", status.recorded.problem).endObject();
    }
    json.member(u"retentionWarning", status.retentionWarning).member(u"problem", status.problem);
    json.member(u"refilling", status.isRefilling);
    writeSource(json, status);
}

} // namespace

void writeSlo(JsonWriter &json, const SloStatus &status)
{
    json.beginObject();
    writeMembers(json, status);
    json.endObject();
}

void writeSlo(JsonWriter &json, const SloStatus &status, const std::optional<AlertAgreement> &agreement)
{
    json.beginObject();
    writeMembers(json, status);
    json.key(u"agreement");
    if (!agreement) {
        json.null();
    } else {
        json.beginObject().member(u"page", agreement->pageFires).member(u"ticket", agreement->ticketFires);
        json.member(u"alerts", agreement->alerts).member(u"text", agreementText(status, *agreement));
        json.endObject();
    }
    json.endObject();
}

void writeGlobal(JsonWriter &json, const GlobalFigures &figures)
{
    json.beginObject().member(u"met", figures.met).member(u"withTraffic", figures.withTraffic);
    json.member(u"noTraffic", figures.noTraffic).member(u"noData", figures.noData);
    optional(json, u"shareMet", figures.shareMet());
    optional(json, u"trafficWeighted", figures.trafficWeighted);
    json.member(u"trafficWeightedOver", figures.weightedOver).member(u"leftOut", figures.leftOut).endObject();
}

} // namespace bw
