// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/template.h>

namespace bw {

struct LoadedSli
{
    Sli sli;
    std::vector<Finding> findings;
};
/// Reads one indicator. Invalid when the text is no YAML map; every other problem is a finding.
[[nodiscard]] Result<LoadedSli> parseSli(const QByteArray &text, const QString &file);

struct SliShelf
{
    std::vector<Sli> slis; ///< unique ids; a later folder replaces one of an earlier
    std::vector<Finding> findings;
};
/// Every *.yaml of the folders; ":/sli" has the built-in ones. Files with errors are left out.
SliShelf loadSlis(const QStringList &directories);

} // namespace bw
