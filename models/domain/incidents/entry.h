// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/untrusted.h>
#include <domain/incidents/hlc.h>
#include <domain/incidents/uuid7.h>

#include <QJsonObject>

#include <optional>
#include <vector>

namespace bw {

/// How far an entry reaches: a view shows everything from its level up.
enum class EntryLevel : quint8 { Trace, Log, Timeline, Key, Public };
/// Whose clock gave the time at which something happened.
enum class TimeSource : quint8 { Local, Backend, Import };
enum class Confidence : quint8 { Observed, Reported, Inferred };

/// Who did it.
struct Actor
{
    enum class Type : quint8 { Person, System, Import };
    Type type = Type::System;
    QString id; ///< stable: a person's id, a part of the program, the hash of an imported file
    Untrusted display;
    bool operator==(const Actor &) const = default;
};

/// What an entry points at.
struct EntryRef
{
    enum class Kind : quint8 { Snapshot, Run, Alert, Task, Url, Entry };
    Kind kind = Kind::Url;
    Untrusted target; ///< an id, a SHA-256, a fingerprint or an address
    bool operator==(const EntryRef &) const = default;
};

/// When and on which machine an entry was written: apart from when the thing happened.
struct Recorded
{
    Timestamp utc{};
    QString zone; ///< the writer's, with its offset then: "Europe/Berlin+02:00"
    QString boot; ///< which run of the machine; readings of `mono` compare only within one
    Nanoseconds mono{0}; ///< CLOCK_BOOTTIME
    bool operator==(const Recorded &) const = default;
};

/// One entry of a timeline: evidence. Never changed once written; an edit is a further entry. The store fills
/// id, writer, seq, hlc and recorded of an entry that is new; all else comes from whoever composed it. What
/// `data` holds for each kind stands in this folder's README.
struct TimelineEntry
{
    EntryId id;
    IncidentId incident;
    WriterId writer;
    quint64 seq = 0; ///< from 1, without gaps, for each writer and incident
    Hlc hlc; ///< order of recording
    Timestamp at{}; ///< when it happened
    std::optional<Timestamp> atEnd; ///< for what lasted
    Recorded recorded;
    TimeSource timeSource = TimeSource::Local;
    std::optional<qint64> skewMs; ///< how far the source's clock is known to be off
    Actor actor;
    QString kind; ///< "note.text"; unknown ones (of a newer program) are kept
    Untrusted title; ///< one line
    Untrusted body; ///< Markdown
    QJsonObject data;
    std::vector<EntryRef> refs;
    EntryLevel level = EntryLevel::Timeline; ///< as written; curation may raise or lower it (projection.h)
    bool starred = false; ///< as written
    Confidence confidence = Confidence::Observed;
    std::optional<EntryId> supersedes; ///< the version this one edits
    bool redacted = false; ///< the content is gone; the envelope stays
    bool operator==(const TimelineEntry &) const = default;
};

/// The order in which entries were recorded: hlc, then writer, then id.
bool recordedBefore(const TimelineEntry &a, const TimelineEntry &b);
/// The order of the timeline: when it happened, then hlc, then id.
bool happenedBefore(const TimelineEntry &a, const TimelineEntry &b);

} // namespace bw
