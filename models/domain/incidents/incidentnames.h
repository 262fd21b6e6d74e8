// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/incident.h>

#include <QStringList>

#include <optional>

namespace bw {

/// The stable name of a value in files and on the command line: Phase::InReview is "in_review". Given for
/// every enum of entry.h and incident.h.
template<typename E> QString nameOf(E value);
/// nullopt: no value has this name.
template<typename E> std::optional<E> valueOf(QStringView name);
/// All names, in the order of the values.
template<typename E> QStringList namesOf();

} // namespace bw
