// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bw {

/// The whole program: parses the arguments, then runs a subcommand or opens the window. Returns the exit
/// status; exitcode.h has the table.
int runProgram(int argc, char **argv);

} // namespace bw
