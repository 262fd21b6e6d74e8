// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/registry.h>
#include <widgets/panels/panelkind.h>
#include <widgets/panels/panelkinds.h>

#include <QApplication>
#include <QMouseEvent>

namespace bw::test {

constexpr qint64 kBegin = 1'795'000'000'000'000'000; // ns
constexpr qint64 kMinute = 60'000'000'000;

/// A series of one sample a minute.
inline Series minutely(const QString &name, const std::vector<double> &values)
{
    Series series;
    series.labels = Labels::fromPairs({{Untrusted(QStringLiteral("name")), Untrusted(name)}});
    for (size_t i = 0; i < values.size(); ++i) {
        series.times.push_back(kBegin + qint64(i) * kMinute);
        series.values.push_back(values[i]);
    }
    return series;
}

/// A panel with one query "a" whose legend is the label `name`.
inline Panel panelOf(const QString &kind, const QVariantMap &options = {})
{
    Panel panel;
    panel.id = QStringLiteral("p");
    panel.kind = kind;
    panel.title = QStringLiteral("Panel");
    panel.options = options;
    PanelQuery query;
    query.id = QStringLiteral("a");
    query.legend = QStringLiteral("{{name}}");
    panel.queries.push_back(query);
    return panel;
}

/// An answer of `series` to the first query of `panel`, over an hour from kBegin.
inline PanelData answerOf(const Panel &panel, SeriesSet series)
{
    MetricData metrics;
    metrics.shape = MetricData::Shape::Matrix;
    metrics.series = std::move(series);
    PanelData data;
    data.range = {fromNs(kBegin), fromNs(kBegin + 60 * kMinute)};
    data.step = Nanoseconds(kMinute);
    data.zone = QTimeZone::utc();
    PanelData::Part part;
    part.query = &panel.queries.front();
    part.result.data = std::make_shared<const QueryData>(std::move(metrics));
    part.result.freshness.state = Freshness::State::Fresh;
    data.parts.push_back(std::move(part));
    return data;
}

/// Moves the pointer over `widget`. (QTest::mouseMove moves the platform's cursor, which says nothing when it
/// is already there.)
inline void moveTo(QWidget *widget, const QPoint &at, Qt::MouseButtons buttons = {})
{
    QMouseEvent event(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, buttons, {});
    QApplication::sendEvent(widget, &event);
}

inline PanelView *viewOf(const Panel &panel)
{
    static const std::vector<PanelKind> kinds = builtinPanelKinds();
    return findById(kinds, panel.kind)->create(panel, nullptr);
}

} // namespace bw::test
