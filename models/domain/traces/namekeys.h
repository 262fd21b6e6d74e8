// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <QHash>

#include <vector>

namespace bw {

/// Numbers for pairs of service and normalised operation, the same in every trace that one object has seen.
/// One thread at a time.
class NameKeys
{
public:
    /// One key a row.
    std::vector<quint32> rowKeys(const Trace &trace);

private:
    QHash<Untrusted, quint32> m_names;
    QHash<std::pair<quint32, quint32>, quint32> m_pairs;
};

} // namespace bw
