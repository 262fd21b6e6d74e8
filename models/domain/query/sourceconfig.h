// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace bw {

/// One datasource as the user wrote it in bridgewatch.yaml. Secrets are references, never values.
struct SourceConfig
{
    QString id; ///< [a-z0-9-]+
    QString kind; ///< prometheus, alertmanager, …
    QStringList urls; ///< one, or one for each member
    bool isDefault = false;
    QMap<QString, QString> labels; ///< added to what this source reports; the global matcher of its queries
    struct Auth
    {
        QString basicUser, basicPassword; ///< password is a secret reference
        QString bearer; ///< secret reference
        QMap<QString, QString> headers; ///< name → secret reference
        bool operator==(const Auth &) const = default;
    } auth;
    QMap<QString, QString> headers; ///< plain headers such as X-Scope-OrgID
    struct Tls
    {
        QString ca, cert, key, serverName; ///< paths; cert and key may be secret references
        bool operator==(const Tls &) const = default;
    } tls;
    bool plainHttpAllowed = false; ///< http:// beyond loopback
    std::optional<Nanoseconds> alertsPoll; ///< nullopt: locked to rule evaluation
    Nanoseconds dashboardsPoll = std::chrono::seconds(15);
    Nanoseconds timeout = std::chrono::seconds(30);
    std::optional<bool> compression; ///< nullopt: off for loopback and private addresses
    QString profile = QStringLiteral("auto");
    QString metrics; ///< Alertmanager: the datasource that holds its rules
    QString api; ///< Jaeger: auto, v3 or legacy; empty elsewhere
    QString proxy;
    struct Limits
    {
        int inFlight = 0; ///< 0: the kind's own
        double rate = 5;
        int series = 2000;
        bool operator==(const Limits &) const = default;
    } limits;
    int line = 0; ///< where in the file, for messages
    bool operator==(const SourceConfig &) const = default;
};

/// The kinds of servers that hold traces.
inline QStringList traceKinds()
{
    return {QStringLiteral("jaeger"), QStringLiteral("tempo"), QStringLiteral("zipkin")};
}

struct Configuration
{
    QString identityName, identityTeam;
    QString zone = QStringLiteral("system"), secondZone = QStringLiteral("UTC");
    QString theme = QStringLiteral("system"); ///< ui.theme: system, light, dark
    std::vector<SourceConfig> sources;
    QStringList deployFiles; ///< JSON-lines files with deploy events
    QStringList costFiles; ///< bills as CSV, or folders of them
    bool operator==(const Configuration &) const = default;
};

} // namespace bw
