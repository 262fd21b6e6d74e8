// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <domain/base/format.h>
#include <widgets/graph/callgraphview.h>

#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Who calls whom: from metrics of a service graph (queries rate, errors, p95 by client, server and
/// connection_type), else from what a trace backend counted (type dependencies). It says which.
class NodeGraphPanel final : public PanelView
{
public:
    NodeGraphPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_compare(panel.options.value(u"compare"_s).toString())
        , m_graph(new CallGraphView(this))
    {
        auto *box = new QVBoxLayout(this);
        box->setContentsMargins(0, 0, 0, 0);
        box->addWidget(m_graph);
        m_graph->setAccessibleName(panel.title);
        connect(m_graph, &CallGraphView::pairChosen, this, [this](const QString &from, const QString &to) {
            TraceSearchLink link;
            // Backends find traces by one service: the callee, or the caller of what has no spans of its own.
            link.search.service = m_virtual.contains(to) ? from : to;
            link.search.range = m_range;
            emit openRequested(link);
        });
        connect(m_graph, &CallGraphView::serviceChosen, this, [this](const QString &service) {
            DashboardLink link{u"debug"_s, {}, {}};
            link.context[u"service"_s] = service;
            emit openRequested(link);
        });
    }

    void showData(const PanelData &fresh) override
    {
        m_range = fresh.range;
        CallSeries now, before;
        bool hasMetrics = false, hasBefore = false;
        const Dependencies *counted = nullptr;
        const PanelData::Part *countedPart = nullptr, *metricPart = nullptr;
        for (const PanelData::Part &part : fresh.parts) {
            if (const auto *edges = dataAs<Dependencies>(part.result)) {
                counted = edges;
                countedPart = &part;
                continue;
            }
            const auto *metrics = dataAs<MetricData>(part.result);
            if (!metrics)
                continue;
            SeriesSet CallSeries::*field = part.query->id == "errors"_L1 ? &CallSeries::errors
                : part.query->id == "p95"_L1                             ? &CallSeries::p95
                                                                         : &CallSeries::rate;
            now.*field = metrics->series;
            if (field == &CallSeries::rate && !metrics->series.empty()) {
                hasMetrics = true;
                metricPart = &part;
            }
            if (const auto *past = part.reference ? dataAs<MetricData>(*part.reference) : nullptr) {
                before.*field = past->series;
                // A memory that does not reach back that far is no news about every edge.
                hasBefore = hasBefore || (field == &CallSeries::rate && !past->series.empty());
            }
        }
        if (hasMetrics) {
            present(callGraphOf(now), hasBefore ? std::optional(callGraphOf(before)) : std::nullopt,
                tr("service graph metrics of %1").arg(metricPart->result.spec.source.id)
                    + (hasBefore ? tr(", compared with %1 ago").arg(m_compare) : QString()));
        } else if (counted) {
            present(callGraphOf(*counted), std::nullopt,
                tr("calls counted by %1 in the range shown").arg(countedPart->result.spec.source.id));
        } else {
            present({}, std::nullopt, {});
        }
    }

    bool isSettled() const override { return m_graph->isSettled(); }
    bool hasCsv() const override { return true; }
    QString toCsv() const override { return m_graph->toCsv(); }

private:
    void present(const CallGraph &graph, const std::optional<CallGraph> &before, const QString &origin)
    {
        m_virtual.clear();
        for (const CallNode &node : graph.nodes) {
            if (node.kind != CallNodeKind::Service)
                m_virtual += render::line(node.name, 400);
        }
        m_graph->setGraph(graph, before, origin);
    }

    const QString m_compare;
    TimeRange m_range;
    QStringList m_virtual; ///< databases, queues and what is outside
    CallGraphView *m_graph;
};

} // namespace

PanelKind nodeGraphPanelKind()
{
    return {u"nodegraph"_s, NodeGraphPanel::tr("Call graph"),
        {optionField(u"compare"_s, NodeGraphPanel::tr("Compare with"), FieldSpec::Kind::Duration)},
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new NodeGraphPanel(panel, parent); }};
}

} // namespace bw
