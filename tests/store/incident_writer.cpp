// SPDX-License-Identifier: GPL-3.0-or-later
// Writes to a real record. `incident_writer DIR write` appends until it is killed and says "ACK id" for each
// entry that is saved. `incident_writer DIR serve` holds the record and saves what commands leave in its
// inbox, until its input ends.
#include <store/incidents/inbox.h>

#include <QCoreApplication>

#include <cstdio>
#include <poll.h>
#include <unistd.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

void say(const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    // One write: a reader never sees half an acknowledgement as a whole one.
    if (::write(STDOUT_FILENO, bytes.constData(), size_t(bytes.size())) < 0)
        ::_exit(3);
}

int serve(IncidentDb &db, Disk &disk)
{
    Inbox inbox(disk, db.root());
    while (true) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        ::poll(&input, 1, 10);
        inbox.collect(db, [](const StoredEntry &entry) { say(u"SAVED "_s + entry.id.toString()); });
        char byte = 0;
        if (input.revents != 0 && ::read(STDIN_FILENO, &byte, 1) == 0)
            return 0;
    }
}

int write(IncidentDb &db, IdSource &ids)
{
    const IncidentId incident = IncidentId{ids.next()};
    for (int i = 0;; ++i) {
        std::vector<TimelineEntry> batch(i % 4 == 3 ? 3 : 1);
        for (TimelineEntry &entry : batch) {
            entry.id = EntryId{ids.next()};
            entry.incident = incident;
            entry.kind = i == 0 ? u"incident.declared"_s : u"note.text"_s;
            entry.title = Untrusted(u"entry %1"_s.arg(i));
            entry.body = Untrusted(QString(i * 37 % 3000, u'x'));
            say(u"TRY "_s + entry.id.toString());
        }
        if (const auto stored = db.append(batch); !stored) {
            std::fprintf(stderr, "%s\n", qPrintable(stored.error().message));
            return 1;
        }
        for (const TimelineEntry &entry : batch)
            say(u"ACK "_s + entry.id.toString());
    }
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc != 3)
        return 2;
    SystemDisk disk;
    const SystemClock clock;
    Uuid7Source ids(clock);
    auto db =
        IncidentDb::open({QString::fromLocal8Bit(argv[1]), IncidentDb::Mode::Write, 0}, disk, clock, ids);
    if (!db) {
        std::fprintf(stderr, "%s\n", qPrintable(db.error().message));
        return 1;
    }
    say(u"READY"_s);
    return QByteArray(argv[2]) == "serve" ? serve(**db, disk) : write(**db, ids);
}
