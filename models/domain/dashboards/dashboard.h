// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/dashboards/variable.h>

#include <QMap>
#include <QString>
#include <QStringList>
#include <QVariant>

#include <optional>
#include <vector>

namespace bw {

/// Cell rectangle on the 24-column grid; one row is 30 px at 100 %. Panels float up.
struct GridRect
{
    int col = 0, row = 0, width = 12, height = 8;
    bool operator==(const GridRect &) const = default;
};

struct PanelQuery
{
    enum class Mode : quint8 { Range, Instant };
    QString id; ///< unique in its panel; names the column it fills in a table
    QString type = QStringLiteral("promql"); ///< promql, traces, dependencies, or an own topic
    QString datasource; ///< empty: the panel's, else the default of its signal
    QString expr;
    QString legend; ///< "{{service}}"
    Mode mode = Mode::Range;
    QString minStep; ///< duration, or empty
    int stepFactor = 1; ///< every step of this query is that many times as long
    QString format{}; ///< how its answer is laid out for transformations: empty (series), table, heatmap
    bool exemplars = false, hidden = false;
    /// Further expressions, asked one after the other when the ones before answered with no series.
    QStringList fallbacks;
    QVariantMap extra{}; ///< keys of the file that this program does not know; written again as they were
    bool operator==(const PanelQuery &) const = default;
};

struct ThresholdStep
{
    std::optional<double> from; ///< nullopt: minus infinity
    QString color; ///< role: good, notice, warning, critical, neutral, unknown, series-1…; or #rrggbb
    bool operator==(const ThresholdStep &) const = default;
};
struct Thresholds
{
    QString field; ///< query id or column; empty: every value
    bool percentage = false; ///< of min..max
    std::vector<ThresholdStep> steps;
    bool operator==(const Thresholds &) const = default;
};
struct ValueMapping
{
    enum class Kind : quint8 { Value, Range, Regex, Special };
    Kind kind = Kind::Value;
    QString match; ///< the value, the regex, or special: nan, null, empty
    double from = 0, to = 0;
    QString text, color;
    bool operator==(const ValueMapping &) const = default;
};
struct PanelLink
{
    QString title, dashboard, url;
    QMap<QString, QString> context;
    bool operator==(const PanelLink &) const = default;
};

/// One step between the answers and the picture. `id` is one of transformationIds(), `options` its settings
/// (transform.h).
struct Transformation
{
    QString id;
    QVariantMap options;
    bool off = false; ///< kept, not done
    bool operator==(const Transformation &) const = default;
};

/// Other settings for some of a panel's fields: series of a plot, columns of a table. A later one wins.
struct FieldOverride
{
    enum class By : quint8 {
        Name, ///< the field's name as shown
        NameRegex, ///< matches anywhere in the name
        Type, ///< number, text, time
        Query, ///< id of the query it came from
        Value ///< `calc` of its samples compared with `value`
    };
    By by = By::Name;
    QString match; ///< name, regex, type, or query id
    QString calc, op; ///< Value: "mean" …; > >= < <= == !=
    double value = 0;
    QVariantMap set; ///< keys of fieldSettings() (fieldlook.h)
    std::optional<Thresholds> thresholds;
    std::optional<std::vector<ValueMapping>> mappings;
    std::vector<PanelLink> links;
    bool operator==(const FieldOverride &) const = default;
};

/// One copy of a panel, or of a row with its panels, for each value of a variable.
struct Repeat
{
    QString variable; ///< empty: no copies
    bool down = false; ///< below each other instead of side by side
    int maxPerRow = 4;
    bool operator==(const Repeat &) const = default;
};

struct Panel
{
    QString id, kind, title, description;
    GridRect grid;
    QString datasource; ///< id or "$variable"; empty: default
    std::vector<PanelQuery> queries;
    QStringList joinBy; ///< table: labels that join the queries' rows
    QString unit = QStringLiteral("short");
    int decimals = -1;
    QString noValue; ///< text for NaN, "no traffic"
    QString howToEnable; ///< line shown when every query and fallback answered with nothing
    std::vector<Thresholds> thresholds;
    std::vector<ValueMapping> mappings;
    std::vector<Transformation> transform; ///< in order
    std::vector<FieldOverride> overrides; ///< in order
    std::vector<PanelLink> links;
    Repeat repeat;
    QString minRefresh; ///< duration, or empty
    QString minStep; ///< of queries without one of their own; duration, or empty
    int maxPoints = 0; ///< samples a series, instead of the width in pixels; 0: the width
    std::optional<TimeSpec> time; ///< relative override
    QString timeShift; ///< duration: the range lies that much earlier; empty: it does not
    QVariantMap options; ///< per kind; checked against the kind's fields
    bool collapsed = false; ///< row
    QString original; ///< placeholder: what it was before an import, JSON
    QVariantMap extra{}; ///< keys of the file that this program does not know; written again as they were
    /// Of a copy made for a repeat: the variable's value in it. Never written.
    QMap<QString, QStringList> scope;
    int line = 0; ///< in the file
    bool operator==(const Panel &) const = default;
};

struct AnnotationSource
{
    QString name, type, datasource, expr, title, color, step;
    bool operator==(const AnnotationSource &) const = default;
};

/// One dashboard file as values. Reading and writing YAML is the store's.
struct Dashboard
{
    QString id, title, description;
    QStringList tags;
    TimeSpec time;
    QString zone = QStringLiteral("local");
    QString refresh = QStringLiteral("30s"); ///< duration or "manual"
    QString crosshair = QStringLiteral("shared");
    QStringList context; ///< fields of the service context bar
    std::vector<Variable> variables;
    std::vector<Panel> panels;
    std::vector<AnnotationSource> annotations;
    QVariantMap extra{}; ///< keys of the file that this program does not know; written again as they were
    QString origin; ///< file name, or ":/dashboards/…" for a built-in one
    int version = 1;
    bool operator==(const Dashboard &) const = default;
};

/// One finding of reading or linting a file.
struct Finding
{
    enum class Level : quint8 { Error, Warning };
    Level level = Level::Error;
    QString file;
    int line = 0, column = 0; ///< from 1; 0 when unknown
    QString text; ///< what was found, what is allowed
    bool operator==(const Finding &) const = default;
    /// "file:line:column: text"
    QString toString() const;
};

/// Checks what no single key shows: unique ids, known kinds and references, overlapping panels, thresholds
/// that ascend, macros that exist. `kinds` are the panel kinds the program has.
std::vector<Finding> lint(const Dashboard &dashboard, const QStringList &kinds);
/// Moves panels up until each rests on another or on the top; order kept.
void floatUp(std::vector<Panel> &panels);
/// The panel whose tab this one is (option tab_of); empty for one with a place of its own.
QString hostOf(const Panel &panel);

} // namespace bw
