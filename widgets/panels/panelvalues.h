// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/fieldlook.h>
#include <items/valuestyle.h>
#include <widgets/panels/panelkind.h>
#include <widgets/plot/exemplarmarks.h>

#include <QVector>

class QPainter;

namespace bw {

struct Theme;

/// One number of a panel with what belongs to it.
struct PanelValue
{
    QString name; ///< plain; the legend
    QString field; ///< the query's id
    double value = 0; ///< NaN is a value
    QVector<double> samples; ///< of a range query, oldest first
    std::optional<double> reference; ///< the value some time ago
    bool isCompared = false; ///< what there was at the compared time is known
    std::optional<double> before{}; ///< the value then; nullopt: none
    Labels labels;
    FieldLook look{}; ///< with the panel's overrides; set by valuesOf(panel, …)
    bool isWithheld = false; ///< too old to be shown as a number
    QString text, note; ///< own data only: words instead of the number, and a line beside it
};

/// What there was at the compared time, as if it were the present: parts without it are left out.
PanelData pastOf(const PanelData &data);
/// "+2.2 req/s (+22 %) from 10 req/s, 24 h earlier", "no data 24 h earlier"; empty when not compared.
QString changeText(const PanelValue &value, const QString &when);
// 150: "−23.4 req/s (−15 %)" in the usual font.
inline constexpr int kChangeWidth = 150;
/// "Δ 24 h": the title of a column of differences.
QString changeTitle(Compare compare);
/// One value a series, over all parts, in order. `calc`: last, min, max, mean, sum.
std::vector<PanelValue> valuesOf(const PanelData &data, const QString &calc);
/// The same for a panel with transformations, overrides and any calculation; hidden fields are left out. The
/// looks refer to `looks`, which the view keeps.
std::vector<PanelValue> valuesOf(const Panel &panel, const FieldLooks &looks, const PanelData &data);
/// How a value of valuesOf(panel, …) looks: thresholds, mappings and colours of its field.
ValueStyle styledValue(const Panel &panel, const PanelValue &value, double min = 0, double max = 100);
/// What a query of an own topic asks the program for: "deploys", or one view of a topic that has several,
/// "cost:month".
QString ownTopicOf(const PanelQuery &query);
/// "latency" is the profile's unit; every other unit is itself.
QString unitFor(const PanelData &data, const QString &unit);
/// What is drawn of the exemplars of all parts: at most one each six of `pixels`, 200 in all.
std::vector<PlotExemplar> exemplarsOf(const PanelData &data, int pixels);
/// Where a click on it leads: its trace, looked for a minute to both sides; nullopt when it names none.
std::optional<TraceLink> traceOf(const PlotExemplar &exemplar);
/// Names and exact values, with a header line; RFC 4180.
QString csvOf(const std::vector<PanelValue> &values);
/// "last", "min" …, for FieldSpec::choices.
QStringList calcNames();

/// One field of a kind's options.
FieldSpec optionField(
    QString key, QString label, FieldSpec::Kind kind, QVariant fallback = {}, QStringList choices = {});

/// A thin line through `samples`, scaled to their own bounds, broken at NaN, with an opaque fill below.
void paintSparkline(QPainter &painter, const QRectF &rect, const QVector<double> &samples, const QColor &line,
    const QColor &ground);
/// The largest size up to `largest` pixels in which `text` fits `room`; at least 8.
int fittingPixelSize(const QFont &font, const QString &text, const QSizeF &room, int largest);

} // namespace bw
