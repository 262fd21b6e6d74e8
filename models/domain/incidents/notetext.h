// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/entry.h>

namespace bw {

/// The entries a note makes, in the order of its text: the note itself (note.text, without the lines below,
/// and left out when nothing else is there), and one for each line that begins with TODO: (a follow-up),
/// DECISION:, Q:, A: (an answer to the last question, when `lastQuestion` is known) or HYP:. Only at the
/// begin of a line, in capitals. Kind, title, body, data and level are filled.
std::vector<TimelineEntry> entriesOfNote(
    const QString &text, const std::optional<EntryId> &lastQuestion = {});

} // namespace bw
