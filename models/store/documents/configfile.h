// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>
#include <domain/query/sourceconfig.h>

namespace bw {

/// What bridgewatch.yaml says, as far as it makes sense. A datasource with an error is left out; the
/// findings name it. A caller that has an older good configuration keeps that one when hasErrors(findings).
struct LoadedConfiguration
{
    Configuration config;
    std::vector<Finding> findings;
};

/// Reads the text of bridgewatch.yaml. `kinds` are the datasource kinds the program has; empty accepts any.
/// Invalid only when the text is no YAML map at all; every other problem is a finding. No message repeats
/// anything that stands under `auth`, or a password in an address.
[[nodiscard]] Result<LoadedConfiguration> parseConfiguration(
    const QByteArray &text, const QString &file, const QStringList &kinds = {});
/// Reads `directory`/bridgewatch.yaml; without that file an empty configuration.
[[nodiscard]] Result<LoadedConfiguration> readConfiguration(
    const QString &directory, const QStringList &kinds = {});

/// True for "keyring:NAME", "env:VAR", "file:PATH" and "command:PROGRAM ARG…".
bool isSecretReference(QStringView text);

} // namespace bw
