// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <store/documents/sloreading.h>

#include <QRegularExpression>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr Nanoseconds kDay = 24h;

/// A duration of OpenSLO: a whole number and one of m h d w M Q Y.
struct OpenDuration
{
    int count = 0;
    QChar unit;
    Nanoseconds length{0}; ///< cut a day above the longest that can be kept
};

Nanoseconds lengthOf(QChar unit)
{
    switch (unit.unicode()) {
    case 'm':
        return 1min;
    case 'h':
        return 1h;
    case 'd':
        return kDay;
    case 'w':
        return 7 * kDay;
    case 'M':
        return 30 * kDay;
    case 'Q':
        return 91 * kDay;
    default:
        return 365 * kDay;
    }
}

std::optional<OpenDuration> durationIn(const QString &text)
{
    static const QRegularExpression form(u"^([1-9][0-9]{0,4})([mhdwMQY])\\z"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return {};
    const int count = match.captured(1).toInt();
    const QChar unit = match.captured(2).front();
    // 99999Y does not fit into nanoseconds.
    const bool isLonger = count > kLongestSloPeriod / lengthOf(unit);
    return OpenDuration{count, unit, isLonger ? kLongestSloPeriod + kDay : count * lengthOf(unit)};
}

bool isObjectName(const QString &name)
{
    static const QRegularExpression form(u"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\z"_s);
    return form.match(name).hasMatch();
}

class OpenSloReader
{
public:
    OpenSloReader(const YamlNode &document, YamlReport &report, const OpenSloObjects &objects)
        : m_document(document)
        , m_report(report)
        , m_objects(objects)
        , m_isAlpha(childOf(document, u"apiVersion").text.endsWith(u"v1alpha"_s))
    {
    }

    std::vector<Slo> read()
    {
        const int atFirst = m_report.errors();
        const YamlNode &metadata = childOf(m_document, u"metadata"), &spec = childOf(m_document, u"spec");
        m_common.origin = Slo::Origin::OpenSlo;
        m_common.id = childOf(metadata, u"name").text;
        if (!isObjectName(m_common.id))
            m_report.error(metadata,
                u"metadata.name '%1' must be lower-case letters, digits and '-', as OpenSLO asks for"_s.arg(
                    m_common.id));
        m_common.title = childOf(metadata, u"displayName").text;
        m_common.labels = looseLabels(metadata.find(u"labels"));
        m_common.description = childOf(spec, u"description").text;
        m_common.service = childOf(spec, u"service").text;
        if (m_common.service.isEmpty())
            m_report.error(spec.kind == YamlNode::Kind::Map ? spec : m_document, u"spec needs 'service'"_s);
        readMethod(spec);
        readPeriod(spec);
        m_common.burn = standardBurnRows(nominalLength(m_common.period));
        readPolicies(spec.find(u"alertPolicies"));
        const YamlNode &objectives = childOf(spec, u"objectives");
        if (objectives.items.empty())
            m_report.error(spec, u"spec needs at least one entry in 'objectives'"_s);
        const bool usable = m_report.errors() == atFirst;
        std::vector<Slo> slos;
        for (size_t i = 0; i < objectives.items.size(); ++i) {
            const int before = m_report.errors();
            Slo slo = readObjective(objectives.items[i], spec, i, objectives.items.size());
            if (finishSlo(slo, objectives.items[i], m_report) && usable && m_report.errors() == before)
                slos.push_back(std::move(slo));
        }
        return slos;
    }

private:
    void readMethod(const YamlNode &spec)
    {
        const YamlNode &node = childOf(spec, u"budgetingMethod");
        m_method = node.text;
        if (m_method == "Occurrences"_L1)
            return;
        if (m_method != "Timeslices"_L1 && m_method != "RatioTimeslices"_L1) {
            m_report.error(node.kind == YamlNode::Kind::Null ? spec : node,
                u"budgetingMethod '%1' is not one of Occurrences, Timeslices, RatioTimeslices"_s.arg(
                    m_method));
            return;
        }
        m_common.weighting = SloWeighting::Time;
        m_common.approximated += u"%1 are approximated by whole hours"_s.arg(m_method);
    }

    void readPeriod(const YamlNode &spec)
    {
        const YamlNode &list = childOf(spec, m_isAlpha ? u"timeWindows" : u"timeWindow");
        if (list.items.size() != 1) {
            m_report.error(spec, u"spec needs exactly one time window, found %1"_s.arg(list.items.size()));
            return;
        }
        const YamlNode &window = list.items.front();
        QString text = childOf(window, u"duration").text;
        if (m_isAlpha && text.isEmpty()) {
            static const QMap<QString, QString> units{{u"Minute"_s, u"m"_s}, {u"Hour"_s, u"h"_s},
                {u"Day"_s, u"d"_s}, {u"Week"_s, u"w"_s}, {u"Month"_s, u"M"_s}, {u"Quarter"_s, u"Q"_s},
                {u"Year"_s, u"Y"_s}};
            text = childOf(window, u"count").text + units.value(childOf(window, u"unit").text, u"?"_s);
        }
        const auto duration = durationIn(text);
        if (!duration) {
            m_report.error(
                window, u"the time window '%1' must be a number and one of m h d w M Q Y"_s.arg(text));
            return;
        }
        m_common.period.length = duration->length;
        if (duration->unit == u'm' && duration->length < 1h)
            m_report.error(window, u"the time window %1 is minutes; a month is written 1M"_s.arg(text));
        const bool isRolling = childOf(window, u"isRolling").text != u"false"_s || !window.find(u"calendar");
        if (!isRolling)
            readCalendar(childOf(window, u"calendar"), *duration, text);
    }

    void readCalendar(const YamlNode &calendar, const OpenDuration &duration, const QString &text)
    {
        m_common.period.zone = childOf(calendar, u"timeZone").text;
        if (duration.count == 1 && duration.unit == u'w')
            m_common.period.kind = SloPeriod::Kind::Week;
        else if (duration.count == 1 && duration.unit == u'M')
            m_common.period.kind = SloPeriod::Kind::Month;
        else if (duration.count == 1 && duration.unit == u'Q')
            m_common.period.kind = SloPeriod::Kind::Quarter;
        else if (duration.count == 1 && duration.unit == u'Y')
            m_common.period.kind = SloPeriod::Kind::Year;
        else {
            m_common.period.zone.clear();
            m_common.approximated += u"a calendar window of %1 is taken as a rolling one"_s.arg(text);
            return;
        }
        m_common.approximated +=
            u"the calendar's start (%1) is taken as the first midnight of the unit; weeks begin on Monday"_s
                .arg(childOf(calendar, u"startTime").text);
    }

    /// Burn conditions become rows; a policy of another kind is not ours to judge.
    void readPolicies(const YamlNode *list)
    {
        if (!list)
            return;
        std::vector<BurnRow> rows;
        for (const YamlNode &entry : list->items) {
            const QString ref =
                entry.kind == YamlNode::Kind::Scalar ? entry.text : childOf(entry, u"alertPolicyRef").text;
            const YamlNode *policy = ref.isEmpty() ? &entry : m_objects.policies.value(ref);
            if (!policy) {
                m_report.warning(entry, u"the alert policy '%1' is in none of the files"_s.arg(ref));
                continue;
            }
            const YamlNode &spec = childOf(*policy, u"spec");
            if (spec.find(u"notificationTargets"))
                m_common.notTaken += u"notification targets"_s;
            for (const YamlNode &condition : childOf(spec, u"conditions").items) {
                if (auto row = rowOf(condition))
                    rows.push_back(*row);
            }
        }
        m_common.notTaken.removeDuplicates();
        if (!rows.empty())
            m_common.burn = std::move(rows);
    }

    std::optional<BurnRow> rowOf(const YamlNode &entry)
    {
        const QString ref =
            entry.kind == YamlNode::Kind::Scalar ? entry.text : childOf(entry, u"conditionRef").text;
        const YamlNode *condition = ref.isEmpty() ? &entry : m_objects.conditions.value(ref);
        if (!condition) {
            m_report.warning(entry, u"the alert condition '%1' is in none of the files"_s.arg(ref));
            return {};
        }
        const YamlNode &spec = childOf(*condition, u"spec"), &rule = childOf(spec, u"condition");
        const QString op = childOf(rule, u"op").text;
        const auto window = durationIn(childOf(rule, u"lookbackWindow").text);
        const auto threshold = numberIn(rule.find(u"threshold"));
        if (childOf(rule, u"kind").text != u"burnrate"_s || (op != u"gt"_s && op != u"gte"_s) || !window
            || !threshold) {
            m_common.notTaken += u"an alert condition that is no burn rate above a threshold"_s;
            return {};
        }
        const QString severity = childOf(spec, u"severity").text;
        BurnRow row;
        row.severity = severity == u"page"_s || severity == u"critical"_s ? BurnRow::Severity::Page
                                                                          : BurnRow::Severity::Ticket;
        row.longWindow = window->length;
        row.shortWindow = std::max(Nanoseconds(5min), window->length / 12);
        row.factor = *threshold;
        m_common.approximated += u"the condition's short window is a twelfth of its long one"_s;
        return row;
    }

    Slo readObjective(const YamlNode &node, const YamlNode &spec, size_t index, size_t count)
    {
        Slo slo = m_common;
        if (count > 1) {
            slo.id += u"-%1"_s.arg(index + 1);
            const QString name = childOf(node, u"displayName").text;
            slo.title = name.isEmpty() ? slo.id : u"%1: %2"_s.arg(slo.title, name);
            slo.approximated += u"each objective is a row of its own"_s;
            if (node.find(u"compositeWeight"))
                slo.notTaken += u"weights of a composite objective"_s;
        }
        const auto target = numberIn(node.find(u"target")), percent = numberIn(node.find(u"targetPercent"));
        if (target.has_value() == percent.has_value())
            m_report.error(node, u"%1 needs one of 'target' (0 to 1) and 'targetPercent'"_s.arg(slo.id));
        slo.target = target ? *target : percent.value_or(99.9) / 100;
        if (m_method == "Timeslices"_L1 && !node.find(u"timeSliceTarget"))
            m_report.error(node, u"%1: Timeslices need 'timeSliceTarget'"_s.arg(slo.id));
        if (m_method.endsWith("imeslices"_L1) && !node.find(u"timeSliceWindow"))
            m_report.error(node, u"%1: %2 need 'timeSliceWindow'"_s.arg(slo.id, m_method));
        const YamlNode *indicator = indicatorFor(node, spec);
        if (!indicator)
            m_report.error(node, u"%1: no indicator, neither here nor in spec"_s.arg(slo.id));
        else
            readIndicator(*indicator, node, slo);
        return slo;
    }

    /// The indicator's own spec: of the objective, of the SLO, inline, or by name.
    const YamlNode *indicatorFor(const YamlNode &objective, const YamlNode &spec)
    {
        if (objective.find(u"ratioMetrics")) // v1alpha
            return &objective;
        for (const YamlNode *place : {&objective, &spec}) {
            if (const YamlNode *inlined = place->find(u"indicator"))
                return inlined->find(u"spec") ? inlined->find(u"spec") : inlined;
            const QString ref = childOf(*place, u"indicatorRef").text;
            if (ref.isEmpty())
                continue;
            if (const YamlNode *named = m_objects.indicators.value(ref))
                return named->find(u"spec");
            m_report.error(*place, u"the indicator '%1' is in none of the files"_s.arg(ref));
        }
        return nullptr;
    }

    void readIndicator(const YamlNode &node, const YamlNode &objective, Slo &slo)
    {
        if (const YamlNode *ratio = node.find(m_isAlpha ? u"ratioMetrics" : u"ratioMetric"))
            readRatio(*ratio, slo);
        else if (const YamlNode *threshold = node.find(u"thresholdMetric"))
            readThreshold(*threshold, objective, slo);
        else
            m_report.error(node, u"%1: the indicator needs ratioMetric or thresholdMetric"_s.arg(slo.id));
    }

    void readRatio(const YamlNode &ratio, Slo &slo)
    {
        const bool isCounter = childOf(ratio, u"counter").text == u"true"_s;
        if (const YamlNode *raw = ratio.find(u"raw")) {
            const QString query = queryOf(*raw, slo);
            slo.indicator.kind = SloIndicator::Kind::Raw;
            slo.weighting = SloWeighting::Time;
            const QString windowed =
                hasWindow(query) ? query : u"avg_over_time((%1)[$__window:1m])"_s.arg(query);
            const bool isSuccess = childOf(ratio, u"rawType").text != u"failure"_s;
            slo.indicator.errorRatio = isSuccess ? u"1 - (%1)"_s.arg(windowed) : windowed;
            return;
        }
        const YamlNode *good = ratio.find(u"good"), *bad = ratio.find(u"bad"), *total = ratio.find(u"total");
        if (!total || bool(good) == bool(bad)) {
            m_report.error(ratio, u"%1: a ratio needs 'total' and one of 'good' and 'bad'"_s.arg(slo.id));
            return;
        }
        slo.indicator.total = counted(queryOf(*total, slo), isCounter, slo);
        if (good)
            slo.indicator.good = counted(queryOf(*good, slo), isCounter, slo);
        else
            slo.indicator.bad = counted(queryOf(*bad, slo), isCounter, slo);
    }

    void readThreshold(const YamlNode &metric, const YamlNode &objective, Slo &slo)
    {
        static const QMap<QString, QString> operators{
            {u"lte"_s, u"<="_s}, {u"lt"_s, u"<"_s}, {u"gte"_s, u">="_s}, {u"gt"_s, u">"_s}};
        const QString op = operators.value(childOf(objective, u"op").text);
        const auto value = numberIn(objective.find(u"value"));
        if (op.isEmpty() || !value) {
            m_report.error(
                objective, u"%1: a threshold needs 'op' (lte, lt, gte, gt) and 'value'"_s.arg(slo.id));
            return;
        }
        slo.indicator.kind = SloIndicator::Kind::Gauge;
        slo.weighting = SloWeighting::Time;
        slo.indicator.state =
            u"(%1) %2 bool %3"_s.arg(expandWindow(queryOf(metric, slo), 1min), op, formatExact(*value));
        slo.approximated += u"the threshold is looked at once a minute, and hours count alike"_s;
    }

    QString queryOf(const YamlNode &metric, const Slo &slo)
    {
        if (m_isAlpha && metric.find(u"query")) {
            const QString type = childOf(metric, u"source").text + u' ' + childOf(metric, u"queryType").text;
            if (!type.contains("prom"_L1, Qt::CaseInsensitive))
                m_report.error(metric,
                    u"%1: only PromQL can be asked here, found a query for '%2'"_s.arg(
                        slo.id, type.trimmed()));
            return childOf(metric, u"query").text.trimmed();
        }
        const YamlNode &source = childOf(metric, u"metricSource");
        QString type = childOf(source, u"type").text;
        if (const QString ref = childOf(source, u"metricSourceRef").text; type.isEmpty() && !ref.isEmpty()) {
            const YamlNode *named = m_objects.sources.value(ref);
            type = named ? childOf(childOf(*named, u"spec"), u"type").text : ref;
        }
        const QString query = childOf(childOf(source, u"spec"), u"query").text.trimmed();
        if (!type.contains("prom"_L1, Qt::CaseInsensitive))
            m_report.error(metric,
                u"%1: only PromQL can be asked here, found a metric source of type '%2'"_s.arg(slo.id, type));
        else if (query.isEmpty())
            m_report.error(metric, u"%1: the metric source has no spec.query"_s.arg(slo.id));
        return query;
    }

    /// Queries of OpenSLO have no window of their own unless somebody wrote one of the usual places for it.
    QString counted(const QString &query, bool isCounter, Slo &slo)
    {
        if (query.isEmpty() || hasWindow(query))
            return query;
        static const QRegularExpression summed(
            u"^(sum\\s*(?:(?:by|without)\\s*\\([^)]*\\)\\s*)?)\\(([^()]*)\\)\\z"_s);
        const QRegularExpressionMatch match = summed.match(query);
        if (isCounter && isSelector(query))
            return u"sum(increase(%1[$__window]))"_s.arg(query);
        if (isCounter && match.hasMatch() && isSelector(match.captured(2)))
            return u"%1(increase(%2[$__window]))"_s.arg(match.captured(1), match.captured(2).trimmed());
        slo.approximated += isCounter ? u"the counter's query is looked at once a minute"_s
                                      : u"the query has no window: its values are added up, one a minute"_s;
        slo.approximated.removeDuplicates();
        return isCounter ? u"increase((%1)[$__window:1m])"_s.arg(query)
                         : u"sum_over_time((%1)[$__window:1m])"_s.arg(query);
    }

    const YamlNode &m_document;
    YamlReport &m_report;
    const OpenSloObjects &m_objects;
    const bool m_isAlpha;
    QString m_method;
    Slo m_common;
};

} // namespace

bool isOpenSlo(const QString &apiVersion)
{
    return apiVersion.startsWith("openslo/"_L1) || apiVersion.startsWith("openslo.com/"_L1);
}

void collectOpenSlo(const YamlNode &document, OpenSloObjects &objects)
{
    for (const YamlNode &item : document.items)
        collectOpenSlo(item, objects);
    if (!isOpenSlo(childOf(document, u"apiVersion").text))
        return;
    const QString kind = childOf(document, u"kind").text,
                  name = childOf(childOf(document, u"metadata"), u"name").text;
    QMap<QString, const YamlNode *> *shelf = kind == u"SLI"_s ? &objects.indicators
        : kind == u"AlertPolicy"_s                            ? &objects.policies
        : kind == u"AlertCondition"_s                         ? &objects.conditions
        : kind == u"DataSource"_s                             ? &objects.sources
                                                              : nullptr;
    if (shelf)
        shelf->insert(name, &document);
}

std::vector<Slo> readOpenSlos(const YamlNode &document, YamlReport &report, const OpenSloObjects &objects)
{
    const QString api = childOf(document, u"apiVersion").text;
    if (!api.endsWith("/v1"_L1) && !api.endsWith("/v1alpha"_L1)) {
        report.error(document, u"%1 is not known here; known: openslo/v1 and openslo/v1alpha"_s.arg(api));
        return {};
    }
    const QString kind = childOf(document, u"kind").text;
    if (kind == "SLO"_L1)
        return OpenSloReader(document, report, objects).read();
    static const QStringList others{u"SLI"_s, u"DataSource"_s, u"Service"_s, u"AlertPolicy"_s,
        u"AlertCondition"_s, u"AlertNotificationTarget"_s};
    if (!others.contains(kind))
        report.error(
            document, u"kind %1 is none of OpenSLO's; known: SLO, %2"_s.arg(kind, others.join(u", "_s)));
    return {};
}

} // namespace bw
