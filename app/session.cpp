// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/datasourcekinds.h>
#include <domain/base/hosts.h>
#include <domain/slo/sloengine.h>
#include <http/urlpolicy.h>
#include <store/cache/lastgoodstore.h>
#include <store/history/slobucketstore.h>
#include <store/sqlite/dbthread.h>

#include <app/alertpoller.h>
#include <app/changewatch.h>
#include <app/deploywatch.h>
#include <app/endpointsecrets.h>
#include <app/session.h>
#include <app/slotopic.h>
#include <app/sloworkshop.h>
#include <app/sourcesurvey.h>
#include <app/system/logging.h>
#include <app/system/workerpool.h>
#include <app/tracefanout.h>

#include <QVersionNumber>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr auto kProfileInterval = 10min;
// A source nobody asks is not known to be alive: it is examined before its last answer gets older than a
// minute.
constexpr auto kIdleCheck = 20s, kIdleAfter = 40s;
constexpr double kOneShotRate = 100;
constexpr Nanoseconds kKeepInterval = 10s; // lists change every second, their copies on disk need not
// From here on /alerts/groups says who mutes an alert.
const QVersionNumber kMutedBySince(0, 28);

/// Where it stands in the file is no reason to begin anew.
bool sameSource(SourceConfig a, const SourceConfig &b)
{
    a.line = b.line;
    return a == b;
}

} // namespace

Session::Session(const Options &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_transport(std::make_unique<CurlTransport>())
    , m_scheduler(std::make_unique<QueryScheduler>(*m_transport, m_clock, m_pool))
    , m_own(std::make_unique<OwnBoard>(m_clock, m_board))
    , m_fanOut(std::make_unique<TraceFanOut>(*m_scheduler))
    , m_router(std::make_unique<QueryRouter>(*m_fanOut, *m_own))
{
    prepareWorkerPool(m_pool);
    m_files.setMaxThreadCount(1);
    if (!options.cacheFile.isEmpty() || !options.historyFile.isEmpty())
        m_db = std::make_unique<DbThread>();
    if (!options.cacheFile.isEmpty()) {
        m_cache = std::make_unique<LastGoodStore>(options.cacheFile, *m_db, m_clock);
    }
    if (options.alerts)
        m_alerts = std::make_unique<AlertPoller>(*m_router, m_clock, *m_own, m_pool);
    if (options.profiles) {
        m_survey = std::make_unique<SourceSurvey>(*m_router, m_clock, m_board, m_cache.get());
        // What a server's list of alerts says depends on its version.
        connect(m_survey.get(), &SourceSurvey::examined, this, &Session::updateWatchers);
    }
    if (options.slos) {
        if (!options.historyFile.isEmpty())
            m_buckets = std::make_unique<SloBucketStore>(options.historyFile, *m_db);
        m_workshop = std::make_unique<SloWorkshop>(m_pool);
        m_slos =
            std::make_unique<SloEngine>(*m_router, m_clock, m_sloBoard, m_buckets.get(), m_workshop.get());
        m_slos->setHorizon(options.sloHorizon);
        m_slos->setAskedBy(options.oneShot ? AskedBy::User : AskedBy::Poll);
        connect(&m_sloBeat, &QTimer::timeout, m_slos.get(), &SloEngine::beat);
        m_sloBeat.start(SloEngine::kBeat);
    }
    m_sloTopic = std::make_unique<SloTopic>(m_sloBoard, m_clock, *m_own);
    if (options.deploys)
        m_deploys = std::make_unique<DeployWatch>(*m_router, m_clock, *m_own, m_files);
    if (options.changes)
        m_changes = std::make_unique<ChangeWatch>(*m_router, m_clock, *m_own, m_board);
    connect(m_scheduler.get(), &QueryScheduler::answered, this, &Session::onAnswered);
    connect(m_scheduler.get(), &QueryScheduler::failed, this, &Session::onFailed);
    connect(&m_board, &SourceBoard::retryRequested, this, &Session::retry);
    if (m_cache) {
        remember();
        connect(m_own.get(), &OwnData::changed, this, &Session::keepOwn);
    }
    m_profileTimer.setInterval(kIdleCheck);
    connect(&m_profileTimer, &QTimer::timeout, this, &Session::examineDue);
}

/// The written order: nobody asks any more, the scheduler forgets, the network thread ends, workers finish
/// what they hold, the cache is written. Nothing here waits for a server.
Session::~Session()
{
    m_survey.reset();
    m_slos.reset();
    m_workshop.reset();
    m_changes.reset();
    m_deploys.reset();
    m_alerts.reset();
    m_router.reset();
    m_fanOut.reset();
    m_scheduler.reset();
    m_transport.reset();
    m_pool.waitForDone();
    m_files.waitForDone();
    m_cache.reset();
    m_buckets.reset();
    m_db.reset();
    m_sloTopic.reset();
    m_own.reset();
}

QString Session::keptProblem() const { return m_cache ? m_cache->problem() : QString(); }

DashboardPorts Session::ports() { return {*m_router, *m_own, m_board, m_clock, m_cache.get(), &m_aliases}; }

void Session::applyFiles(const LoadedFiles &files)
{
    m_profiles = files.profiles;
    m_aliases = files.aliases;
    m_problems.clear();
    std::vector<TableEntry> entries;
    for (const SourceConfig &config : files.config.sources) {
        // One by one: a source that makes no sense must not take the others with it.
        auto built = buildDatasourceTable({config}, builtinDatasourceKinds());
        if (!built) {
            qCWarning(logApp).noquote() << built.error().message;
            m_problems += built.error().message;
            continue;
        }
        for (TableEntry &entry : *built) {
            if (m_options.oneShot && config.limits.rate == SourceConfig::Limits().rate)
                entry.source.rate = kOneShotRate;
            entries.push_back(std::move(entry));
        }
    }
    replaceSources(std::move(entries));
    if (m_deploys)
        m_deploys->setFiles(files.config.deployFiles);
    if (m_alerts)
        m_alerts->setClassifier(files.classifier);
    m_sloList = files.slos;
    publishCosts(files.costs);
    updateWatchers();
    updateSlos();
    if (m_pendingSecrets == 0)
        QMetaObject::invokeMethod(this, &Session::settled, Qt::QueuedConnection);
}

void Session::replaceSources(std::vector<TableEntry> entries)
{
    ++m_generation;
    m_pendingSecrets = 0;
    std::vector<DatasourceId> ids;
    std::vector<const TableEntry *> fresh;
    std::vector<Endpoint> kept;
    QSet<DatasourceId> settledBefore;
    for (TableEntry &entry : entries) {
        ids.push_back(entry.source.id);
        const auto old = std::find_if(m_entries.begin(), m_entries.end(),
            [&](const TableEntry &other) { return other.source.id == entry.source.id; });
        if (old == m_entries.end() || !sameSource(old->config, entry.config)
            || !m_settled.contains(entry.source.id)) {
            fresh.push_back(&entry);
            continue;
        }
        entry.source.datasource = old->source.datasource;
        settledBefore.insert(entry.source.id);
        for (const Endpoint &endpoint : m_endpoints) {
            if (endpoint.id == entry.endpoint.id)
                kept.push_back(endpoint);
        }
    }
    m_endpoints = std::move(kept);
    m_settled = settledBefore;
    m_transport->setEndpoints(m_endpoints);
    std::vector<QueryScheduler::Source> sources;
    for (const TableEntry &entry : entries)
        sources.push_back(entry.source);
    m_scheduler->setSources(std::move(sources));
    m_router->setSources(ids);
    m_board.retain(ids);
    if (m_survey) {
        m_survey->retain(ids);
        m_survey->setProfiles(m_profiles);
    }
    for (const TableEntry *entry : fresh) {
        m_router->hold(entry->source.id);
        describeSource(*entry);
    }
    std::vector<TableEntry> toResolve;
    for (const TableEntry *entry : fresh)
        toResolve.push_back(*entry);
    m_entries = std::move(entries);
    m_pendingSecrets = int(toResolve.size());
    for (const TableEntry &entry : toResolve)
        resolveSecrets(entry);
    if (m_options.profiles)
        m_profileTimer.start();
}

void Session::describeSource(const TableEntry &entry)
{
    SourceInfo info;
    info.id = entry.source.id;
    info.source = entry.config.id;
    info.kind = entry.config.kind;
    info.title = entry.source.id.id;
    info.url = QString::fromUtf8(entry.endpoint.baseUrl);
    info.isDefault = entry.config.isDefault;
    const auto origin = originOf(entry.endpoint.baseUrl);
    info.unencrypted =
        origin && origin->scheme == "http" && !isLoopbackHost(QString::fromLatin1(origin->host));
    info.labels = entry.config.labels;
    m_board.update(std::move(info));
}

/// Asks for every secret of a source at once; the source opens when all of them are there.
void Session::resolveSecrets(const TableEntry &entry)
{
    struct Gathering
    {
        Endpoint endpoint;
        size_t missing = 0;
        std::optional<Error> error;
    };
    auto gathering = std::make_shared<Gathering>();
    gathering->endpoint = entry.endpoint;
    gathering->endpoint.credentials.basicUser = entry.config.auth.basicUser.toUtf8();
    const std::vector<EndpointSecret> secrets = secretsOf(entry.config);
    gathering->missing = secrets.size();
    if (secrets.empty()) {
        opened(entry, std::move(gathering->endpoint));
        return;
    }
    for (const EndpointSecret &secret : secrets) {
        m_secrets.resolve(secret.reference, this,
            [this, entry, gathering, put = secret.put, generation = m_generation](
                const Result<QByteArray> &value) {
                if (generation != m_generation)
                    return;
                if (value)
                    put(gathering->endpoint, *value);
                else if (!gathering->error)
                    gathering->error = value.error();
                if (--gathering->missing > 0)
                    return;
                if (gathering->error)
                    blocked(entry, *gathering->error);
                else
                    opened(entry, std::move(gathering->endpoint));
            });
    }
}

void Session::opened(const TableEntry &entry, Endpoint endpoint)
{
    m_endpoints.push_back(std::move(endpoint));
    m_transport->setEndpoints(m_endpoints);
    secretSettled(entry.source.id);
    m_router->open(entry.source.id);
    if (m_options.profiles)
        examine(entry);
}

void Session::blocked(const TableEntry &entry, const Error &why)
{
    Error error = why;
    error.kind = Error::Kind::Auth;
    onFailed(entry.source.id, error);
    secretSettled(entry.source.id);
    m_router->block(entry.source.id, error);
}

void Session::secretSettled(const DatasourceId &id)
{
    m_settled.insert(id);
    if (--m_pendingSecrets > 0)
        return;
    updateWatchers();
    emit settled();
}

/// Who polls what. A source whose secrets are still being fetched is left out: waiting for a keyring is no
/// failure of a server.
void Session::updateWatchers()
{
    std::vector<DatasourceId> metrics;
    std::vector<AlertCluster> clusters;
    QSet<QString> covered; // metric sources whose alerts come through an Alertmanager
    const SourceInfo *defaultMetrics = m_board.defaultOf(u"prometheus");
    for (const TableEntry &entry : m_entries) {
        if (entry.config.kind != u"alertmanager"_s)
            continue;
        const QString rules = !entry.config.metrics.isEmpty() ? entry.config.metrics
            : defaultMetrics                                  ? defaultMetrics->source
                                                              : QString();
        covered.insert(rules);
        AlertCluster *cluster = nullptr;
        for (AlertCluster &known : clusters) {
            if (known.id.id == entry.config.id)
                cluster = &known;
        }
        if (!cluster) {
            clusters.push_back(
                {{entry.config.id}, {}, {rules}, entry.config.labels, entry.config.alertsPoll, false});
            cluster = &clusters.back();
        }
        cluster->members.push_back(entry.source.id);
        const SourceInfo *info = m_board.find(entry.source.id);
        cluster->groups =
            cluster->groups || (info && QVersionNumber::fromString(info->version) >= kMutedBySince);
    }
    for (const TableEntry &entry : m_entries) {
        if (entry.config.kind != u"prometheus"_s || !m_settled.contains(entry.source.id))
            continue;
        metrics.push_back(entry.source.id);
        if (!covered.contains(entry.config.id)) {
            clusters.push_back({{entry.config.id}, {entry.source.id}, entry.source.id, entry.config.labels,
                entry.config.alertsPoll, false});
        }
    }
    std::erase_if(clusters, [&](const AlertCluster &cluster) {
        return std::any_of(cluster.members.begin(), cluster.members.end(),
            [&](const DatasourceId &id) { return !m_settled.contains(id); });
    });
    if (m_alerts)
        m_alerts->setClusters(std::move(clusters));
    if (m_deploys)
        m_deploys->setSources(metrics, m_options.deployDelay);
    if (m_changes)
        m_changes->setSources(metrics);
}

/// Three views of the bills: the price of an hour, of a month, and a month by part.
void Session::publishCosts(const CostTable &costs)
{
    const Timestamp now = m_clock.utcNow();
    const auto publish = [&](const QString &view, MetricData::Shape shape, SeriesSet series) {
        const bool isEmpty = series.empty();
        MetricData data;
        data.shape = shape;
        data.series = std::move(series);
        m_own->publish(u"cost:"_s + view, std::make_shared<const QueryData>(std::move(data)),
            afterSuccess(m_clock.bootNow(), now, isEmpty), now);
    };
    publish(u"hour"_s, MetricData::Shape::Matrix, hourlyCost(costs, now));
    publish(u"month"_s, MetricData::Shape::Matrix, monthlyCost(costs, now));
    publish(u"parts"_s, MetricData::Shape::Vector, costByPart(costs, now));
}

/// A source whose secrets are on their way lets the questions wait, so all of them may be asked.
void Session::updateSlos()
{
    if (!m_slos)
        return;
    std::vector<SloSource> metrics;
    for (const TableEntry &entry : m_entries) {
        if (entry.config.kind == u"prometheus"_s)
            metrics.push_back({entry.source.id, entry.config.urls.join(u' ')});
    }
    const SourceInfo *usual = m_board.defaultOf(u"prometheus");
    m_slos->setSlos(m_sloList, metrics, usual ? usual->id : DatasourceId());
}

void Session::onAnswered(
    const DatasourceId &id, bool ok, std::chrono::milliseconds took, std::chrono::milliseconds skew)
{
    const SourceInfo *known = m_board.find(id);
    if (!known)
        return;
    SourceInfo info = *known;
    info.latency = took;
    if (ok) {
        info.freshness = afterSuccess(m_clock.bootNow(), m_clock.utcNow(), false);
        info.retryAt.reset();
    }
    info.freshness.skew = skew;
    m_board.update(std::move(info));
}

void Session::onFailed(const DatasourceId &id, const Error &error)
{
    const SourceInfo *known = m_board.find(id);
    if (!known || error.kind == Error::Kind::Cancelled)
        return;
    // A question the server refused says nothing against the server.
    if (error.kind == Error::Kind::Invalid || error.kind == Error::Kind::NotFound)
        return;
    SourceInfo info = *known;
    info.freshness = afterFailure(info.freshness, error);
    info.retryAt = m_scheduler->health(id).retryAt;
    m_board.update(std::move(info));
}

/// Fills the boards with what an earlier run knew last.
void Session::remember()
{
    const OwnDataQuery alerts{u"alerts"_s, std::nullopt}, deploys{u"deploys"_s, std::nullopt};
    m_cache->fetch({{{}, alerts}, {{}, deploys}}, this, [this](const std::vector<QueryResult> &kept) {
        for (const QueryResult &result : kept) {
            const auto *query = std::get_if<OwnDataQuery>(&result.spec.body);
            if (query && query->topic == u"alerts"_s && m_alerts)
                m_alerts->remember(result);
            else if (query && query->topic == u"deploys"_s && !m_own->current(*query).data)
                m_own->publish(query->topic, result.data, result.freshness, result.fetchedAt);
        }
    });
}

void Session::keepOwn(const QString &topic)
{
    if (topic != u"alerts"_s && topic != u"deploys"_s)
        return;
    const QueryResult result = m_own->current({topic, std::nullopt});
    const BootTime now = m_clock.bootNow();
    const auto last = m_keptAt.constFind(topic);
    if (!isCurrent(result.freshness) || (last != m_keptAt.constEnd() && now - *last < kKeepInterval))
        return;
    m_keptAt.insert(topic, now);
    m_cache->keep(result);
}

void Session::retry(const QString &source)
{
    for (const TableEntry &entry : m_entries) {
        if (!source.isEmpty() && entry.config.id != source && entry.source.id.id != source)
            continue;
        m_scheduler->retryNow(entry.source.id);
        if (m_options.profiles)
            examine(entry);
    }
    if (m_alerts)
        m_alerts->refresh();
}

void Session::retryAll() { retry({}); }

void Session::dropConnections() { m_transport->dropConnections(); }

void Session::examine(const TableEntry &entry)
{
    m_examinedAt.insert(entry.source.id.id, m_clock.bootNow());
    m_survey->examine({entry.source.id, entry.config.kind, entry.config.profile});
}

/// What was examined long ago, and what nobody has asked for a while.
void Session::examineDue()
{
    const BootTime now = m_clock.bootNow();
    for (const TableEntry &entry : m_entries) {
        if (!m_settled.contains(entry.source.id))
            continue;
        const auto examined = m_examinedAt.constFind(entry.source.id.id);
        const Nanoseconds since = examined == m_examinedAt.constEnd() ? kProfileInterval : now - *examined;
        const SourceInfo *info = m_board.find(entry.source.id);
        const bool isIdle =
            info && (!info->freshness.lastGood || now - *info->freshness.lastGood >= kIdleAfter);
        if (since >= kProfileInterval || (isIdle && since >= kIdleAfter))
            examine(entry);
    }
}

bool Session::areWatchersQuiet() const
{
    return (!m_deploys || !m_deploys->isBusy()) && (!m_changes || !m_changes->isBusy());
}

bool Session::isSurveyed() const { return isSettled() && (!m_survey || m_survey->isDone()); }

} // namespace bw
