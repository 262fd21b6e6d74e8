// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/grafana/grafanaimport.h>
#include <store/grafana/jsontree.h>

namespace bw::grafana {

using Effect = ImportItem::Effect;

/// What the parts of an import share. One import, one thread.
class Context
{
public:
    explicit Context(const ImportOptions &importOptions)
        : options(importOptions)
    {
    }

    /// Notes something about `node` and marks all below it as told.
    void note(const JsonNode &node, const QString &what, const QString &why, Effect effect);
    /// As note(), once a dashboard for one `what`.
    void noteOnce(const JsonNode &node, const QString &what, const QString &why, Effect effect);
    /// Items of `panel` from now on; null: of the dashboard.
    void enter(PanelImport *panel) { m_panel = panel; }
    PanelImport *panel() const { return m_panel; }
    std::vector<ImportItem> &items() { return m_panel ? m_panel->items : dashboardItems; }

    const ImportOptions &options;
    std::vector<ImportItem> dashboardItems;
    QStringList variables; ///< names the dashboard declares
    QMap<QString, QString> variableTypes; ///< of datasource variables: name → type of source
    QMap<QString, QString> inputs; ///< ${DS_X} of an export → its type

private:
    PanelImport *m_panel = nullptr;
};

/// Where a question goes: our spelling, and the type of source it names ("prometheus"; empty: not said).
struct SourceRef
{
    QString id, type;
};
SourceRef sourceFrom(const JsonNode &node, Context &context);

// grafanalook.cpp: words and colours
QString unitFrom(const QString &id);
QString colorFrom(const QString &color); ///< role or #rrggbb; empty for none
QString calcFrom(const QString &id);
QString regexFrom(const QString &text); ///< without the slashes around it
QString slug(const QString &text);
QString linkText(const QString &text); ///< ${__field.labels.x} as ${__series.x} …

// grafanafields.cpp: field settings
std::optional<Thresholds> thresholdsFrom(const JsonNode &node);
std::vector<ValueMapping> mappingsFrom(const JsonNode &node, Context &context);
std::vector<PanelLink> linksFrom(const JsonNode &node, Context &context);
void readFieldConfig(const JsonNode &config, Panel &panel, Context &context);

// grafanaoptions.cpp: settings of each kind
void readOptions(const JsonNode &panel, const QString &type, Panel &out, Context &context);

// grafanaold.cpp: kinds before schema 28
void readGraph(const JsonNode &panel, Panel &out, Context &context);
void readSinglestat(const JsonNode &panel, Panel &out, Context &context);
void readOldTable(const JsonNode &panel, Panel &out, Context &context);

// grafanatransform.cpp
std::vector<Transformation> transformationsFrom(const JsonNode &list, Context &context);

// grafanavariables.cpp
std::optional<Variable> variableFrom(const JsonNode &node, Context &context);
std::optional<AnnotationSource> annotationFrom(const JsonNode &node, Context &context);

// grafanapanel.cpp
Panel panelFrom(const JsonNode &node, PanelImport &report, Context &context);

// grafanav2.cpp: rearranges a document of schema v2 into the classic one
void fromV2(JsonNode &document, Context &context);

// grafanaleaves.cpp: what nobody read
void sweep(const JsonNode &node, const QString &within, Context &context, GrafanaImport::Leaves &leaves);

} // namespace bw::grafana
