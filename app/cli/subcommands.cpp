// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/subcommands.h>

namespace bw {

Subcommand checkCommand(); // checkcommand.cpp
Subcommand queryCommand(); // querycommand.cpp
Subcommand alertsCommand(); // alertscommand.cpp
Subcommand dashboardCommand(); // dashboardcommand.cpp
Subcommand traceCommand(); // tracecommand.cpp
Subcommand sloCommand(); // slocommand.cpp
Subcommand incidentCommand(); // incidentcommand.cpp

std::vector<Subcommand> subcommands()
{
    return {checkCommand(), queryCommand(), alertsCommand(), dashboardCommand(), traceCommand(), sloCommand(),
        incidentCommand()};
}

} // namespace bw
