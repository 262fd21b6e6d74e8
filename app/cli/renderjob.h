// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/compare.h>

#include <app/cli/subcommands.h>

#include <QMap>
#include <QSize>
#include <QStringList>

#include <chrono>

namespace bw {

/// What `dashboard render` draws.
struct RenderJob
{
    QString dashboard; ///< id or file
    QSize size;
    bool dark = false;
    Compare compare = Compare::Off;
    QString at, range; ///< empty: now, the dashboard's own
    QMap<QString, QStringList> variables;
    QString output; ///< file or "-"
    std::chrono::milliseconds deadline{30'000};
};

/// Draws one dashboard off screen and writes it; needs a QApplication, no display. Waits until every panel
/// has its answer or the deadline; what failed is drawn as failed and told by the exit code.
ExitCode renderDashboard(const CliContext &context, const RenderJob &job);

} // namespace bw
