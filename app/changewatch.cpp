// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/dashboards/macros.h>

#include <app/changewatch.h>

#include <QPointer>

#include <cmath>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

constexpr Nanoseconds kWindow = 15min;
constexpr Nanoseconds kAfter = 10min; ///< a moment; the rest of the window lies before it
constexpr Nanoseconds kEvery = 60s;
constexpr size_t kMostMoments = 12;

QString signalTitle(ChangeSignal signal)
{
    switch (signal) {
    case ChangeSignal::Requests:
        return QObject::tr("requests");
    case ChangeSignal::Errors:
        return QObject::tr("errors");
    case ChangeSignal::Latency:
        return QObject::tr("p95");
    case ChangeSignal::Restarts:
        return QObject::tr("restarts");
    case ChangeSignal::OomKills:
        return QObject::tr("OOM kills");
    case ChangeSignal::Queue:
        break;
    }
    return QObject::tr("waiting messages");
}

QString valueText(ChangeSignal signal, double value)
{
    if (signal == ChangeSignal::Errors)
        return formatValue(value, u"percentunit", value > 0 && value < 0.0995 ? 2 : 0);
    return signal == ChangeSignal::Latency ? formatValue(value, u"s"_s) : formatValue(value, u"short");
}

QString factorText(const Change &change)
{
    if (!(change.before > 0))
        return QObject::tr("none before");
    if (!(change.now > 0))
        return QObject::tr("none now");
    const double factor = change.now / change.before;
    return factor >= 1 ? u"×"_s + formatValue(factor, u"short", factor < 10 ? 1 : 0)
                       : u"÷"_s + formatValue(1 / factor, u"short", factor > 0.1 ? 1 : 0);
}

OwnItem itemOf(const Change &change, const QString &against)
{
    OwnItem item;
    item.id = u"change/%1/%2"_s.arg(change.owner, signalName(change.signal));
    item.title = Untrusted(u"%1 %2 %3 → %4"_s.arg(change.owner, signalTitle(change.signal),
        valueText(change.signal, change.before), valueText(change.signal, change.now)));
    item.text = Untrusted(factorText(change) + u" · "_s + against);
    item.kind = signalName(change.signal);
    item.state = change.isWorse ? u"worse"_s : u"better"_s;
    item.value = change.score;
    item.labels = Labels::fromPairs({{Untrusted(u"service"_s), Untrusted(change.owner)}});
    return item;
}

/// "in 2 m" and "4 m before", as seen from `start`.
QString distanceText(Timestamp at, Timestamp start, bool isNow)
{
    if (isNow)
        return {};
    const Nanoseconds off = at - start;
    if (std::chrono::abs(off) < 1s)
        return QObject::tr("at that moment");
    return off < 0s ? QObject::tr("%1 before").arg(formatAge(-off))
                    : QObject::tr("%1 after").arg(formatAge(off));
}

} // namespace

ChangeWatch::ChangeWatch(
    QueryExecutor &executor, const Clock &clock, OwnBoard &board, const SourceBoard &sources, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
    , m_board(board)
    , m_sources(sources)
{
    connect(&board, &OwnBoard::wanted, this, &ChangeWatch::onWanted, Qt::QueuedConnection);
    connect(&board, &OwnData::changed, this, [this](const QString &topic) {
        if (m_isPublished && (topic == "deploys"_L1 || topic == "alerts"_L1))
            publishLive();
    });
}

ChangeWatch::~ChangeWatch() = default;

void ChangeWatch::setSources(const std::vector<DatasourceId> &sources)
{
    if (sources == m_ids)
        return;
    m_ids = sources;
    m_live = {};
    m_askedAt.reset();
}

void ChangeWatch::onWanted(const QString &topic)
{
    if (topic != "changes"_L1 || m_ids.empty())
        return;
    const BootTime now = m_clock.bootNow();
    if (m_live.waiting > 0 || (m_askedAt && now - *m_askedAt < kEvery))
        return;
    refreshLive();
}

void ChangeWatch::refreshLive()
{
    m_live = {};
    m_live.finished = [this] { publishLive(); };
    if (ask(m_live, std::nullopt))
        m_askedAt = m_clock.bootNow();
}

bool ChangeWatch::ask(Run &run, std::optional<Timestamp> at)
{
    const Timestamp end = at ? *at : m_clock.utcNow();
    run.window = {end - kWindow, end};
    if (run.start == Timestamp{})
        run.start = end;
    for (const DatasourceId &id : m_ids) {
        const SourceInfo *source = m_sources.find(id);
        if (!source || (!source->profile.found && source->profile.families.isEmpty()))
            continue; // nothing is known of its metrics yet
        MacroContext context;
        context.range = run.window;
        context.profile = &source->profile;
        context.filters = source->labels;
        QMap<ChangeSignal, QString> parts;
        const QMap<ChangeSignal, QString> wanted = changeExpressions();
        for (auto part = wanted.begin(); part != wanted.end(); ++part) {
            if (const auto expanded = expandMacros(part.value(), context))
                parts.insert(part.key(), *expanded);
        }
        ++run.asked;
        ++run.waiting;
        run.tickets[id.id] = m_executor.submit({id, InstantQuery{changesQuery(parts, kWindow), at}},
            {.priority = at ? Priority::Visible : Priority::Background,
                .askedBy = at ? AskedBy::User : AskedBy::Poll},
            this,
            [this, mine = &run, scale = source->profile.profile.latencyUnit == "ms"_L1 ? 1e-3 : 1.0](
                const Result<QueryResult> &answer) {
                --mine->waiting;
                mine->answeredAt = m_clock.bootNow();
                mine->answeredUtc = m_clock.utcNow();
                const auto *metrics = answer ? dataAs<MetricData>(*answer) : nullptr;
                if (metrics) {
                    ++mine->answered;
                    addChanges(mine->table, changesFrom(metrics->series, scale));
                } else if (!answer) {
                    mine->error = answer.error();
                }
                if (mine->waiting == 0)
                    mine->finished();
            });
    }
    return run.asked > 0;
}

/// Deploys and alerts that began inside twice the window, nearest to its start first.
std::vector<OwnItem> ChangeWatch::momentItems(const Run &run) const
{
    std::map<QString, OwnItem> known;
    std::vector<ChangeMoment> moments;
    const bool isNow = run.start == run.window.end;
    const auto add = [&](OwnItem item) {
        const QString service = item.labels.text(u"service");
        if (item.at == Timestamp{} || (!run.service.isEmpty() && service != run.service))
            return;
        moments.push_back({item.at, item.id});
        known.insert({item.id, std::move(item)});
    };
    const QueryResult deploys = m_board.current({u"deploys"_s, std::nullopt});
    if (const auto *items = dataAs<OwnItems>(deploys)) {
        for (const OwnItem &item : items->items)
            add(item);
    }
    const QueryResult alerts = m_board.current({u"alerts"_s, std::nullopt});
    if (const auto *list = dataAs<std::vector<Alert>>(alerts)) {
        for (const Alert &alert : *list) {
            if (alert.alertClass == AlertClass::Health && alert.severity == Severity::None)
                continue; // a heartbeat is meant to fire
            OwnItem item;
            item.id = u"alert/%1/%2"_s.arg(alert.key.source.id).arg(alert.key.fingerprint);
            item.at = alert.startsAt;
            item.title = alert.name();
            item.kind = u"alert"_s;
            item.state = u"failed"_s;
            const QString service = alert.service();
            item.text =
                Untrusted(service.isEmpty() ? tr("alert began") : service + u" · "_s + tr("alert began"));
            item.labels = Labels::fromPairs({{Untrusted(u"service"_s), Untrusted(service)}});
            add(std::move(item));
        }
    }
    // Twice the window: what caused a change came before it showed.
    const TimeRange window{run.window.begin - kWindow, run.window.end + 1s};
    std::vector<OwnItem> out;
    for (const ChangeMoment &moment : nearestMoments(std::move(moments), run.start, window)) {
        if (out.size() >= kMostMoments)
            break;
        OwnItem item = known.at(moment.id);
        if (const QString distance = distanceText(item.at, run.start, isNow); !distance.isEmpty())
            item.text = Untrusted(distance + u" · "_s + render::line(item.text, 200));
        out.push_back(std::move(item));
    }
    return out;
}

QueryResult ChangeWatch::resultOf(const Run &run) const
{
    QueryResult result;
    result.spec = {{}, OwnDataQuery{u"changes"_s, std::nullopt}};
    result.fetchedAt = run.answeredUtc;
    OwnItems items;
    items.items = momentItems(run);
    const auto baseline = run.baseline ? run.baseline : usableBaseline(run.table);
    const QString window = formatAge(kWindow);
    if (baseline) {
        const QString against = tr("against %1").arg(baselineName(*baseline));
        for (const Change &change : rankedChanges(run.table, *baseline)) {
            if (run.service.isEmpty() || change.owner == run.service)
                items.items.push_back(itemOf(change, against));
        }
        items.note = tr("%1 against %2; services below 100 requests in it are left out")
                         .arg(window,
                             *baseline == ChangeBaseline::Before
                                 ? tr("the %1 before").arg(window)
                                 : tr("the same time %1").arg(baselineName(*baseline)));
        if (!run.baseline && *baseline == ChangeBaseline::Before)
            items.note += tr("; there is no history of yesterday or last week");
    } else {
        items.note = tr("no service has figures to compare with");
    }
    if (run.error && run.answered == 0) {
        result.freshness = afterFailure(m_last ? m_last->freshness : Freshness{}, *run.error);
    } else {
        result.freshness = afterSuccess(run.answeredAt, run.answeredUtc, items.items.empty());
        if (run.error) {
            result.freshness.state = Freshness::State::Partial;
            result.freshness.reason = run.error->message;
        }
    }
    result.freshness.asked = run.asked;
    result.freshness.answered = run.answered;
    result.data = std::make_shared<const QueryData>(std::move(items));
    return result;
}

void ChangeWatch::publishLive()
{
    if (m_live.waiting > 0 || m_isPublishing || m_live.asked == 0)
        return;
    m_isPublishing = true; // publishing tells everybody, this object too
    QueryResult result = resultOf(m_live);
    if (m_live.error && m_live.answered == 0 && m_last) {
        result.data = m_last->data;
        result.fetchedAt = m_last->fetchedAt;
    } else {
        m_last = result;
    }
    m_isPublished = true;
    m_board.publish(u"changes"_s, result.data, result.freshness, result.fetchedAt, kEvery, 10s);
    m_isPublishing = false;
}

void ChangeWatch::askAround(Timestamp at, const QString &service, const QObject *receiver, Done done)
{
    Run *run = &m_around.emplace_back();
    run->start = at;
    run->baseline = ChangeBaseline::Before;
    run->service = service;
    run->finished = [this, run, guard = QPointer<const QObject>(receiver), done = std::move(done)] {
        const QueryResult result = resultOf(*run);
        // This function is the run's own.
        QMetaObject::invokeMethod(
            this, [this, run] { forget(run); }, Qt::QueuedConnection);
        if (guard)
            done(result);
    };
    if (ask(*run, std::min(at + kAfter, m_clock.utcNow())))
        return;
    run->error = Error{Error::Kind::NotFound, tr("no source of metrics is known yet"), {}, 0, 0};
    QMetaObject::invokeMethod(this, run->finished, Qt::QueuedConnection);
}

void ChangeWatch::forget(const Run *around)
{
    m_around.remove_if([around](const Run &run) { return &run == around; });
}

} // namespace bw
