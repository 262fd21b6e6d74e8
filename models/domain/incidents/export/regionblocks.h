// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/blocks.h>
#include <domain/incidents/export/redaction.h>

#include <optional>

namespace bw {

/// What one generated region shows; regions.h has the names. nullopt for a name that is none. Without
/// headings, so that a template can put it under its own; never empty: where there is nothing it says so.
std::optional<std::vector<Block>> regionBlocks(const QString &name, const RedactedRecord &redacted);

/// "2 h 14 m", "38 s": whole seconds, at most two units.
QString spentText(Nanoseconds duration);
/// Labels as {a="b", …} on one line.
QString labelText(const QJsonObject &labels);
/// An entry's headline with its body behind it, without saying the same twice; what its data says when it has
/// neither.
Untrusted entryText(const TimelineEntry &entry);
/// The address an entry's data came from; empty when there is none.
Untrusted sourceAddress(const TimelineEntry &entry, const Incident &incident);

} // namespace bw
