// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/editor/queryeditor.h>
#include <widgets/panels/panelports.h>

namespace bw {

/// Where an expression is typed: knows the names of the default metric source and of `variables`. The one
/// place to change for another input. What `ports` refer to outlives it.
inline QueryEditor *newQueryText(const DashboardPorts &ports, const QStringList &variables, QWidget *parent)
{
    auto *editor = new QueryEditor(ports.executor, ports.clock, parent);
    editor->setVariables(variables);
    if (const SourceInfo *source = ports.sources.defaultOf(u"prometheus"))
        editor->setSource(source->id);
    return editor;
}

} // namespace bw
