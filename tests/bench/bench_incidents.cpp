// SPDX-License-Identifier: GPL-3.0-or-later
// Durable entries against the floor of the same disk in the same run: one overwrite of 500 bytes and
// fdatasync. Usage: bench_incidents [FOLDER]; the folder decides which disk. Runs in order, so that both see
// the same disk.
#include <domain/incidents/projection.h>
#include <store/incidents/incidentdb.h>
#include <store/incidents/searchindex.h>

#include <QElapsedTimer>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

double ms(const QElapsedTimer &timer) { return double(timer.nsecsElapsed()) / 1e6; }

double at(std::vector<double> taken, double share)
{
    std::sort(taken.begin(), taken.end());
    return taken[std::min(taken.size() - 1, size_t(double(taken.size()) * share))];
}

void print(const char *name, double value, const char *unit, const char *peer = nullptr, double peerValue = 0)
{
    if (peer)
        std::printf(
            "{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"peer\": \"%s\", \"peer_value\": %.3f, "
            "\"ratio\": %.3f}\n",
            name, value, unit, peer, peerValue, peerValue / value);
    else
        std::printf(
            "{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"peer\": null, \"peer_value\": null, "
            "\"ratio\": null}\n",
            name, value, unit);
    std::fflush(stdout);
}

/// 500 bytes over what is there, and fdatasync: the least a disk can be asked for.
class Floor
{
public:
    explicit Floor(const QString &path)
        : m_fd(::open(qPrintable(path), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
    {
        once();
    }
    ~Floor() { ::close(m_fd); }
    double once()
    {
        QElapsedTimer timer;
        timer.start();
        const QByteArray bytes(500, 'x');
        if (::pwrite(m_fd, bytes.constData(), size_t(bytes.size()), 0) != bytes.size()
            || ::fdatasync(m_fd) != 0)
            std::abort();
        return ms(timer);
    }

private:
    int m_fd;
};

TimelineEntry noteOf(IdSource &ids, const IncidentId &incident, int number)
{
    TimelineEntry entry;
    entry.id = EntryId{ids.next()};
    entry.incident = incident;
    entry.kind = number == 0 ? u"incident.declared"_s : u"note.text"_s;
    entry.title = Untrusted(u"note %1 about the connection pool"_s.arg(number));
    entry.body = Untrusted(u"The database answers slowly since 14:02; pool at 97 of 100. "_s.repeated(2));
    entry.actor = {Actor::Type::Person, u"anna"_s, Untrusted(u"Anna"_s)};
    return entry;
}

bool save(IncidentDb &db, const std::vector<TimelineEntry> &entries)
{
    return db.append(entries).has_value();
}

/// Single entries and bursts, each after one write of the floor.
int durableAppends(const QString &root, Disk &disk, const Clock &clock, IdSource &ids)
{
    auto db = IncidentDb::open({root + u"/append"_s, IncidentDb::Mode::Write, 0}, disk, clock, ids);
    if (!db)
        return 1;
    Floor floor(root + u"/floor"_s);
    const IncidentId incident{ids.next()};
    std::vector<double> single, burst, raw;
    for (int i = 0; i < 500; ++i) {
        raw.push_back(floor.once());
        QElapsedTimer timer;
        timer.start();
        if (!save(**db, {noteOf(ids, incident, i)}))
            return 1;
        single.push_back(ms(timer));
    }
    for (int i = 0; i < 50; ++i) {
        std::vector<TimelineEntry> entries;
        for (int j = 0; j < 100; ++j)
            entries.push_back(noteOf(ids, incident, 1000 + i * 100 + j));
        QElapsedTimer timer;
        timer.start();
        if (!save(**db, entries))
            return 1;
        burst.push_back(ms(timer));
    }
    const char *peer = "overwrite of 500 bytes and fdatasync";
    print("durable entry, p50", at(single, 0.5), "ms", peer, at(raw, 0.5));
    print("durable entry, p99", at(single, 0.99), "ms", peer, at(raw, 0.99));
    print("100 durable entries, p50", at(burst, 0.5), "ms", "one durable entry", at(single, 0.5));
    return 0;
}

int bigIncident(const QString &root, Disk &disk, const Clock &clock, IdSource &ids)
{
    const QString path = root + u"/big"_s;
    const IncidentId incident{ids.next()};
    {
        auto db = IncidentDb::open({path, IncidentDb::Mode::Write, 0}, disk, clock, ids);
        if (!db)
            return 1;
        for (int i = 0; i < 100; ++i) {
            std::vector<TimelineEntry> entries;
            for (int j = 0; j < 1000; ++j)
                entries.push_back(noteOf(ids, incident, i * 1000 + j));
            if (!save(**db, entries))
                return 1;
        }
    }
    QElapsedTimer timer;
    timer.start();
    auto db = IncidentDb::open({path, IncidentDb::Mode::Write, 0}, disk, clock, ids);
    if (!db || !(*db)->recovery().isClean())
        return 1;
    print("open of a record with 100,000 entries", ms(timer), "ms");
    const qint64 bytes = disk.size(path + u"/incidents.sqlite"_s).value_or(0)
        + disk.size(path + u"/incidents/"_s + incident.toString() + u"/journal.jsonl"_s).value_or(0);
    print("size of that record, both copies", double(bytes) / 1e6, "MB");
    timer.start();
    const auto page = (*db)->page(incident, {}, 200);
    print("newest 200 of 100,000 entries", ms(timer), "ms");
    timer.start();
    const auto entries = (*db)->entries(incident);
    print("all 100,000 entries, every hash checked", ms(timer), "ms");
    if (!page || page->entries.size() != 200 || !entries || entries->size() != 100'000)
        return 1;
    timer.start();
    const Incident head = project(*entries);
    print("the incident of 100,000 entries", ms(timer), "ms");
    timer.start();
    const auto list = (*db)->list();
    print("list of incidents", ms(timer), "ms");
    SearchIndex search(path + u"/search.sqlite"_s);
    timer.start();
    for (auto more = search.catchUp(**db); more && *more;)
        more = search.catchUp(**db);
    print("full-text index of 100,000 entries", ms(timer), "ms");
    std::vector<double> taken;
    for (int i = 0; i < 50; ++i) {
        timer.start();
        const auto hits = search.find(u"pool"_s, {}, 50);
        taken.push_back(ms(timer));
        if (!hits || hits->size() != 50)
            return 1;
    }
    print("search, newest 50 of 100,000", at(taken, 0.5), "ms");
    timer.start();
    const auto report = (*db)->verify(incident);
    print("verification of 100,000 entries", ms(timer), "ms");
    return report && report->findings.isEmpty() && list && head.entries == 100'000 ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
{
    QTemporaryDir folder(argc > 1 ? QString::fromLocal8Bit(argv[1]) + u"/bench-XXXXXX"_s : QString());
    SystemDisk disk;
    const SystemClock clock;
    Uuid7Source ids(clock);
    const int failed =
        durableAppends(folder.path(), disk, clock, ids) + bigIncident(folder.path(), disk, clock, ids);
    if (failed)
        std::fprintf(stderr, "the record could not be written or read\n");
    return failed;
}
