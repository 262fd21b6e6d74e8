// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/slotext.h>

#include <domain/base/format.h>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

QString countText(double number) { return formatValue(number, u"short"); }
QString minuteText(Timestamp t) { return toDateTime(t).toString(u"yyyy-MM-dd hh:mm"_s) + u" UTC"_s; }
QString left(const QString &text, int width) { return text.leftJustified(width); }
QString right(const QString &text, int width) { return text.rightJustified(width); }

void addRows(QString &out, const SloStatus &status)
{
    if (status.burn.empty()) {
        out += u"  burn rows are switched off in the file\n"_s;
        return;
    }
    out += u"  %1 %2 %3 %4 %5  fires\n"_s.arg(left(u"window"_s, 16), right(u"factor"_s, 7),
        right(u"long"_s, 8), right(u"short"_s, 8), right(u"spent"_s, 8));
    for (const BurnReading &reading : status.burn) {
        const BurnRow &row = reading.row;
        const QString window = u"%1 %2/%3"_s.arg(
            severityName(row.severity), promDuration(row.longWindow), promDuration(row.shortWindow));
        QString fires = reading.isFiring ? u"FIRES"_s : u"no"_s;
        if (reading.firesIn)
            fires = u"in ~%1 at this rate"_s.arg(formatAge(*reading.firesIn));
        out += u"  %1 %2 %3 %4 %5  %6%7\n"_s.arg(left(window, 16),
            right(QString::number(row.factor, 'g', 4), 7), right(burnText(reading.longBurn), 8),
            right(burnText(reading.shortBurn), 8), right(percentText(reading.spent, 1), 8), fires,
            reading.isRecorded ? u" (recorded)"_s : QString());
    }
    out += u"  page rule: 1h and 5m above %1 and the budget gone within %2: %3\n"_s.arg(
        QString::number(status.slo.pageBurnOver, 'g', 4), promDuration(status.slo.pageWithin),
        status.page.isFiring ? u"FIRES"_s : u"no"_s);
}

} // namespace

QString burnText(const std::optional<double> &burn)
{
    return burn ? QString::number(*burn, 'f', *burn < 10 ? 2 : 1) + u'x' : u"—"_s;
}

QString agreementText(const SloStatus &status, const AlertAgreement &agreement)
{
    const bool page = status.isFiring(BurnRow::Severity::Page),
               ticket = status.isFiring(BurnRow::Severity::Ticket);
    if (agreement.alerts.isEmpty())
        return page || ticket ? u"no alert of Sloth or Pyrra fires for it, although these rows do"_s
                              : QString();
    const QString names = agreement.alerts.join(u", "_s);
    if (page == agreement.pageFires && ticket == agreement.ticketFires)
        return u"agrees with the firing alerts: "_s + names;
    return u"firing alerts say otherwise (%1): %2"_s.arg(
        agreement.pageFires ? u"page"_s : u"ticket"_s, names);
}

QString percentText(const std::optional<double> &share, int decimals)
{
    return share ? formatValue(*share, u"percentunit", decimals) : u"—"_s;
}

QString stateText(const SloStatus &status)
{
    switch (status.state) {
    case SloStatus::State::NoData:
        return u"no data"_s;
    case SloStatus::State::NoTraffic:
        return u"no traffic"_s;
    case SloStatus::State::Met:
        return u"met"_s;
    case SloStatus::State::Missed:
        return u"MISSED"_s;
    }
    return {};
}

QString firingText(const SloStatus &status)
{
    if (status.isFiring(BurnRow::Severity::Page))
        return u"page"_s;
    if (status.page.isFiring)
        return u"page rule"_s;
    return status.isFiring(BurnRow::Severity::Ticket) ? u"ticket"_s : u"-"_s;
}

QString exhaustionText(const SloStatus &status)
{
    if (status.budget.exhaustedSince)
        return u"since "_s + minuteText(*status.budget.exhaustedSince);
    if (status.state == SloStatus::State::Missed)
        return u"exhausted"_s;
    if (!status.budget.remaining)
        return u"—"_s;
    return status.exhaustedIn ? u"in "_s + formatAge(*status.exhaustedIn) : u"not at this rate"_s;
}

QString coverageText(const SloStatus &status)
{
    const WindowSum &sum = status.budget.sum;
    return u"%1 of %2 hours (%3)"_s.arg(QString::number(double(sum.known.count()) / 3.6e12, 'f', 0),
        QString::number(double(sum.asked.count()) / 3.6e12, 'f', 0), percentText(sum.coverage(), 1));
}

QString formulaText(const SloStatus &status)
{
    const bool byTime = status.slo.weighting == SloWeighting::Time;
    return byTime
        ? u"time-weighted: the mean of the hours' error ratios over %1, quiet hours count as much as busy ones"_s
              .arg(describe(status.slo.period))
        : u"event-weighted: 1 − Σbad/Σtotal over %1"_s.arg(describe(status.slo.period));
}

QByteArray listText(const SloBoard &board)
{
    QString out = u"%1 %2 %3 %4 %5 %6 %7 %8\n"_s.arg(left(u"state"_s, 10), right(u"left"_s, 9),
        right(u"attained"_s, 10), right(u"target"_s, 8), right(u"burn"_s, 8), left(u"fires"_s, 9),
        left(u"budget gone"_s, 28), u"objective"_s);
    for (const SloStatus &status : board.statuses()) {
        out += u"%1 %2 %3 %4 %5 %6 %7 %8"_s.arg(left(stateText(status), 10),
            right(percentText(status.budget.remaining, 1), 9),
            right(percentText(status.budget.attained, 3), 10), right(percentText(status.slo.target, -1), 8),
            right(burnText(status.worstBurn()), 8), left(firingText(status), 9),
            left(exhaustionText(status), 28), status.key);
        QStringList notes{weightingName(status.slo.weighting)};
        if (status.budget.sum.coverage() < 0.9995 && status.state != SloStatus::State::NoData)
            notes += u"%1 known"_s.arg(percentText(status.budget.sum.coverage(), 1));
        if (!status.problem.isEmpty())
            notes += status.problem;
        out += u" (%1)\n"_s.arg(notes.join(u"; "_s));
    }
    const GlobalFigures &all = board.global();
    out += u"\n%1 of %2 met"_s.arg(all.met).arg(all.withTraffic);
    if (all.noTraffic > 0)
        out += u", %1 without traffic"_s.arg(all.noTraffic);
    if (all.noData > 0)
        out += u", %1 without data"_s.arg(all.noData);
    if (all.trafficWeighted)
        out += u"; %1 of all events good (traffic-weighted over %2 objectives)"_s
                   .arg(percentText(all.trafficWeighted, 3))
                   .arg(all.weightedOver);
    return (out + u'\n').toUtf8();
}

QByteArray detailText(const SloStatus &status)
{
    const PeriodBudget &budget = status.budget;
    const Slo &slo = status.slo;
    QString out = u"%1  %2\n"_s.arg(status.key, titleOf(status));
    out += u"  %1: %2 attained, target %3, budget left %4, gone %5\n"_s.arg(stateText(status),
        percentText(budget.attained, 4), percentText(slo.target, -1), percentText(budget.remaining, 2),
        exhaustionText(status));
    if (status.countsEvents && budget.attained)
        out += u"  %1 bad of %2 events; %3 may be bad, %4 left\n"_s.arg(countText(budget.sum.bad),
            countText(budget.sum.total), countText(budget.allowedBad), countText(status.badLeft));
    if (budget.remaining)
        out += u"  as time: %1 of full failure allowed, %2%3\n"_s.arg(formatAge(budget.allowedTime),
            *budget.remaining < 0 ? u"overspent by "_s : u"left "_s,
            formatAge(Nanoseconds(qint64(std::abs(*budget.remaining) * double(budget.allowedTime.count())))));
    out += u"  "_s + formulaText(status) + u'\n';
    out += u"  known: %1, from %2 to %3\n"_s.arg(
        coverageText(status), minuteText(budget.elapsed.begin), minuteText(budget.elapsed.end));
    addRows(out, status);
    if (status.recorded.remaining)
        out += u"  recorded by %1: %2 left%3\n"_s.arg(slo.recordedDialect == Slo::Dialect::Sloth
                ? u"Sloth's rules (time-weighted by 5 minutes)"_s
                : u"Pyrra's rules"_s,
            percentText(status.recorded.remaining, 2),
            budget.remaining ? u", ours is %1 points %2"_s.arg(
                QString::number(std::abs(*budget.remaining - *status.recorded.remaining) * 100, 'f', 2),
                *budget.remaining < *status.recorded.remaining ? u"lower"_s : u"higher"_s)
                             : QString());
    if (status.recorded.attained)
        out += u"  recorded by Pyrra's rules: %1 attained\n"_s.arg(percentText(status.recorded.attained, 4));
    if (!status.recorded.problem.isEmpty())
        out += u"  ! %1\n"_s.arg(status.recorded.problem);
    if (!status.retentionWarning.isEmpty())
        out += u"  ! %1\n"_s.arg(status.retentionWarning);
    if (!status.problem.isEmpty())
        out += u"  ! %1\n"_s.arg(status.problem);
    const SloQueries queries = queriesOf(slo);
    for (const auto &[name, expression] :
        {std::pair(u"bad"_s, queries.bad), std::pair(u"good"_s, queries.good),
            std::pair(u"total"_s, queries.total), std::pair(u"ratio"_s, queries.ratio)}) {
        if (!expression.isEmpty())
            out += u"  %1: %2\n"_s.arg(name, expression.simplified());
    }
    out += u"  from %1:%2 (%3)%4\n"_s.arg(slo.file).arg(slo.line).arg(
        originName(slo.origin), slo.owner.isEmpty() ? QString() : u", owner "_s + slo.owner);
    for (const QString &note : slo.approximated)
        out += u"  approximated: %1\n"_s.arg(note);
    for (const QString &note : slo.notTaken)
        out += u"  not taken: %1\n"_s.arg(note);
    return out.toUtf8();
}

} // namespace bw
