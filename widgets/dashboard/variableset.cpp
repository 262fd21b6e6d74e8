// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/variableset.h>

#include <domain/base/identity.h>
#include <domain/dashboards/macros.h>

#include <QRegularExpression>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
namespace {

// 5 s: a person who opened a dashboard waits no longer for its filters than for its panels.
constexpr Nanoseconds kDeadline = 5s;

bool isAsked(const Variable &variable) { return variable.kind == "query"_L1; }

/// `refresh: never` is asked once, when nothing else says what there is.
bool isAskedOnLoad(const VariableSet::State &state)
{
    return isAsked(state.variable)
        && (state.variable.refresh != "never"_L1 || (!state.wasAsked && state.options.empty()));
}

Variable contextVariable(const QString &field)
{
    Variable variable;
    variable.name = field;
    variable.kind = u"query"_s;
    variable.label = field.left(1).toUpper() + field.mid(1);
    variable.query = u"label_values(${__label.%1})"_s.arg(field);
    variable.all = true;
    return variable;
}

/// "$ds" and "${ds}" name a variable; anything else is an id.
QString variableNamed(const QString &reference)
{
    if (!reference.startsWith(u'$'))
        return {};
    QString name = reference.mid(1);
    return name.remove(u'{').remove(u'}');
}

QStringList optionValues(const VariableSet::State &state)
{
    QStringList values;
    values.reserve(qsizetype(state.options.size()));
    for (const VariableOption &option : state.options)
        values << option.value;
    return values;
}

} // namespace

VariableSet::VariableSet(DashboardPorts ports, QObject *parent)
    : QObject(parent)
    , m_ports(ports)
{
    connect(&ports.sources, &SourceBoard::changed, this, &VariableSet::sourcesChanged);
}

VariableSet::~VariableSet() = default;

void VariableSet::load(const Dashboard &dashboard, const QMap<QString, QStringList> &preset)
{
    const std::vector<State> before = std::exchange(m_states, {});
    m_tickets.clear();
    m_contextFields = dashboard.context;
    std::vector<Variable> variables = dashboard.variables;
    for (const QString &field : dashboard.context) {
        const bool isDeclared = std::any_of(variables.begin(), variables.end(),
            [&](const Variable &variable) { return variable.name == field; });
        if (!isDeclared)
            variables.push_back(contextVariable(field));
    }
    m_graph = VariableGraph(variables);
    for (size_t at = 0; at < variables.size(); ++at) {
        const Variable &variable = variables[at];
        State state = begun(variable, at >= dashboard.variables.size());
        const auto old = std::find_if(before.begin(), before.end(),
            [&](const State &other) { return other.variable.name == variable.name; });
        const bool isKept = old != before.end();
        if (isKept && old->variable == variable) {
            state.options = old->options;
            state.wasAsked = old->wasAsked;
        }
        if (preset.contains(variable.name)) {
            adopt(state, preset.value(variable.name));
            state.wanted = preset.value(variable.name).value(0);
        } else if (isKept && variable.kind != "constant"_L1) {
            state.values = old->values;
            state.isAll = old->isAll && variable.all;
        } else {
            adopt(state, variable.defaults);
        }
        state.isDirty = isAskedOnLoad(state);
        m_states.push_back(std::move(state));
    }
    m_tickets.resize(m_states.size());
    m_waveSince.reset();
    m_hasAnnounced = false;
    emit changed();
    pump();
}

/// A variable before anything was asked.
VariableSet::State VariableSet::begun(const Variable &variable, bool isContext) const
{
    State state;
    state.variable = variable;
    state.isContext = isContext;
    state.options = declaredOptions(variable);
    if (m_graph.inCycle(variable.name)) {
        state.variable.kind = u"text"_s;
        for (const QString &cycle : m_graph.cycles()) {
            if (cycle.split(u" → "_s).contains(variable.name))
                state.problem = tr("these variables depend on each other: %1").arg(cycle);
        }
    }
    if (variable.kind == "datasource"_L1) {
        QStringList ids;
        for (const SourceInfo &source : m_ports.sources.sources()) {
            if (variable.query.isEmpty() || source.kind == variable.query)
                ids << source.id.id;
        }
        state.options = optionsFrom(variable, ids);
    }
    return state;
}

/// Values from outside: defaults, links, saved sets.
void VariableSet::adopt(State &state, const QStringList &values)
{
    const Variable &variable = state.variable;
    state.values = values;
    if (variable.kind == "constant"_L1)
        state.values = {variable.query.isEmpty() ? variable.defaults.value(0) : variable.query};
    state.isAll = state.values.isEmpty() && variable.all;
    const bool wantsOne = variable.kind != "adhoc"_L1 && variable.kind != "text"_L1;
    if (state.values.isEmpty() && !state.isAll && wantsOne && !state.options.empty()) {
        const SourceInfo *usual =
            variable.kind == "datasource"_L1 ? m_ports.sources.defaultOf(variable.query) : nullptr;
        const bool isOffered = usual && optionValues(state).contains(usual->id.id);
        state.values = {isOffered ? usual->id.id : state.options.front().value};
    }
}

int VariableSet::indexOf(const QString &name) const
{
    const auto at = std::find_if(
        m_states.begin(), m_states.end(), [&](const State &state) { return state.variable.name == name; });
    return at == m_states.end() ? -1 : int(at - m_states.begin());
}

/// Whoever depends on what changed asks again, also when it is being asked: that question has old values.
void VariableSet::markDirty(const QSet<QString> &changed)
{
    const QSet<QString> affected = m_graph.dependants(changed);
    for (size_t at = 0; at < m_states.size(); ++at) {
        State &state = m_states[at];
        if (!affected.contains(state.variable.name) || !isAsked(state.variable))
            continue;
        m_tickets[at].cancel();
        state.isAsking = false;
        state.isDirty = true;
        state.isLate = false;
    }
    m_waveSince.reset();
    m_hasAnnounced = false;
}

bool VariableSet::setValues(State &state, const QStringList &values)
{
    const bool isAll = values.isEmpty() && state.variable.all;
    if (state.variable.kind == "constant"_L1 || (state.values == values && state.isAll == isAll))
        return false;
    state.values = values;
    state.isAll = isAll;
    state.note.clear();
    state.wanted.clear();
    const QStringList known = optionValues(state);
    state.missing.clear();
    for (const QString &value : values) {
        if (state.wasAsked && !known.contains(value))
            state.missing << value;
    }
    return true;
}

void VariableSet::select(const QString &name, const QStringList &values) { selectAll({{name, values}}); }

void VariableSet::selectAll(const QMap<QString, QStringList> &choices, bool isForeign)
{
    QSet<QString> differ;
    for (auto choice = choices.begin(); choice != choices.end(); ++choice) {
        const int at = indexOf(choice.key());
        if (at < 0 || !setValues(m_states[size_t(at)], *choice))
            continue;
        State &state = m_states[size_t(at)];
        differ.insert(choice.key());
        if (isForeign) {
            state.wanted = choice->value(0);
            matchForeign(state);
        }
    }
    if (differ.isEmpty())
        return;
    markDirty(differ);
    emit changed();
    emit chosen();
    pump();
}

void VariableSet::setRange(const TimeRange &range)
{
    m_range = range;
    QSet<QString> asked;
    for (size_t at = 0; at < m_states.size(); ++at) {
        State &state = m_states[at];
        if (!isAsked(state.variable) || state.variable.refresh != "time"_L1)
            continue;
        m_tickets[at].cancel();
        state.isAsking = false;
        state.isDirty = true;
        asked.insert(state.variable.name);
    }
    if (asked.isEmpty())
        return;
    m_waveSince.reset();
    m_hasAnnounced = false;
    pump();
}

void VariableSet::reload()
{
    for (size_t at = 0; at < m_states.size(); ++at) {
        State &state = m_states[at];
        state.isDirty = state.isDirty || isAskedOnLoad(state);
        state.isLate = false;
    }
    m_waveSince.reset();
    m_hasAnnounced = false;
    pump();
}

bool VariableSet::isSettled() const { return m_hasAnnounced; }

bool VariableSet::isSettledFor(const QSet<QString> &names) const
{
    const QSet<QString> needed = m_graph.closure(names);
    return std::none_of(m_states.begin(), m_states.end(), [&](const State &state) {
        return state.isDirty && !state.isLate && needed.contains(state.variable.name);
    });
}

const SourceInfo *VariableSet::sourceOf(const State &state) const
{
    QString id = state.variable.datasource;
    if (const QString name = variableNamed(id); !name.isEmpty())
        id = values().value(name).value(0);
    return id.isEmpty() ? m_ports.sources.defaultOf(u"prometheus") : m_ports.sources.find({id});
}

Result<QuerySpec> VariableSet::questionFor(const State &state, VariableQuery &query) const
{
    const SourceInfo *source = sourceOf(state);
    if (!source)
        return fail(Error::Kind::NotFound, tr("no source for %1 is configured").arg(state.variable.name));
    MacroContext macros;
    macros.range = m_range;
    macros.plan = planSteps(m_range, 256, source->scrapeInterval, source->scrapeInterval);
    macros.profile = &source->profile;
    macros.variables = values();
    macros.forms = forms();
    macros.context = context();
    macros.filters = source->labels;
    const Result<QString> text = expandMacros(state.variable.query, macros);
    if (!text)
        return tl::unexpected(text.error());
    const Result<VariableQuery> parsed = parseVariableQuery(*text);
    if (!parsed)
        return fail(parsed.error().kind, tr("%1: %2").arg(state.variable.name, parsed.error().message));
    query = *parsed;
    const bool isPast = m_range.end + 1min < m_ports.clock.utcNow();
    return QuerySpec{source->id,
        questionOf(query, m_range.snappedTo(1min), isPast ? std::optional(m_range.end) : std::nullopt)};
}

/// Starts what waits for nobody; announces when nothing is left.
void VariableSet::pump()
{
    if (std::exchange(m_isPumping, true))
        return; // what failed at once is seen by the loop below
    bool starts = true;
    while (starts) {
        starts = false;
        for (size_t at = 0; at < m_states.size(); ++at) {
            const State &state = m_states[at];
            if (!state.isDirty || state.isAsking)
                continue;
            const QStringList needed = m_graph.needs(state.variable.name);
            const bool waits = std::any_of(m_states.begin(), m_states.end(),
                [&](const State &other) { return other.isDirty && needed.contains(other.variable.name); });
            if (waits)
                continue;
            start(int(at));
            starts = true;
        }
    }
    m_isPumping = false;
    if (std::none_of(m_states.begin(), m_states.end(), [](const State &state) { return state.isDirty; }))
        announce();
}

void VariableSet::start(int at)
{
    State &state = m_states[size_t(at)];
    auto query = std::make_shared<VariableQuery>();
    Result<QuerySpec> spec = questionFor(state, *query);
    if (!spec) {
        state.isDirty = false;
        state.problem = spec.error().message;
        emit changed();
        emit progressed();
        return;
    }
    state.isAsking = true;
    if (!m_waveSince)
        m_waveSince = m_ports.clock.bootNow();
    m_tickets[size_t(at)] = m_ports.executor.submit(std::move(*spec), {Priority::Visible, AskedBy::User, 30s},
        this, [this, at, query](const Result<QueryResult> &answer) {
            State &asked = m_states[size_t(at)];
            if (answer) {
                asked.wasAsked = true;
                takeOptions(asked, optionsFrom(asked.variable, *query, *answer));
            }
            answered(at, answer);
        });
}

void VariableSet::answered(int at, const Result<QueryResult> &answer)
{
    State &state = m_states[size_t(at)];
    state.isAsking = state.isDirty = state.isLate = false;
    state.problem = answer ? QString() : answer.error().message;
    emit changed();
    emit progressed();
    pump();
}

/// A chosen value that is no longer offered stays chosen: whoever chose it sees why the panels are empty.
void VariableSet::takeOptions(State &state, std::vector<VariableOption> options)
{
    state.options = std::move(options);
    matchForeign(state);
    if (state.values.isEmpty() && !state.isAll && !state.options.empty())
        state.values = {state.options.front().value};
    const QStringList known = optionValues(state);
    state.missing.clear();
    for (const QString &value : std::as_const(state.values)) {
        if (!known.contains(value))
            state.missing << value;
    }
}

/// A name that came from another signal, in the spelling of this one.
void VariableSet::matchForeign(State &state)
{
    if (state.wanted.isEmpty() || state.options.empty() || state.values != QStringList{state.wanted})
        return;
    const IdentityMatch match = matchIdentity(state.wanted, optionValues(state), m_ports.aliases());
    state.note = describeMatch(state.wanted, match);
    if (match.how != IdentityMatch::How::None)
        state.values = {match.value};
    state.wanted.clear();
}

void VariableSet::announce()
{
    m_waveSince.reset();
    if (std::exchange(m_hasAnnounced, true))
        return;
    emit settled();
}

void VariableSet::beat()
{
    if (!m_waveSince || m_hasAnnounced || m_ports.clock.bootNow() - *m_waveSince < kDeadline)
        return;
    for (State &state : m_states) {
        if (!state.isDirty)
            continue;
        state.isLate = true;
        state.problem = state.isAsking ? tr("no answer for 5 s; the last values are used")
                                       : tr("waits for another variable; the last values are used");
    }
    m_hasAnnounced = true;
    emit changed();
    emit progressed();
    emit settled();
}

/// Sources come and go; a profile that was not known yet may be now.
void VariableSet::sourcesChanged()
{
    QSet<QString> differ;
    bool retries = false;
    for (State &state : m_states) {
        if (state.variable.kind == "datasource"_L1) {
            const std::vector<VariableOption> now = begun(state.variable, state.isContext).options;
            if (now == state.options)
                continue;
            const QStringList before = state.values;
            state.options = now;
            if (state.values.isEmpty())
                adopt(state, state.variable.defaults);
            const QStringList known = optionValues(state);
            state.missing.clear();
            for (const QString &value : std::as_const(state.values)) {
                if (!known.contains(value))
                    state.missing << value;
            }
            if (state.values != before)
                differ.insert(state.variable.name);
        } else if (isAsked(state.variable) && state.options.empty() && !state.isAsking && !state.isDirty
            && !state.problem.isEmpty()) {
            VariableQuery query;
            if (!questionFor(state, query))
                continue;
            state.isDirty = retries = true;
            state.problem.clear();
        }
    }
    if (!retries && differ.isEmpty())
        return;
    markDirty(differ);
    emit changed();
    pump();
    emit progressed();
}

QStringList VariableSet::effectiveValues(const State &state) const
{
    const Variable &variable = state.variable;
    if (state.isAll && !variable.allValue.isEmpty())
        return {variable.allValue};
    if (state.isAll)
        return state.options.empty() ? QStringList{u".*"_s} : optionValues(state);
    QStringList values = state.values;
    // What nobody can choose from is an empty text when it is empty, as in Grafana. A question that found
    // nothing is another matter: there the panels say which variable has no value.
    const bool isText = variable.kind == "text"_L1 || variable.kind == "constant"_L1
        || (variable.kind == "custom"_L1 && state.options.empty());
    if (values.isEmpty() && isText)
        return {QString()};
    if (variable.kind == "interval"_L1)
        values.replaceInStrings(
            QRegularExpression(u"^%1$"_s.arg(kAutoInterval)), automaticInterval(variable, m_range));
    return values;
}

QMap<QString, QStringList> VariableSet::values() const
{
    QMap<QString, QStringList> out;
    for (const State &state : m_states)
        out.insert(state.variable.name, effectiveValues(state));
    return out;
}

QMap<QString, VariableForm> VariableSet::forms() const
{
    QMap<QString, VariableForm> out;
    for (const State &state : m_states) {
        const Variable &variable = state.variable;
        VariableForm form;
        form.isPattern = variable.multi || variable.all;
        form.isVerbatim = variable.kind == "adhoc"_L1
            || (state.isAll && (!variable.allValue.isEmpty() || state.options.empty()));
        if (state.isAll) {
            form.texts = {u"All"_s};
        } else {
            for (const QString &value : state.values) {
                const auto option = std::find_if(state.options.begin(), state.options.end(),
                    [&](const VariableOption &other) { return other.value == value; });
                form.texts << (option == state.options.end() ? value : option->text);
            }
        }
        if (form.texts == state.values)
            form.texts.clear();
        if (!(form == VariableForm()))
            out.insert(variable.name, form);
    }
    return out;
}

QMap<QString, QStringList> VariableSet::matchers() const
{
    QMap<QString, QStringList> out;
    for (const State &state : m_states) {
        if (state.variable.kind != "adhoc"_L1 || state.values.isEmpty())
            continue;
        const SourceInfo *source = state.variable.datasource.isEmpty() ? nullptr : sourceOf(state);
        out[source ? source->id.id : QString()] += state.values;
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

QMap<QString, QStringList> VariableSet::choices() const
{
    QMap<QString, QStringList> out;
    for (const State &state : m_states) {
        if (state.variable.kind != "constant"_L1)
            out.insert(state.variable.name, state.isAll ? QStringList() : state.values);
    }
    return out;
}

QString VariableSet::sourceIdOf(const QString &name) const
{
    const int at = indexOf(name);
    const SourceInfo *source = at < 0 ? nullptr : sourceOf(m_states[size_t(at)]);
    return source ? source->id.id : QString();
}

QStringList VariableSet::adhocNames() const
{
    QStringList names;
    for (const State &state : m_states) {
        if (state.variable.kind == "adhoc"_L1)
            names << state.variable.name;
    }
    return names;
}

} // namespace bw
