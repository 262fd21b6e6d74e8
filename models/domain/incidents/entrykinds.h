// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/entry.h>

#include <span>

namespace bw {

/// A kind of entry the program knows.
struct EntryKind
{
    const char *name; ///< stable, in files: "note.text"
    EntryLevel level; ///< where its entries begin
    const char *label; ///< for people: "Note"
};

/// Every kind, in groups. To add one: a line in entrykinds.cpp.
std::span<const EntryKind> entryKinds();
/// Null for a kind of a newer program; its entries are kept and shown as text.
const EntryKind *findEntryKind(QStringView name);
/// For people; the name itself when it is not known.
QString entryKindLabel(const QString &name);
/// Where an entry of this kind and data begins: a linked alert and a run that changes something rank higher
/// than others of their kind. Timeline for a kind that is not known, so that it is seen.
EntryLevel defaultLevel(const QString &kind, const QJsonObject &data);

} // namespace bw
