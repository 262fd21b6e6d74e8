// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/cli/exitcode.h>

#include <QString>

#include <functional>
#include <vector>

namespace CLI {
class App;
}

namespace bw {

/// What every subcommand is given.
struct CliContext
{
    QString configDir; ///< absolute
    bool json = false;
};

/// A parsed subcommand, ready to run once the application object exists.
struct CliRun
{
    std::function<ExitCode(const CliContext &)> run;
    bool paints = false; ///< needs the offscreen platform
};

/// One line in the list of subcommands. `attach` adds its options to `app`; the function it returns is called
/// after parsing.
struct Subcommand
{
    QString id, summary;
    std::function<std::function<CliRun()>(CLI::App &app)> attach;
};

/// Every subcommand, in the order of --help. To add one: a file with a function, and a line here.
std::vector<Subcommand> subcommands();

} // namespace bw
