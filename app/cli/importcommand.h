// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/cli/subcommands.h>

namespace bw {

/// `dashboard import`: adds its options to `app`; what it returns is asked after parsing.
std::function<CliRun()> attachDashboardImport(CLI::App &app);

} // namespace bw
