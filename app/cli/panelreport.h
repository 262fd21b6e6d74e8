// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/cli/clisession.h>
#include <app/cli/exitcode.h>
#include <app/panelcheck.h>
#include <domain/base/jsonwriter.h>

namespace bw {

/// What a session needs so that every panel's source can be asked: the program's own data too.
Session::Options panelSessionOptions();
/// The dashboards of these names, by id or file; without names the built-in ones. Invalid names what exists.
[[nodiscard]] Result<std::vector<Dashboard>> dashboardsToCheck(
    const CliSession &cli, const QStringList &names);

/// What each panel has, what it misses and what would enable it. Waits at most `deadline`; what has not
/// answered by then has failed.
std::vector<PanelVerdict> checkedPanels(
    CliSession &cli, const std::vector<Dashboard> &dashboards, std::chrono::milliseconds deadline);
/// Lines for people, by dashboard.
QString panelText(const std::vector<PanelVerdict> &verdicts);
/// The member "panels" of a document.
void writePanels(JsonWriter &json, const std::vector<PanelVerdict> &verdicts);
/// 4 when a question failed, 1 when a panel has nothing at all.
ExitCode exitCodeOf(const std::vector<PanelVerdict> &verdicts);

} // namespace bw
