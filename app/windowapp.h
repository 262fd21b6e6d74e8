// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace bw {

struct WindowOptions
{
    QString configDir, theme, dashboard, refresh;
    QString traceFile; ///< opened first; empty: none
    /// Prints the milliseconds from the process's start to the first finished paint, and to the first with
    /// data in it; then ends.
    bool benchFirstPaint = false;
};

/// Opens the window and runs until it is closed; the exit status. Creates the application object.
int runWindow(const WindowOptions &options, int argc, char **argv);

} // namespace bw
