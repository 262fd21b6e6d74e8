// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>

namespace bw {

/// One thing of a foreign dashboard that is not as it was.
struct ImportItem
{
    enum class Effect : quint8 { None, Looks, Data };
    QString path; ///< in the foreign document
    QString what, why; ///< one line each
    Effect effect = Effect::None;
    bool operator==(const ImportItem &) const = default;
};
QString effectText(ImportItem::Effect effect); ///< "none", "looks different", "data differs"

/// What became of one panel.
struct PanelImport
{
    enum class Status : quint8 {
        Full, ///< nothing that a person would see is missing
        Partial, ///< looks different, or shows other data; `items` say what
        Placeholder ///< only a placeholder with the original in it
    };
    QString id, title, from, becomes; ///< our id; kinds there and here
    Status status = Status::Full;
    std::vector<ImportItem> items;
};
QString statusText(PanelImport::Status status); ///< "full", "partial", "placeholder"

struct ImportOptions
{
    QStringList kinds; ///< panel kinds the program has
    QStringList askable{QStringLiteral("promql")}; ///< types of queries it can ask
    QMap<QString, QString> sources; ///< name or uid there → our source's id; others ask the default one
    QString id; ///< of the dashboard; empty: from its title
};

/// A dashboard of Grafana as one of ours, and everything about it that has to be said.
struct GrafanaImport
{
    Dashboard dashboard;
    QString schema; ///< "classic 39", "v2beta1"
    std::vector<PanelImport> panels; ///< every panel but rows, in reading order
    std::vector<ImportItem> items; ///< of the dashboard itself
    struct Leaves
    {
        int all = 0; ///< values of the document
        int used = 0; ///< taken over
        int known = 0; ///< known to make no difference here
        int reported = 0; ///< named in an item, by themselves or by what holds them
    } leaves;

    int count(PanelImport::Status status) const;
};

/// Reads a dashboard of schema 8 to 42, with or without the wrappers it is exported in, or of the newer
/// schema v2. Nothing is dropped silently: every value of the document is used, known to make no difference,
/// or named by an item. Invalid, saying why, for anything that is no dashboard. Pure; a worker's work: about
/// ten times what parsing the JSON costs.
[[nodiscard]] Result<GrafanaImport> importGrafana(const QByteArray &json, const ImportOptions &options);

/// For a person: totals, then what is different, by panel.
QByteArray importReport(const GrafanaImport &import);

} // namespace bw
