// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/deploywatch.h>

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr auto kInterval = 60s;
constexpr auto kLookBack = 6h;
constexpr Nanoseconds kStep = 2min;
constexpr size_t kMostOfAFile = 5000;

QueryBody bodyOf(const QString &expression, bool overRange, const TimeRange &range)
{
    if (overRange)
        return RangeQuery{expression, range.snappedTo(kStep), kStep};
    return InstantQuery{expression, range.end};
}

// Two questions for six signs, each series marked with the sign it is: what carries its time as a value can
// be asked for one moment, the rest over a range.
const QString kMoments =
    u"label_replace(max by (namespace, owner_name) ((kube_replicaset_created and "
    u"kube_replicaset_spec_replicas"
    " > 0) * on (namespace, replicaset) group_left (owner_name) max by (namespace, replicaset, owner_name)"
    " (kube_replicaset_owner{owner_kind=\"Deployment\"})) > (time() - 21600), \"bw_sign\", \"rollout\", \"\","
    " \"\")"
    " or label_replace(max by (namespace, service, app, job) (process_start_time_seconds) > (time() - 21600),"
    " \"bw_sign\", \"restart\", \"\", \"\")"_s;
// A rollout cannot be seen when it goes back to an old replica set, so the touch itself counts; so does
// scaling.
const QString kRanges =
    u"label_replace(group by (__name__, namespace, service, app, job, version)"
    " ({__name__=~\"(.+_)?build_info\"}), \"bw_sign\", \"version\", \"\", \"\")"
    " or label_replace(label_replace(label_replace(group by (namespace, container, image)"
    " (kube_pod_container_info{container!=\"\"}), \"service\", \"$1\", \"container\", \"(.+)\"),"
    " \"version\", \"$1\", \"image\", \".*[:@]([^:@/]+)\"), \"bw_sign\", \"image\", \"\", \"\")"
    " or label_replace(changes(kube_deployment_status_observed_generation[2m]) > 0, \"bw_sign\", \"touch\","
    " \"\", \"\")"
    " or label_replace(label_replace(label_replace(label_replace(group by (name, dest_namespace, sync_status)"
    " (argocd_app_info), \"service\", \"$1\", \"name\", \"(.+)\"), \"namespace\", \"$1\","
    " \"dest_namespace\", \"(.+)\"), \"version\", \"$1\", \"sync_status\", \"(.+)\"), \"bw_sign\","
    " \"sync\", \"\", \"\")"_s;

/// The range as far as the source remembers it: where a server's own memory begins, every version seems new.
TimeRange remembered(const SeriesSet &series, TimeRange range)
{
    std::optional<qint64> first;
    for (const Series &one : series) {
        if (!one.times.empty() && (!first || one.times.front() < *first))
            first = one.times.front();
    }
    if (first)
        range.begin = std::max(range.begin, fromNs(*first));
    return range;
}

QString titleOf(const DeployEvent &event)
{
    const QString version = render::line(event.newVersion, 80);
    return version.isEmpty() ? event.owner : event.owner + u' ' + version;
}

QString textOf(const DeployEvent &event)
{
    QStringList parts;
    if (!event.oldVersion.isEmpty())
        parts += QObject::tr("from %1").arg(render::line(event.oldVersion, 80));
    if (!event.nameSpace.isEmpty())
        parts += event.nameSpace;
    if (!event.environment.isEmpty())
        parts += render::line(event.environment, 80);
    if (!event.by.isEmpty())
        parts += QObject::tr("by %1").arg(render::line(event.by, 80));
    parts += event.source;
    return parts.join(u" · "_s);
}

OwnItem itemOf(const DeployEvent &event)
{
    OwnItem item;
    item.id = u"%1/%2/%3"_s.arg(event.nameSpace, event.owner).arg(toUnixMs(event.at));
    item.at = event.at;
    item.title = Untrusted(titleOf(event));
    item.text = Untrusted(textOf(event));
    item.kind = event.kind;
    std::vector<Labels::Pair> labels;
    const auto add = [&labels](const QString &name, const Untrusted &value) {
        if (!value.isEmpty())
            labels.emplace_back(Untrusted(name), value);
    };
    add(u"service"_s, Untrusted(event.owner));
    add(u"namespace"_s, Untrusted(event.nameSpace));
    add(u"version"_s, event.newVersion);
    add(u"environment"_s, event.environment);
    add(u"url"_s, event.url);
    item.labels = Labels::fromPairs(std::move(labels));
    return item;
}

/// The series of one sign, without the mark.
SeriesSet signedWith(const SeriesSet &series, const QString &sign)
{
    SeriesSet out;
    for (const Series &one : series) {
        if (one.labels.text(u"bw_sign") != sign)
            continue;
        out.push_back(one);
        out.back().labels = one.labels.without({u"bw_sign"_s});
    }
    return out;
}

std::vector<DeployEvent> eventsFrom(DeployQuestion question, const SeriesSet &series, const TimeRange &range)
{
    std::vector<DeployEvent> events;
    const auto add = [&events](std::vector<DeployEvent> more) {
        events.insert(
            events.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    if (question == DeployQuestion::Moments) {
        add(rolloutsFrom(signedWith(series, u"rollout"_s)));
        add(restartsFrom(signedWith(series, u"restart"_s), range));
        return events;
    }
    const TimeRange snapped = range.snappedTo(kStep);
    const SeriesSet versions = signedWith(series, u"version"_s), images = signedWith(series, u"image"_s),
                    syncs = signedWith(series, u"sync"_s);
    add(versionsFrom(versions, remembered(versions, snapped), kStep));
    add(imagesFrom(images, remembered(images, snapped), kStep));
    add(syncsFrom(syncs, remembered(syncs, snapped), kStep));
    add(touchesFrom(signedWith(series, u"touch"_s)));
    return events;
}

} // namespace

DeployWatch::DeployWatch(
    QueryExecutor &executor, const Clock &clock, OwnBoard &board, QThreadPool &files, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
    , m_board(board)
    , m_background(files)
{
    m_timer.setInterval(kInterval);
    connect(&m_timer, &QTimer::timeout, this, &DeployWatch::refresh);
    connect(&m_watch, &FileWatch::changed, this, &DeployWatch::readFiles);
}

DeployWatch::~DeployWatch() = default;

void DeployWatch::setSources(const std::vector<DatasourceId> &sources, std::chrono::milliseconds delay)
{
    if (sources == m_sources)
        return;
    m_sources = sources;
    std::erase_if(m_questions, [&](const auto &entry) {
        return std::find(sources.begin(), sources.end(), DatasourceId{entry.first.first}) == sources.end();
    });
    if (delay.count() > 0)
        QTimer::singleShot(delay, this, &DeployWatch::refresh);
    else
        refresh();
}

void DeployWatch::setFiles(const QStringList &paths)
{
    std::erase_if(m_files, [&](const auto &entry) { return !paths.contains(entry.first); });
    for (const QString &path : paths) {
        if (!m_files.contains(path))
            m_files[path].file = std::make_shared<DeployFile>(path);
    }
    m_watch.setPaths(paths);
    readFiles();
}

void DeployWatch::refresh()
{
    if (m_sources.empty()) {
        m_timer.stop();
        return;
    }
    m_timer.start();
    const Timestamp now = m_clock.utcNow();
    for (const DatasourceId &source : m_sources) {
        for (const DeployQuestion question : {DeployQuestion::Moments, DeployQuestion::Ranges})
            ask(source, question, {now - kLookBack, now});
    }
}

void DeployWatch::ask(const DatasourceId &source, DeployQuestion question, const TimeRange &range)
{
    const bool overRange = question == DeployQuestion::Ranges;
    const QString &expression = overRange ? kRanges : kMoments;
    const auto key = std::make_pair(source.id, question);
    m_questions[key].ticket = m_executor.submit({source, bodyOf(expression, overRange, range)},
        {.priority = Priority::Background, .askedBy = AskedBy::Poll}, this,
        [this, key, range](const Result<QueryResult> &answer) {
            if (!answer || !dataAs<MetricData>(*answer))
                return take(key, {}, answer ? std::nullopt : std::make_optional(answer.error()));
            m_background.run(
                [question = key.second, range, data = answer->data] {
                    return eventsFrom(question, std::get<MetricData>(*data).series, range);
                },
                [this, key](std::vector<DeployEvent> &&events) { take(key, std::move(events), {}); });
        });
    m_questions[key].isWaiting = true;
}

void DeployWatch::take(
    const Key &key, std::optional<std::vector<DeployEvent>> events, std::optional<Error> error)
{
    const auto at = m_questions.find(key);
    if (at == m_questions.end())
        return;
    Question &question = at->second;
    question.isWaiting = false;
    question.error = std::move(error);
    if (events) {
        question.events = std::move(*events);
        question.wasAnswered = true;
    }
    // One picture for both answers of a source, not two.
    if (std::none_of(m_questions.begin(), m_questions.end(),
            [&](const auto &entry) { return entry.first.first == key.first && entry.second.isWaiting; }))
        publish();
}

bool DeployWatch::isBusy() const
{
    return std::any_of(
        m_questions.begin(), m_questions.end(), [](const auto &entry) { return entry.second.isWaiting; });
}

void DeployWatch::readFiles()
{
    for (auto &[path, followed] : m_files)
        read(followed);
}

void DeployWatch::read(Followed &followed)
{
    if (followed.reading) {
        followed.again = true;
        return;
    }
    followed.reading = true;
    m_background.run([file = followed.file] { return file->readNew(); },
        [this, path = followed.file->path(), file = followed.file](DeployFile::Read &&read) {
            const auto at = m_files.find(path);
            if (at == m_files.end() || at->second.file != file)
                return;
            Followed &mine = at->second;
            mine.reading = false;
            if (read.restarted)
                mine.events.clear();
            mine.events.insert(mine.events.end(), read.events.begin(), read.events.end());
            if (mine.events.size() > kMostOfAFile)
                mine.events.erase(mine.events.begin(), mine.events.end() - kMostOfAFile);
            mine.problem = read.problem;
            publish();
            if (std::exchange(mine.again, false))
                this->read(mine);
        });
}

void DeployWatch::publish()
{
    std::vector<DeployEvent> events;
    int answered = 0;
    std::optional<Error> error;
    for (const auto &[key, question] : m_questions) {
        events.insert(events.end(), question.events.begin(), question.events.end());
        answered += question.wasAnswered && !question.error ? 1 : 0;
        if (question.error)
            error = question.error;
    }
    QStringList notes;
    for (const auto &[path, followed] : m_files) {
        events.insert(events.end(), followed.events.begin(), followed.events.end());
        if (!followed.problem.isEmpty())
            notes += followed.problem;
    }
    OwnItems items;
    for (const DeployEvent &event : mergedDeploys(std::move(events)))
        items.items.push_back(itemOf(event));
    std::reverse(items.items.begin(), items.items.end()); // newest first
    items.note = notes.join(u"; "_s);
    const Timestamp utc = m_clock.utcNow();
    const int asked = int(m_questions.size());
    Freshness freshness;
    if (error && answered == 0) {
        const QueryResult before = m_board.current({u"deploys"_s, std::nullopt});
        freshness = afterFailure(before.freshness, *error);
        if (items.items.empty() && before.data) { // what an earlier run knew
            m_board.publish(u"deploys"_s, before.data, freshness, before.fetchedAt);
            return;
        }
    } else {
        freshness = afterSuccess(m_clock.bootNow(), utc, items.items.empty());
        m_fetchedAt = utc;
        if (answered < asked || !notes.isEmpty()) {
            freshness.state = Freshness::State::Partial;
            freshness.reason = error ? error->message
                : notes.isEmpty()    ? tr("not every source has answered yet")
                                     : items.note;
        }
    }
    freshness.answered = answered;
    freshness.asked = asked;
    m_board.publish(u"deploys"_s, std::make_shared<const QueryData>(std::move(items)), freshness, m_fetchedAt,
        asked > 0 ? Nanoseconds(kInterval) : Nanoseconds(0), 10s);
}

} // namespace bw
