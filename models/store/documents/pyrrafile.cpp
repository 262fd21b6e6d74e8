// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/sloreading.h>

#include <QRegularExpression>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr Nanoseconds kShortestWindow = 24h; // below, its smallest window would be seconds

class PyrraReader
{
public:
    PyrraReader(const YamlNode &document, YamlReport &report)
        : m_document(document)
        , m_report(report)
    {
    }

    std::vector<Slo> read()
    {
        const int before = m_report.errors();
        const YamlNode &metadata = childOf(m_document, u"metadata"), &spec = childOf(m_document, u"spec");
        m_slo.origin = Slo::Origin::Pyrra;
        m_slo.id = m_slo.title = m_slo.recordedId = childOf(metadata, u"name").text;
        m_slo.recordedDialect = Slo::Dialect::Pyrra;
        if (m_slo.id.isEmpty())
            m_report.error(metadata, u"a ServiceLevelObjective needs metadata.name"_s);
        readLabels(metadata);
        YamlMap map(spec, m_report, u"spec"_s);
        if (spec.kind != YamlNode::Kind::Map)
            m_report.error(m_document, u"a ServiceLevelObjective needs 'spec'"_s);
        m_slo.description = map.text(u"description"_s);
        readTarget(map.value(u"target"_s));
        readWindow(map.text(u"window"_s));
        readIndicator(map.value(u"indicator"_s));
        readAlerting(map.value(u"alerting"_s));
        for (const QString &key :
            {u"performanceOverAccuracy"_s, u"partial_response_strategy"_s, u"ruleOutput"_s}) {
            if (map.value(key))
                m_slo.notTaken += key;
        }
        map.finish();
        const bool usable = finishSlo(m_slo, m_document, m_report) && m_report.errors() == before;
        return usable ? std::vector<Slo>{m_slo} : std::vector<Slo>();
    }

private:
    void readLabels(const YamlNode &metadata)
    {
        static const QString prefix = u"pyrra.dev/"_s;
        for (const auto &[name, value] : looseLabels(metadata.find(u"labels")).toStdMap()) {
            if (name.startsWith(prefix))
                m_slo.labels.insert(name.mid(prefix.size()), value);
        }
        if (const QString space = childOf(metadata, u"namespace").text; !space.isEmpty())
            m_slo.labels.insert(u"namespace"_s, space);
        m_slo.service = m_slo.labels.value(u"service"_s);
    }

    void readTarget(const YamlNode *node)
    {
        const auto percent = numberIn(node);
        if (!percent || !node->quoted) {
            m_report.error(node ? *node : m_document,
                u"target must be a percentage in quotes, such as '99.5': the resource takes text only"_s);
            return;
        }
        m_slo.target = *percent / 100;
    }

    void readWindow(const QString &window)
    {
        const auto length = parseDuration(window);
        if (window.isEmpty() || !length || *length < kShortestWindow) {
            m_report.error(
                m_document, u"window '%1' must be a duration of at least one day, such as 4w"_s.arg(window));
            return;
        }
        m_slo.period.length = *length;
    }

    /// `indicator.<part>.metric`, which must be a plain selector.
    QString metricOf(const YamlNode &kind, const QString &part)
    {
        const YamlNode &metric = childOf(childOf(kind, part), u"metric");
        return selectorIn(metric, kind, part + u".metric"_s);
    }
    QString selectorIn(const YamlNode &metric, const YamlNode &parent, const QString &name)
    {
        if (metric.text.trimmed().isEmpty())
            m_report.error(parent, u"the indicator needs '%1'"_s.arg(name));
        else if (!isSelector(metric.text))
            m_report.error(metric,
                u"%1 must be a plain selector, metric{label=\"value\"}, without functions"_s.arg(name));
        return metric.text.trimmed();
    }

    void readIndicator(const YamlNode *node)
    {
        if (!node) {
            m_report.error(m_document, u"spec needs 'indicator'"_s);
            return;
        }
        if (node->entries.size() != 1)
            m_report.error(
                *node, u"indicator needs exactly one of ratio, latency, latencyNative, bool_gauge"_s);
        for (const YamlEntry &entry : node->entries) {
            const YamlNode &kind = entry.value;
            for (const YamlNode &label : childOf(kind, u"grouping").items)
                m_slo.groupBy += label.text;
            if (entry.key == u"ratio"_s)
                readRatio(kind);
            else if (entry.key == u"latency"_s)
                readLatency(kind);
            else if (entry.key == u"latencyNative"_s)
                readNative(kind);
            else if (entry.key == u"bool_gauge"_s)
                readGauge(kind);
            else
                m_report.error(kind,
                    u"the indicator '%1' is not one of ratio, latency, latencyNative, bool_gauge"_s.arg(
                        entry.key));
        }
    }

    QString increase(const QString &selector) const
    {
        const QString by =
            m_slo.groupBy.isEmpty() ? QString() : u"by (%1) "_s.arg(m_slo.groupBy.join(u", "_s));
        return u"sum %1(increase(%2[$__window]))"_s.arg(by, selector);
    }

    void readRatio(const YamlNode &kind)
    {
        m_slo.indicator.bad = increase(metricOf(kind, u"errors"_s));
        m_slo.indicator.total = increase(metricOf(kind, u"total"_s));
    }

    void readLatency(const YamlNode &kind)
    {
        const QString success = metricOf(kind, u"success"_s), total = metricOf(kind, u"total"_s);
        static const QRegularExpression bound(u"\\ble\\s*=\\s*\"([^\"]+)\""_s);
        const QRegularExpressionMatch match = bound.match(success);
        if (!success.isEmpty() && !match.hasMatch())
            m_report.error(
                kind, u"success.metric must have the matcher le=\"…\" that says what is quick enough"_s);
        m_slo.indicator.kind = SloIndicator::Kind::Latency;
        m_slo.indicator.threshold = match.captured(1).toDouble();
        m_slo.indicator.good = increase(success);
        m_slo.indicator.total = increase(total);
    }

    void readNative(const YamlNode &kind)
    {
        const auto threshold = parseDuration(childOf(kind, u"latency").text);
        if (!threshold || *threshold <= 0ns)
            m_report.error(kind, u"latencyNative needs 'latency', a duration"_s);
        m_slo.indicator.kind = SloIndicator::Kind::Latency;
        m_slo.indicator.isNative = true;
        m_slo.indicator.threshold = threshold ? double(threshold->count()) / 1e9 : 0;
        m_slo.indicator.histogram = metricOf(kind, u"total"_s);
    }

    void readGauge(const YamlNode &kind)
    {
        m_slo.indicator.kind = SloIndicator::Kind::Gauge;
        m_slo.indicator.state = selectorIn(childOf(kind, u"metric"), kind, u"metric"_s);
        m_slo.approximated +=
            u"a state is averaged over each hour, and hours count alike; Pyrra counts its samples"_s;
        m_slo.weighting = SloWeighting::Time;
    }

    void readAlerting(const YamlNode *node)
    {
        m_slo.burn = pyrraBurnRows(m_slo.period.length);
        if (!node)
            return;
        YamlMap map(*node, m_report, u"alerting"_s);
        if (map.boolean(u"disabled"_s, false) || !map.boolean(u"burnrates"_s, true))
            m_slo.burn.clear();
        if (map.value(u"severities"_s))
            m_slo.notTaken += u"other names of its alerts' severities"_s;
        if (map.value(u"absent"_s) || map.value(u"absentName"_s))
            m_slo.notTaken += u"the alert for absent metrics"_s;
        map.text(u"name"_s);
        map.finish();
    }

    const YamlNode &m_document;
    YamlReport &m_report;
    Slo m_slo;
};

} // namespace

std::vector<Slo> readPyrraSlos(const YamlNode &document, YamlReport &report)
{
    const QString kind = childOf(document, u"kind").text;
    if (kind != "ServiceLevelObjective"_L1) {
        report.error(
            document, u"kind %1 of Pyrra has no objectives; known: ServiceLevelObjective"_s.arg(kind));
        return {};
    }
    return PyrraReader(document, report).read();
}

} // namespace bw
