// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/template.h>

#include <QStringList>

namespace bw {

/// A template as a menu shows it.
struct TemplateName
{
    QString id, title;
};
/// The built-in templates.
std::vector<TemplateName> templateNames();

/// A dashboard from a template, as a file's text, with the catalogue's indicators filled in and without the
/// panels that `profile` (may be null) has no metrics for. Invalid names the templates there are.
struct NewDashboard
{
    QString id, title;
    QByteArray text;
    QStringList left; ///< panels left out, and why
};
[[nodiscard]] Result<NewDashboard> newDashboard(
    const QString &templateId, const DetectedProfile *profile, const QStringList &takenIds);
/// The same written to `folder`/ID.yaml, which does not exist yet. Does file I/O: not on the UI thread.
[[nodiscard]] Result<NewDashboard> writeNewDashboard(const QString &templateId,
    const DetectedProfile *profile, const QStringList &takenIds, const QString &folder);

} // namespace bw
