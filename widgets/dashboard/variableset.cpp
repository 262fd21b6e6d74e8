// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/variableset.h>

#include <domain/dashboards/macros.h>

#include <QRegularExpression>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
namespace {

// 5 s: a person who opened a dashboard waits no longer for its filters than for its panels.
constexpr Nanoseconds kDeadline = 5s;
// 5,000: more values nobody picks from; typing still finds the others.
constexpr qsizetype kMaxOptions = 5000;
// 32: a chain of variables deeper than that is a cycle.
constexpr int kMaxDepth = 32;

/// Arguments of `label_values(a, b)`, split at the commas that no bracket or string encloses.
QStringList arguments(const QString &inside)
{
    QStringList out{QString()};
    int depth = 0;
    bool quoted = false;
    for (qsizetype i = 0; i < inside.size(); ++i) {
        const QChar c = inside[i];
        if (c == u'"' && (i == 0 || inside[i - 1] != u'\\'))
            quoted = !quoted;
        if (!quoted && (c == u'(' || c == u'{' || c == u'['))
            ++depth;
        if (!quoted && (c == u')' || c == u'}' || c == u']'))
            --depth;
        if (c == u',' && depth == 0 && !quoted)
            out << QString();
        else
            out.back() += c;
    }
    for (QString &argument : out)
        argument = argument.trimmed();
    return out;
}

/// What an option's text becomes under the variable's regex: its first group, or the whole; nothing when it
/// does not match.
std::optional<QString> matched(const QString &text, const QString &pattern)
{
    if (pattern.isEmpty())
        return text;
    QString bare = pattern;
    if (bare.size() > 1 && bare.startsWith(u'/') && bare.endsWith(u'/'))
        bare = bare.mid(1, bare.size() - 2);
    const QRegularExpressionMatch match = QRegularExpression(bare).match(text);
    if (!match.hasMatch())
        return std::nullopt;
    return match.lastCapturedIndex() > 0 ? match.captured(1) : match.captured(0);
}

QStringList optionsFrom(const QueryResult &result, const QString &regex)
{
    QStringList options;
    const auto *labels = dataAs<LabelValues>(result);
    if (!labels)
        return options;
    for (const Untrusted &value : labels->values) {
        const auto option = matched(render::line(value), regex);
        if (option && !option->isEmpty() && !options.contains(*option))
            options << *option;
        if (options.size() == kMaxOptions)
            break;
    }
    options.sort(Qt::CaseInsensitive);
    return options;
}

bool isAsked(const Variable &variable) { return variable.kind == "query"_L1; }

} // namespace

VariableSet::VariableSet(DashboardPorts ports, QObject *parent)
    : QObject(parent)
    , m_ports(ports)
{
    connect(&ports.sources, &SourceBoard::changed, this, [this] {
        // A profile that was not known yet may be now.
        bool retries = false;
        for (State &state : m_states) {
            if (isAsked(state.variable) && state.options.isEmpty() && !state.isAsking
                && !state.problem.isEmpty() && questionOf(state)) {
                state.isDirty = retries = true;
                state.problem.clear();
            }
        }
        if (retries) {
            m_hasAnnounced = false;
            pump();
        }
    });
}

VariableSet::~VariableSet() = default;

void VariableSet::load(const Dashboard &dashboard, const QMap<QString, QStringList> &preset)
{
    QMap<QString, State> before;
    for (State &state : m_states)
        before.insert(state.variable.name, state);
    m_tickets.clear();
    m_states.clear();
    m_contextFields = dashboard.context;
    for (const Variable &variable : dashboard.variables)
        m_states.push_back({variable, false, {}, {}, false, false, false, {}});
    for (const QString &field : dashboard.context) {
        if (indexOf(field) >= 0)
            continue;
        Variable variable;
        variable.name = field;
        variable.kind = u"query"_s;
        variable.label = field.left(1).toUpper() + field.mid(1);
        variable.query = u"label_values(${__label.%1})"_s.arg(field);
        variable.all = true;
        m_states.push_back({variable, true, {}, {}, false, false, false, {}});
    }
    for (State &state : m_states) {
        const Variable &variable = state.variable;
        if (variable.kind == "custom"_L1 || variable.kind == "interval"_L1)
            state.options = variable.options;
        if (variable.kind == "constant"_L1)
            state.values = {variable.query.isEmpty() ? variable.defaults.value(0) : variable.query};
        else if (preset.contains(variable.name))
            state.values = preset.value(variable.name);
        else if (before.contains(variable.name))
            state.values = before.value(variable.name).values;
        else
            state.values = variable.defaults;
        state.isAll = state.values.isEmpty() && variable.all;
        if (state.values.isEmpty() && !state.isAll && !state.options.isEmpty())
            state.values = {state.options.front()};
        state.isDirty = isAsked(variable);
    }
    m_tickets.resize(m_states.size());
    m_hasAnnounced = false;
    emit changed();
    pump();
}

int VariableSet::indexOf(const QString &name) const
{
    const auto at = std::find_if(
        m_states.begin(), m_states.end(), [&](const State &state) { return state.variable.name == name; });
    return at == m_states.end() ? -1 : int(at - m_states.begin());
}

/// Variables a query names, also as context keys of a selector: ${__sel.requests:service}.
QStringList VariableSet::dependenciesOf(const State &state) const
{
    QStringList names = variablesIn(state.variable.query);
    static const QRegularExpression selector(u"\\$\\{__sel\\.\\w+:([\\w,]+)\\}"_s);
    for (auto it = selector.globalMatch(state.variable.query); it.hasNext();)
        names << it.next().captured(1).split(u',');
    names.removeAll(state.variable.name);
    return names;
}

void VariableSet::markDirty(int at, int depth)
{
    if (depth > kMaxDepth)
        return;
    for (size_t other = 0; other < m_states.size(); ++other) {
        State &state = m_states[other];
        if (int(other) == at || state.isDirty || !isAsked(state.variable)
            || !dependenciesOf(state).contains(m_states[size_t(at)].variable.name))
            continue;
        state.isDirty = true;
        m_tickets[other].cancel();
        state.isAsking = false;
        markDirty(int(other), depth + 1);
    }
}

void VariableSet::select(const QString &name, const QStringList &values)
{
    const int at = indexOf(name);
    if (at < 0)
        return;
    State &state = m_states[size_t(at)];
    const bool isAll = values.isEmpty() && state.variable.all;
    if (state.values == values && state.isAll == isAll)
        return;
    state.values = values;
    state.isAll = isAll;
    m_hasAnnounced = false;
    markDirty(at, 0);
    emit changed();
    pump();
}

void VariableSet::reload()
{
    for (State &state : m_states)
        state.isDirty = isAsked(state.variable);
    m_hasAnnounced = false;
    pump();
}

bool VariableSet::isSettled() const { return m_hasAnnounced; }

Result<QuerySpec> VariableSet::questionOf(const State &state) const
{
    const QString sourceName = state.variable.datasource;
    const SourceInfo *source = sourceName.isEmpty() || sourceName.startsWith(u'$')
        ? m_ports.sources.defaultOf(u"prometheus")
        : m_ports.sources.find({sourceName});
    if (!source)
        return fail(Error::Kind::NotFound, tr("no source for %1 is configured").arg(state.variable.name));
    MacroContext macros;
    macros.range = m_range;
    macros.plan = planSteps(m_range, 256, source->scrapeInterval, source->scrapeInterval);
    macros.profile = &source->profile;
    macros.variables = values();
    macros.context = context();
    macros.filters = source->labels;
    const Result<QString> query = expandMacros(state.variable.query, macros);
    if (!query)
        return tl::unexpected(query.error());
    static const QRegularExpression call(
        u"^\\s*(\\w+)\\s*\\((.*)\\)\\s*$"_s, QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = call.match(*query);
    const QStringList given = arguments(match.captured(2));
    QuerySpec spec{source->id, {}};
    const TimeRange range = m_range.snappedTo(1min);
    if (match.captured(1) == "label_values"_L1 && given.size() == 1)
        spec.body = LabelQuery{given[0], {}, range};
    else if (match.captured(1) == "label_values"_L1 && given.size() == 2)
        spec.body = LabelQuery{given[1], {given[0]}, range};
    else if (match.captured(1) == "label_names"_L1)
        spec.body = LabelQuery{{}, {}, range};
    else if (match.captured(1) == "metrics"_L1)
        spec.body = LabelQuery{u"__name__"_s, {u"{__name__=~\"%1\"}"_s.arg(given[0])}, range};
    else
        return fail(Error::Kind::Invalid,
            tr("%1: label_values(), label_names() and metrics() can be asked").arg(state.variable.name));
    return spec;
}

/// Starts what waits for nobody; announces when nothing is left.
void VariableSet::pump()
{
    bool isIdle = true;
    for (size_t at = 0; at < m_states.size(); ++at) {
        const State &state = m_states[at];
        if (!state.isDirty || state.isAsking)
            continue;
        const QStringList needed = dependenciesOf(state);
        const bool waits = std::any_of(m_states.begin(), m_states.end(),
            [&](const State &other) { return other.isDirty && needed.contains(other.variable.name); });
        if (!waits && !start(int(at)))
            isIdle = false;
    }
    const auto count = [this](auto member) {
        return std::count_if(
            m_states.begin(), m_states.end(), [&](const State &state) { return state.*member; });
    };
    if (count(&State::isDirty) > 0 && count(&State::isAsking) == 0) {
        if (isIdle)
            breakCycle();
        else
            pump(); // what failed at once may have let others go
        return;
    }
    if (count(&State::isDirty) == 0)
        announce();
}

/// False when it could not be asked: then it is finished already.
bool VariableSet::start(int at)
{
    State &state = m_states[size_t(at)];
    Result<QuerySpec> spec = questionOf(state);
    if (!spec) {
        finish(at, spec.error().message);
        return false;
    }
    state.isAsking = true;
    if (!m_askingSince)
        m_askingSince = m_ports.clock.bootNow();
    m_tickets[size_t(at)] = m_ports.executor.submit(std::move(*spec), {Priority::Visible, AskedBy::User, 30s},
        this, [this, at](const Result<QueryResult> &answer) {
            m_states[size_t(at)].isAsking = false;
            const QMap<QString, QStringList> before = values();
            if (answer)
                takeOptions(at, optionsFrom(*answer, m_states[size_t(at)].variable.regex));
            if (values() != before)
                m_hasAnnounced = false; // also when the deadline let the panels start
            finish(at, answer ? QString() : answer.error().message);
            pump();
        });
    return true;
}

/// A chosen value that is no longer offered stays chosen: whoever chose it sees why the panels are empty.
void VariableSet::takeOptions(int at, QStringList options)
{
    State &state = m_states[size_t(at)];
    state.options = std::move(options);
    if (state.values.isEmpty() && !state.isAll && !state.options.isEmpty())
        state.values = {state.options.front()};
}

void VariableSet::finish(int at, const QString &problem)
{
    State &state = m_states[size_t(at)];
    state.isDirty = false;
    state.isAsking = false;
    state.problem = problem;
    emit changed();
}

/// Variables that wait for each other become free text; the dashboard opens.
void VariableSet::breakCycle()
{
    QStringList names;
    for (const State &state : m_states) {
        if (state.isDirty)
            names << state.variable.name;
    }
    names << names.value(0);
    for (State &state : m_states) {
        if (!state.isDirty)
            continue;
        state.isDirty = false;
        state.variable.kind = u"text"_s;
        state.problem = tr("these variables depend on each other: %1").arg(names.join(u" → "_s));
    }
    emit changed();
    announce();
}

void VariableSet::announce()
{
    m_askingSince.reset();
    if (m_hasAnnounced)
        return;
    m_hasAnnounced = true;
    emit settled();
}

void VariableSet::beat()
{
    if (!m_askingSince || m_hasAnnounced || m_ports.clock.bootNow() - *m_askingSince < kDeadline)
        return;
    for (State &state : m_states) {
        if (state.isAsking)
            state.problem = tr("no answer for 5 s; the last values are used");
    }
    m_hasAnnounced = true;
    emit changed();
    emit settled();
}

QMap<QString, QStringList> VariableSet::values() const
{
    QMap<QString, QStringList> out;
    for (const State &state : m_states) {
        if (!state.isAll) {
            out.insert(state.variable.name, state.values);
            continue;
        }
        QStringList all = state.options;
        if (!state.variable.allValue.isEmpty() || all.isEmpty())
            all = {state.variable.allValue.isEmpty() ? u".*"_s : state.variable.allValue};
        out.insert(state.variable.name, all);
    }
    return out;
}

QMap<QString, QString> VariableSet::context() const
{
    QMap<QString, QString> out;
    for (const State &state : m_states) {
        const bool isField = state.isContext || m_contextFields.contains(state.variable.name);
        if (isField && !state.isAll && state.values.size() == 1 && !state.values.front().isEmpty())
            out.insert(state.variable.name, state.values.front());
    }
    return out;
}

} // namespace bw
