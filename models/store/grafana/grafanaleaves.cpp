// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/importer_p.h>

#include <QHash>
#include <QSet>

#include <algorithm>
#include <functional>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Values that make no difference here: how an editor was left, numbers of a database, leftovers of older
/// versions that the other program does not read either. Paths within a panel or a dashboard, "[]" for any
/// element; what ends in '*' holds for everything below.
const QSet<QString> &knownPaths()
{
    static const QSet<QString> paths{// a dashboard
        u"id"_s, u"uid"_s, u"version"_s, u"schemaVersion"_s, u"editable"_s, u"style"_s, u"gnetId"_s,
        u"iteration"_s, u"hideControls"_s, u"sharedCrosshair"_s, u"revision"_s, u"preload"_s, u"slug"_s,
        u"folderName"_s, u"originalTitle"_s, u"nav*"_s, u"time*"_s, u"timepicker*"_s, u"__requires*"_s,
        u"__elements*"_s, u"__inputs*"_s, u"meta*"_s, u"annotations.enable"_s, u"templating.enable"_s,
        u"isNew"_s, u"overwrite"_s, u"message"_s, u"folderId"_s, u"folderUid"_s, u"inputs*"_s,
        u"rows[].collapse"_s, u"rows[].collapsed"_s, u"rows[].editable"_s, u"rows[].height"_s,
        u"rows[].showTitle"_s, u"rows[].titleSize"_s, u"rows[].repeatIteration"_s, u"rows[].repeatRowId"_s,
        u"rows[].type"_s, u"rows[].isNew"_s, u"rows[].id"_s, u"rows[].gridPos*"_s, u"rows[].datasource*"_s,
        u"rows[].span"_s, u"templating.list[].selected"_s, u"templating.list[].skipUrlSync"_s,
        u"templating.list[].tagsQuery"_s, u"templating.list[].tagValuesQuery"_s,
        u"templating.list[].useTags"_s, u"templating.list[].tags*"_s, u"templating.list[].refresh_on_load"_s,
        u"templating.list[].error*"_s, u"templating.list[].state"_s, u"templating.list[].rootStateKey"_s,
        u"templating.list[].id"_s, u"templating.list[].global"_s, u"templating.list[].index"_s,
        u"templating.list[].hasFilters"_s, u"templating.list[].definition"_s,
        u"templating.list[].queryValue"_s, u"templating.list[].description"_s,
        u"templating.list[].datasource*"_s, u"templating.list[].query*"_s, u"templating.list[].regex"_s,
        u"templating.list[].allFormat"_s, u"templating.list[].allFilter"_s, u"templating.list[].auto_count"_s,
        u"templating.list[].auto_min"_s, u"templating.list[].multiFormat"_s, u"templating.list[].initLock*"_s,
        u"templating.list[].includeAll"_s, u"templating.list[].multi"_s, u"templating.list[].options*"_s,
        u"templating.list[].current*"_s, u"templating.list[].refresh"_s, u"templating.list[].label"_s,
        u"templating.list[].hide"_s, u"templating.list[].allowCustomValue"_s,
        u"templating.list[].datasourceUid"_s, u"templating.list[].allValue"_s, u"weekStart"_s,
        u"fiscalYearStartMonth"_s, u"user"_s, u"public"_s,
        // a panel
        u"type"_s, u"pluginVersion"_s, u"gridPos*"_s, u"span"_s, u"minSpan"_s, u"isNew"_s, u"error"_s,
        u"renderer"_s, u"transparent"_s, u"height"_s, u"h"_s, u"w"_s, u"x"_s, u"y"_s, u"scopedVars*"_s,
        u"repeatIteration"_s, u"repeatPanelId"_s, u"repeatRowId"_s, u"repeatedByRow"_s, u"cacheTimeout"_s,
        u"queryCachingTTL"_s, u"collapse"_s, u"collapsed"_s, u"showTitle"_s, u"titleSize"_s, u"datasource*"_s,
        u"fixedHeight"_s, u"libraryPanel.version"_s, u"libraryPanel.meta*"_s, u"libraryPanel.type"_s,
        u"libraryPanel.description"_s, u"libraryPanel.schemaVersion"_s, u"fieldConfig.defaults.unitScale"_s,
        u"fieldConfig.defaults.fieldMinMax"_s, u"fieldConfig.defaults.color*"_s,
        u"fieldConfig.defaults.thresholds*"_s, u"fieldConfig.overrides[].__systemRef"_s,
        u"fieldConfig.defaults.nullValueMode"_s, u"fieldConfig.defaults.filterable"_s,
        u"fieldConfig.defaults.custom.hideFrom*"_s, u"targets[].editorMode"_s, u"targets[].key"_s,
        u"targets[].datasource*"_s, u"targets[].step"_s, u"targets[].metric"_s, u"targets[].queryType"_s,
        u"targets[].requestId"_s, u"targets[].target"_s, u"targets[].prometheusQuery"_s,
        u"targets[].useBackend"_s, u"targets[].disableTextWrap"_s, u"targets[].fullMetaSearch"_s,
        u"targets[].includeNullMetadata"_s, u"targets[].hideTimeOverride"_s, u"targets[].textEditor"_s,
        u"targets[].calculatedInterval"_s, u"targets[].dsType"_s, u"targets[].errors*"_s,
        u"targets[].prevStepMs"_s, u"targets[].bucketAggs*"_s, u"targets[].metrics*"_s, u"targets[].format"_s,
        u"targets[].range"_s, u"targets[].interval"_s, u"targets[].intervalFactor"_s, u"targets[].refID"_s,
        u"targets[].refId"_s, u"targets[].legendFormat"_s, u"targets[].hide"_s, u"targets[].instant"_s,
        u"targets[].exemplar"_s, u"targets[].groupBy*"_s, u"targets[].policy"_s, u"targets[].resultFormat"_s,
        u"targets[].select*"_s, u"targets[].tags*"_s, u"targets[].orderByTime"_s, u"targets[].panelId"_s,
        u"targets[].withTransforms"_s, u"targets[].maxLines"_s, u"targets[].logBase"_s, u"targets[].min"_s,
        u"targets[].max"_s, u"targets[].direction"_s, u"targets[].timeFrom"_s, u"targets[].timeShift"_s,
        u"thresholds*"_s, u"aliasColors*"_s, u"tooltip*"_s, u"valueName"_s, u"format"_s, u"legend*"_s,
        u"lines"_s, u"bars"_s, u"points"_s, u"fill"_s, u"fillGradient"_s, u"linewidth"_s, u"stack"_s,
        u"percentage"_s, u"nullPointMode"_s, u"dashes"_s, u"dashLength"_s, u"spaceLength"_s, u"pointradius"_s,
        u"steppedLine"_s, u"seriesOverrides*"_s, u"xaxis*"_s, u"yaxes*"_s, u"yaxis*"_s, u"timeRegions*"_s,
        u"hiddenSeries"_s, u"grid*"_s, u"y_formats*"_s, u"styles*"_s, u"columns*"_s, u"transform"_s,
        u"fontSize"_s, u"sort*"_s, u"scroll"_s, u"showHeader"_s, u"pageSize"_s, u"colors*"_s, u"gauge*"_s,
        u"sparkline*"_s, u"valueMaps*"_s, u"rangeMaps*"_s, u"mappingType"_s, u"mappingTypes*"_s, u"prefix"_s,
        u"postfix"_s, u"prefixFontSize"_s, u"postfixFontSize"_s, u"valueFontSize"_s, u"nullText"_s,
        u"tableColumn"_s, u"colorValue"_s, u"colorBackground"_s, u"colorPrefix"_s, u"colorPostfix"_s,
        u"decimals"_s, u"logsPanel*"_s, u"mode"_s, u"content"_s, u"ack*"_s,
        // kinds: what their pictures have anyway
        u"options.tooltip*"_s, u"options.alertThreshold"_s, u"options.dataLinks*"_s, u"options.legend*"_s,
        u"options.code*"_s, u"options.text*"_s, u"options.content"_s, u"options.mode"_s,
        u"options.calculation*"_s, u"repeat"_s, u"repeatDirection"_s, u"maxPerRow"_s, u"interval"_s,
        u"hideTimeOverride"_s, u"links[].targetBlank"_s, u"fieldConfig.defaults.custom.axisSoftMin"_s,
        u"fieldConfig.defaults.custom.axisSoftMax"_s};
    return paths;
}

/// The path below `root`, with "[]" for numbers.
QString within(const QString &parent, const JsonNode &node, size_t at)
{
    if (node.kind == JsonNode::Kind::List)
        return parent + u"[]"_s;
    return parent.isEmpty() ? node.keys[qsizetype(at)] : parent + u'.' + node.keys[qsizetype(at)];
}

bool isKnown(const QString &path)
{
    const QSet<QString> &known = knownPaths();
    if (known.contains(path) || known.contains(path + u'*'))
        return true;
    // "legend*" covers "legend.show" and "styles[].unit".
    for (qsizetype at = path.size() - 1; at > 0; --at) {
        if ((path[at] == u'.' || path[at] == u'[') && known.contains(path.left(at) + u'*'))
            return true;
    }
    return false;
}

bool saysNothing(const JsonNode &node)
{
    return node.kind == JsonNode::Kind::Null || (node.kind == JsonNode::Kind::Text && node.text.isEmpty())
        || (!node.isLeaf() && node.items.empty());
}

int leavesOf(const JsonNode &node)
{
    if (node.isLeaf() || node.items.empty())
        return 1;
    int count = 0;
    for (const JsonNode &item : node.items)
        count += leavesOf(item);
    return count;
}

/// Nobody read anything of it, and it is not known either: it can be named as a whole.
bool isStrange(const JsonNode &node, const QString &path)
{
    if (node.used || node.told || isKnown(path) || saysNothing(node))
        return false;
    for (size_t i = 0; i < node.items.size(); ++i) {
        if (!isStrange(node.items[i], within(path, node, i)))
            return false;
    }
    return true;
}

} // namespace

void sweep(const JsonNode &node, const QString &path, Context &context, GrafanaImport::Leaves &leaves)
{
    if (isStrange(node, path)) {
        const QString value =
            node.isLeaf() ? u" = "_s + QString::fromUtf8(node.toJson()).left(60) : QString();
        context.items().push_back(
            {node.path(), path.section(u'.', -1) + value, u"not known here"_s, Effect::Looks});
        leaves.all += leavesOf(node);
        leaves.reported += leavesOf(node);
        node.tell();
        return;
    }
    if (!node.isLeaf() && !node.items.empty()) {
        for (size_t i = 0; i < node.items.size(); ++i)
            sweep(node.items[i], within(path, node, i), context, leaves);
        return;
    }
    ++leaves.all;
    if (node.told)
        ++leaves.reported;
    else if (node.used)
        ++leaves.used;
    else
        ++leaves.known;
}

void Context::note(const JsonNode &node, const QString &what, const QString &why, Effect effect)
{
    items().push_back({node.path(), what, why, effect});
    node.tell();
}

void Context::noteOnce(const JsonNode &node, const QString &what, const QString &why, Effect effect)
{
    std::vector<ImportItem> &list = items();
    if (std::none_of(list.begin(), list.end(), [&](const ImportItem &item) { return item.what == what; }))
        list.push_back({node.path(), what, why, effect});
    node.tell();
}

} // namespace bw::grafana
