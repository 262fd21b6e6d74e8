// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/registry.h>
#include <domain/dashboards/macros.h>
#include <domain/dashboards/template.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto kPrefix = "sli:"_L1;

void fillPanel(Panel &panel, const std::vector<Sli> &catalogue)
{
    for (size_t i = 0; i < panel.queries.size(); ++i) {
        if (!panel.queries[i].expr.startsWith(kPrefix))
            continue;
        const Sli *sli = findById(catalogue, panel.queries[i].expr.mid(kPrefix.size()).trimmed());
        if (!sli)
            continue;
        panel.queries[i].id = sli->id;
        panel.queries[i].expr = sli->expr;
        panel.queries[i].legend = sli->legend;
        if (panel.title.isEmpty())
            panel.title = sli->title;
        if (panel.description.isEmpty())
            panel.description = u"Aim: %1. %2"_s.arg(sli->target, sli->trap);
        if (panel.howToEnable.isEmpty())
            panel.howToEnable = sli->howToEnable;
        panel.unit = sli->unit;
        panel.decimals = sli->decimals;
        if (panel.thresholds.empty() && !sli->thresholds.empty())
            panel.thresholds.push_back({{}, false, sli->thresholds});
        if (sli->beside.isEmpty())
            continue;
        PanelQuery beside;
        beside.id = sli->id + u"-beside"_s;
        beside.expr = sli->beside;
        beside.legend = sli->besideLegend;
        panel.options.insert(u"right_axis"_s, QVariantList{beside.id});
        panel.options.insert(u"right_unit"_s, u"short"_s);
        panel.queries.insert(panel.queries.begin() + ptrdiff_t(++i), std::move(beside));
    }
}

/// What the profile lacks for every query of the panel; empty when one can be asked.
QString lackOf(const Panel &panel, const DetectedProfile &profile)
{
    MacroContext context;
    context.profile = &profile;
    QString lack;
    for (const PanelQuery &query : panel.queries) {
        if (query.type != "promql"_L1)
            return {};
        const auto expanded = expandMacros(query.expr, context);
        if (expanded || expanded.error().kind != Error::Kind::NotFound)
            return {};
        if (lack.isEmpty())
            lack = expanded.error().message;
    }
    return lack;
}

} // namespace

FilledTemplate fillTemplate(
    const Dashboard &form, const std::vector<Sli> &catalogue, const DetectedProfile *profile)
{
    FilledTemplate filled{form, {}};
    for (Panel &panel : filled.dashboard.panels)
        fillPanel(panel, catalogue);
    if (profile && profile->found) {
        std::erase_if(filled.dashboard.panels, [&](const Panel &panel) {
            const QString lack = lackOf(panel, *profile);
            if (!lack.isEmpty())
                filled.left << panel.title + u": "_s + lack;
            return !lack.isEmpty();
        });
        floatUp(filled.dashboard.panels);
    }
    filled.dashboard.tags.removeAll(u"template"_s);
    return filled;
}

} // namespace bw
