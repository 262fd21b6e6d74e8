// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/cli/subcommands.h>
#include <app/session.h>

#include <chrono>
#include <memory>

namespace bw {

/// A session for one command: the configuration read, the sources set up, nothing polled by itself. Waiting
/// happens in a local event loop; a command has nothing else to do.
class CliSession
{
public:
    /// Reads the configuration and prints what is wrong with it. Invalid: it cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<CliSession>> open(
        const CliContext &context, const Session::Options &options);

    Session &session() { return *m_session; }
    const LoadedFiles &files() const { return m_files; }
    /// One question, asked as a user's action; Timeout when no answer came within `deadline`.
    [[nodiscard]] Result<QueryResult> ask(QuerySpec spec, std::chrono::milliseconds deadline);
    /// Runs the event loop until `done()` or the deadline; returns done().
    bool waitUntil(const std::function<bool()> &done, std::chrono::milliseconds deadline);

    /// `id`, else the default source of one of the kinds. Invalid names what exists.
    [[nodiscard]] Result<SourceInfo> source(const QString &id, const QStringList &kinds) const;
    /// By id, or the path of a file, whose findings are printed. Invalid names what exists.
    [[nodiscard]] Result<Dashboard> dashboard(const QString &name) const;
    /// RFC 3339, unix seconds (fractions too) or milliseconds, or an expression such as now-6h.
    [[nodiscard]] Result<Timestamp> time(const std::string &text) const;

private:
    CliSession() = default;
    LoadedFiles m_files;
    std::unique_ptr<Session> m_session;
};

/// Text the user typed.
inline QString fromArgument(const std::string &text) { return QString::fromStdString(text); }

} // namespace bw
