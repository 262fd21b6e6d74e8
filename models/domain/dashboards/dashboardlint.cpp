// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/fieldspec.h>
#include <domain/base/format.h>
#include <domain/dashboards/dashboard.h>
#include <domain/dashboards/macros.h>
#include <domain/dashboards/transform.h>
#include <domain/metrics/calc.h>
#include <domain/query/owndata.h>
#include <domain/traces/tracesearchtext.h>

#include <QRegularExpression>
#include <QSet>
#include <QTimeZone>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// The panel whose tab this one is; empty: it has a place of its own.

constexpr int kColumns = 24;
constexpr auto kShortestRefresh = 5s;

/// Any fixed moment will do for checking that a time specification makes sense.
constexpr Timestamp kSomeMoment{std::chrono::seconds(1'795'269'731)};

class Linter
{
public:
    Linter(const Dashboard &dashboard, const QStringList &kinds)
        : m_dashboard(dashboard)
        , m_kinds(kinds)
    {
    }

    std::vector<Finding> run()
    {
        checkHead();
        checkVariables();
        checkCycles();
        QSet<QString> ids;
        for (const Panel &panel : m_dashboard.panels) {
            m_panel = &panel;
            if (panel.id.isEmpty())
                error(u"a panel has no id"_s);
            else if (ids.contains(panel.id))
                error(u"panel id \"%1\" is used twice"_s.arg(panel.id));
            ids.insert(panel.id);
            checkPanel(panel);
        }
        m_panel = nullptr;
        checkOverlaps();
        checkTabs();
        checkAnnotations();
        return std::move(m_findings);
    }

private:
    void add(Finding::Level level, const QString &text)
    {
        const QString where =
            m_panel && !m_panel->id.isEmpty() ? u"panel %1: "_s.arg(m_panel->id) : QString();
        m_findings.push_back({.level = level,
            .file = m_dashboard.origin,
            .line = m_panel ? m_panel->line : 0,
            .column = 0,
            .text = where + text});
    }
    void error(const QString &text) { add(Finding::Level::Error, text); }
    void warn(const QString &text) { add(Finding::Level::Warning, text); }

    void oneOf(const QString &key, const QString &value, const QStringList &allowed)
    {
        if (allowed.contains(value))
            return;
        QString text = u"%1: found \"%2\", allowed is one of %3"_s.arg(key, value, allowed.join(u", "_s));
        if (const QString nearest = nearestKey(value, allowed); !nearest.isEmpty())
            text += u" (did you mean %1?)"_s.arg(nearest);
        error(text);
    }

    void duration(const QString &key, const QString &value, Nanoseconds least)
    {
        if (value.isEmpty())
            return;
        const Result<Nanoseconds> parsed = parseDuration(value);
        if (!parsed)
            error(key + u": "_s + parsed.error().message);
        else if (*parsed < least)
            error(u"%1: found %2, allowed is %3 or more"_s.arg(key, value, promDuration(least)));
    }

    void time(const QString &key, const TimeSpec &spec)
    {
        if (const auto range = resolve(spec, kSomeMoment, QTimeZone::utc()); !range)
            error(key + u": "_s + range.error().message);
    }

    void checkHead()
    {
        static const QRegularExpression id(u"\\A[a-z0-9-]+\\z"_s);
        if (!id.match(m_dashboard.id).hasMatch())
            error(u"id: found \"%1\", allowed are a-z, 0-9 and -"_s.arg(m_dashboard.id));
        if (m_dashboard.title.isEmpty())
            error(u"title is missing"_s);
        time(u"time"_s, m_dashboard.time);
        const QString &zone = m_dashboard.zone;
        if (zone != "local"_L1 && zone != "utc"_L1 && !QTimeZone::isTimeZoneIdAvailable(zone.toUtf8()))
            error(u"zone: found \"%1\", allowed are local, utc or a name such as Europe/Berlin"_s.arg(zone));
        if (m_dashboard.refresh != "manual"_L1)
            duration(u"refresh"_s, m_dashboard.refresh, kShortestRefresh);
        oneOf(u"crosshair"_s, m_dashboard.crosshair, {u"none"_s, u"panel"_s, u"shared"_s});
    }

    void checkVariables()
    {
        static const QRegularExpression name(u"\\A[A-Za-z][A-Za-z0-9_]*\\z"_s);
        for (const Variable &variable : m_dashboard.variables) {
            if (!name.match(variable.name).hasMatch())
                error(u"variable name \"%1\": allowed are letters, digits and _, first a letter"_s.arg(
                    variable.name));
            if (m_variables.contains(variable.name))
                error(u"variable %1 is declared twice"_s.arg(variable.name));
            m_variables << variable.name;
        }
        for (const Variable &variable : m_dashboard.variables) {
            oneOf(u"variable %1: kind"_s.arg(variable.name), variable.kind,
                {u"query"_s, u"custom"_s, u"constant"_s, u"text"_s, u"interval"_s, u"datasource"_s,
                    u"adhoc"_s});
            oneOf(u"variable %1: show"_s.arg(variable.name), variable.show,
                {u"all"_s, u"label"_s, u"value"_s, u"none"_s});
            const QString where = u"variable %1"_s.arg(variable.name);
            references(where, variable.query);
            references(where, variable.datasource);
            if (const QRegularExpression regex(variable.regex); !regex.isValid())
                error(u"%1: regex: %2"_s.arg(where, regex.errorString()));
            if (variable.kind == "query"_L1 && variable.query.isEmpty())
                error(where + u": a query variable needs a query"_s);
        }
    }

    /// "a → b → a": such variables could never settle.
    void checkCycles()
    {
        QMap<QString, QStringList> uses;
        for (const Variable &variable : m_dashboard.variables)
            uses[variable.name] = variablesIn(variable.query) + variablesIn(variable.datasource);
        QSet<QString> reported;
        for (const QString &start : std::as_const(m_variables)) {
            const QStringList path = pathBack(start, start, uses, {start});
            if (path.isEmpty() || reported.contains(start))
                continue;
            reported.unite(QSet<QString>(path.begin(), path.end()));
            error(u"variables refer to each other in a circle: "_s + path.join(u" → "_s));
        }
    }

    static QStringList pathBack(const QString &from, const QString &goal,
        const QMap<QString, QStringList> &uses, const QStringList &path)
    {
        for (const QString &next : uses.value(from)) {
            if (next == goal)
                return path + QStringList{goal};
            if (path.contains(next))
                continue;
            if (const QStringList found = pathBack(next, goal, uses, path + QStringList{next});
                !found.isEmpty())
                return found;
        }
        return {};
    }

    /// Macros that do not exist and variables that nobody declares.
    void references(const QString &where, const QString &text)
    {
        for (const QString &problem : macroProblems(text))
            error(where + u": "_s + problem);
        for (const QString &name : variablesIn(text)) {
            if (m_variables.contains(name))
                continue;
            const QString nearest = nearestKey(name, m_variables);
            error(u"%1: unknown variable $%2"_s.arg(where, name)
                + (nearest.isEmpty() ? QString() : u" (did you mean $%1?)"_s.arg(nearest)));
        }
    }

    void checkPanel(const Panel &panel)
    {
        oneOf(u"kind"_s, panel.kind, m_kinds);
        const GridRect &grid = panel.grid;
        if (grid.col < 0 || grid.row < 0 || grid.width < 1 || grid.height < 1
            || grid.col > kColumns - grid.width) {
            error(u"grid: col %1, row %2, width %3, height %4 does not fit; the grid has 24 columns"_s
                      .arg(grid.col)
                      .arg(grid.row)
                      .arg(grid.width)
                      .arg(grid.height));
        }
        references(u"datasource"_s, panel.datasource);
        references(u"title"_s, panel.title);
        duration(u"min_refresh"_s, panel.minRefresh, Nanoseconds::zero());
        if (panel.time)
            time(u"time"_s, *panel.time);
        if (!isKnownUnit(panel.unit))
            warn(u"unit \"%1\" is unknown; it is shown as short"_s.arg(panel.unit));
        checkQueries(panel);
        for (const Thresholds &thresholds : panel.thresholds)
            checkThresholds(thresholds);
        for (const ValueMapping &mapping : panel.mappings)
            checkMapping(mapping);
        for (size_t i = 0; i < panel.transform.size(); ++i) {
            for (const QString &problem : transformationProblems(panel.transform[i]))
                error(u"transform, step %1, %2: %3"_s.arg(i + 1).arg(panel.transform[i].id, problem));
        }
        for (const FieldOverride &rule : panel.overrides)
            checkOverride(rule);
        if (!panel.repeat.variable.isEmpty() && !m_variables.contains(panel.repeat.variable))
            error(u"repeat: unknown variable $%1"_s.arg(panel.repeat.variable));
        for (const PanelLink &link : panel.links) {
            if (!link.url.isEmpty() && !link.url.startsWith("https://"_L1)
                && !link.url.startsWith("http://"_L1))
                error(u"link \"%1\": only http and https addresses can be opened"_s.arg(link.title));
            if (link.url.isEmpty() && link.dashboard.isEmpty())
                error(u"link \"%1\" leads nowhere; it needs a dashboard or a url"_s.arg(link.title));
        }
    }

    void checkQueries(const Panel &panel)
    {
        static const QStringList types =
            QStringList{u"promql"_s, u"traces"_s, u"dependencies"_s} + ownTopics();
        QSet<QString> ids;
        for (const PanelQuery &query : panel.queries) {
            const QString where = u"query %1"_s.arg(query.id);
            if (query.id.isEmpty() && panel.queries.size() > 1)
                error(u"one of several queries has no id"_s);
            if (!query.id.isEmpty() && ids.contains(query.id))
                error(u"query id \"%1\" is used twice"_s.arg(query.id));
            ids.insert(query.id);
            oneOf(where + u": type"_s, query.type, types);
            if (query.type == "promql"_L1 && query.expr.trimmed().isEmpty())
                error(where + u": expr is empty"_s);
            references(where, query.expr);
            references(where, query.datasource);
            for (const QString &fallback : query.fallbacks)
                references(where + u": fallback"_s, fallback);
            // With macros in it, it is read when they are known.
            if (query.type == "traces"_L1 && !query.expr.contains(u'$')) {
                if (const auto search = parseTraceSearch(query.expr); !search)
                    error(where + u": "_s + search.error().message);
            }
            duration(where + u": min_step"_s, query.minStep, Nanoseconds(1ms));
        }
    }

    void color(const QString &where, const QString &value)
    {
        static const QRegularExpression allowed(
            u"\\A(?:|good|notice|warning|critical|neutral|unknown|series-[1-9]\\d?|#[0-9a-fA-F]{6})\\z"_s);
        if (!allowed.match(value).hasMatch()) {
            error(
                u"%1: color \"%2\"; allowed are good, notice, warning, critical, neutral, unknown, series-1 "
                "and so on, #rrggbb"_s.arg(where, value));
        }
    }

    void checkThresholds(const Thresholds &thresholds)
    {
        for (size_t i = 0; i < thresholds.steps.size(); ++i) {
            const ThresholdStep &step = thresholds.steps[i];
            color(u"threshold"_s, step.color);
            if (i == 0)
                continue;
            const std::optional<double> &before = thresholds.steps[i - 1].from;
            if (!step.from)
                error(u"threshold: only the first step may have no \"from\""_s);
            else if (before && !(*step.from > *before))
                error(u"threshold: %1 follows %2; steps must ascend"_s.arg(
                    formatExact(*step.from), formatExact(*before)));
        }
    }

    void checkMapping(const ValueMapping &mapping)
    {
        color(u"mapping"_s, mapping.color);
        if (mapping.kind == ValueMapping::Kind::Range && mapping.from > mapping.to)
            error(u"mapping: the range from %1 to %2 is empty"_s.arg(
                formatExact(mapping.from), formatExact(mapping.to)));
        if (mapping.kind == ValueMapping::Kind::Special)
            oneOf(u"mapping: match"_s, mapping.match, {u"nan"_s, u"null"_s, u"empty"_s});
        if (mapping.kind == ValueMapping::Kind::Regex) {
            if (const QRegularExpression regex(mapping.match); !regex.isValid())
                error(u"mapping: regex: "_s + regex.errorString());
        }
    }

    void checkOverride(const FieldOverride &rule)
    {
        color(u"override"_s, rule.set.value(u"color"_s).toString());
        const QString unit = rule.set.value(u"unit"_s).toString();
        if (!unit.isEmpty() && !isKnownUnit(unit))
            warn(u"override: unit \"%1\" is unknown; it is shown as short"_s.arg(unit));
        if (rule.by == FieldOverride::By::Value && !isCalc(rule.calc))
            error(u"override: calc: found \"%1\", allowed is one of %2, p1 to p99"_s.arg(
                rule.calc, calcIds().join(u", "_s)));
        if (rule.thresholds)
            checkThresholds(*rule.thresholds);
        if (rule.mappings) {
            for (const ValueMapping &mapping : *rule.mappings)
                checkMapping(mapping);
        }
    }

    void checkOverlaps()
    {
        const auto &panels = m_dashboard.panels;
        for (size_t i = 0; i < panels.size(); ++i) {
            for (size_t j = i + 1; j < panels.size(); ++j) {
                const GridRect &a = panels[i].grid, &b = panels[j].grid;
                const bool apart = a.col + a.width <= b.col || b.col + b.width <= a.col
                    || a.row + a.height <= b.row || b.row + b.height <= a.row;
                if (apart || !hostOf(panels[i]).isEmpty() || !hostOf(panels[j]).isEmpty())
                    continue;
                m_panel = &panels[j];
                warn(u"overlaps panel %1; it is moved down"_s.arg(panels[i].id));
            }
        }
        m_panel = nullptr;
    }

    void checkTabs()
    {
        for (const Panel &panel : m_dashboard.panels) {
            if (hostOf(panel).isEmpty())
                continue;
            m_panel = &panel;
            const auto host = std::find_if(m_dashboard.panels.begin(), m_dashboard.panels.end(),
                [&](const Panel &other) { return other.id == hostOf(panel); });
            if (host == m_dashboard.panels.end() || host->id == panel.id || !hostOf(*host).isEmpty())
                error(u"tab_of: '%1' is no panel with a place of its own"_s.arg(hostOf(panel)));
        }
        m_panel = nullptr;
    }

    void checkAnnotations()
    {
        for (const AnnotationSource &source : m_dashboard.annotations) {
            const QString where = u"annotation %1"_s.arg(source.name);
            oneOf(where + u": type"_s, source.type, QStringList{u"promql"_s} + ownTopics());
            color(where, source.color);
            references(where, source.expr);
            references(where, source.datasource);
            duration(where + u": step"_s, source.step, Nanoseconds(1ms));
            if (source.type == "promql"_L1 && source.expr.isEmpty())
                error(where + u": expr is empty"_s);
        }
    }

    const Dashboard &m_dashboard;
    const QStringList &m_kinds;
    const Panel *m_panel = nullptr; ///< the one being checked
    QStringList m_variables;
    std::vector<Finding> m_findings;
};

} // namespace

std::vector<Finding> lint(const Dashboard &dashboard, const QStringList &kinds)
{
    return Linter(dashboard, kinds).run();
}

} // namespace bw
