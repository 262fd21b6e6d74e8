// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace bw {

struct WindowOptions
{
    QString configDir, theme, dashboard, refresh;
    QString traceFile{}; ///< opened first; empty: none
    QString display{}; ///< "dashboard:ID", "rotation:NAME": over a whole monitor, without controls
    QString screen{}; ///< name of the monitor of a display
    double scale = 0; ///< of a display's text and lines; 0: what display.yaml says
    /// Prints the milliseconds from the process's start to the first finished paint, and to the first with
    /// data in it; then ends.
    bool benchFirstPaint = false;
};

/// Opens the window and runs until it is closed; the exit status. Creates the application object.
int runWindow(const WindowOptions &given, int argc, char **argv);

} // namespace bw
