// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/untrusted.h>
#include <store/documents/sloreading.h>

#include <QRegularExpression>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr Nanoseconds kAssumedPeriod = 720h; // Sloth's default; the file does not say

/// Of the two spellings the one that is there: the resource has camelCase keys, the plain file snake_case.
class SlothMap
{
public:
    SlothMap(const YamlNode &node, YamlReport &report, const QString &what, bool isResource)
        : m_map(node, report, what)
        , m_isResource(isResource)
    {
    }
    YamlMap &map() { return m_map; }
    QString key(const QString &snake) const
    {
        if (!m_isResource)
            return snake;
        QString camel;
        for (qsizetype i = 0; i < snake.size(); ++i)
            camel += snake[i] == u'_' ? snake[++i].toUpper() : snake[i];
        return camel;
    }
    const YamlNode *value(const QString &snake) { return m_map.value(key(snake)); }
    QString text(const QString &snake) { return m_map.text(key(snake)).trimmed(); }

private:
    YamlMap m_map;
    bool m_isResource;
};

/// Names become parts of label values and rule names; the generator refuses anything else.
bool isName(const QString &name)
{
    static const QRegularExpression form(u"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\\z"_s);
    return form.match(name).hasMatch();
}

class SlothReader
{
public:
    SlothReader(YamlReport &report, bool isResource)
        : m_report(report)
        , m_isResource(isResource)
    {
    }

    std::vector<Slo> read(const YamlNode &node)
    {
        const int atFirst = m_report.errors();
        SlothMap spec(node, m_report, u"a Sloth file"_s, m_isResource);
        spec.map().value(u"version"_s);
        m_service = spec.map().required(u"service"_s);
        if (!m_service.isEmpty() && !isName(m_service))
            m_report.error(
                node, u"service '%1': Sloth takes letters, digits, '-', '_' and '.' only"_s.arg(m_service));
        m_labels = looseLabels(spec.map().value(u"labels"_s));
        m_plugins = spec.value(u"slo_plugins"_s) != nullptr;
        spec.map().value(u"sloPlugins"_s);
        std::vector<Slo> slos;
        if (!spec.map().has(u"slos") || childOf(node, u"slos").items.empty())
            m_report.error(node, u"a Sloth file needs at least one entry in 'slos'"_s);
        const bool usable = m_report.errors() == atFirst;
        spec.map().forEach(u"slos"_s, [&](const YamlNode &one) {
            const int before = m_report.errors();
            Slo slo = readOne(one);
            if (finishSlo(slo, one, m_report) && usable && m_report.errors() == before)
                slos.push_back(std::move(slo));
        });
        spec.map().finish();
        return slos;
    }

private:
    Slo readOne(const YamlNode &node)
    {
        SlothMap map(node, m_report, u"an SLO of Sloth"_s, m_isResource);
        Slo slo;
        slo.origin = Slo::Origin::Sloth;
        slo.service = m_service;
        slo.title = map.map().required(u"name"_s);
        if (!slo.title.isEmpty() && !isName(slo.title))
            m_report.error(
                node, u"name '%1': Sloth takes letters, digits, '-', '_' and '.' only"_s.arg(slo.title));
        slo.id = slo.recordedId = m_service + u'-' + slo.title;
        slo.recordedDialect = Slo::Dialect::Sloth;
        slo.description = map.map().text(u"description"_s);
        slo.labels = m_labels;
        for (const auto &[name, value] : looseLabels(map.map().value(u"labels"_s)).toStdMap())
            slo.labels.insert(name, value);
        const YamlNode *objective = map.map().value(u"objective"_s);
        const auto percent = numberIn(objective);
        if (!percent)
            m_report.error(
                objective ? *objective : node, u"%1 needs 'objective', in percent"_s.arg(slo.title));
        slo.target = percent.value_or(99.9) / 100;
        slo.period.length = kAssumedPeriod;
        slo.approximated += u"the period is taken to be 30 days; the file does not say"_s;
        readSli(map.map().value(u"sli"_s), node, slo);
        readAlerting(map.map().value(u"alerting"_s), node, slo);
        if (map.map().value(u"plugins"_s) || m_plugins)
            slo.notTaken += u"SLO plugins"_s;
        map.map().finish();
        return slo;
    }

    void readSli(const YamlNode *node, const YamlNode &parent, Slo &slo)
    {
        if (!node) {
            m_report.error(parent, u"%1 needs 'sli'"_s.arg(slo.title));
            return;
        }
        SlothMap map(*node, m_report, u"sli"_s, m_isResource);
        const YamlNode *events = map.map().value(u"events"_s), *raw = map.map().value(u"raw"_s),
                       *plugin = map.map().value(u"plugin"_s);
        if (int(bool(events)) + int(bool(raw)) + int(bool(plugin)) != 1)
            m_report.error(*node, u"%1: sli needs exactly one of events, raw, plugin"_s.arg(slo.title));
        if (events) {
            SlothMap queries(*events, m_report, u"events"_s, m_isResource);
            slo.indicator.bad = queries.text(u"error_query"_s);
            slo.indicator.total = queries.text(u"total_query"_s);
            if (slo.indicator.bad.isEmpty() || slo.indicator.total.isEmpty())
                m_report.error(
                    *events, u"%1: events needs the queries of errors and of all"_s.arg(slo.title));
            queries.map().finish();
        } else if (raw) {
            SlothMap queries(*raw, m_report, u"raw"_s, m_isResource);
            slo.indicator.kind = SloIndicator::Kind::Raw;
            slo.weighting = SloWeighting::Time;
            slo.indicator.errorRatio = queries.text(u"error_ratio_query"_s);
            if (slo.indicator.errorRatio.isEmpty())
                m_report.error(*raw, u"%1: raw needs the query of the error ratio"_s.arg(slo.title));
            queries.map().finish();
        } else if (plugin) {
            // What the plugin would generate is not known; what its rules record is.
            slo.indicator.kind = SloIndicator::Kind::Raw;
            slo.weighting = SloWeighting::Time;
            slo.indicator.errorRatio =
                u"avg_over_time(slo:sli_error:ratio_rate5m{sloth_id=\"%1\"}[$__window])"_s.arg(
                    render::promql(Untrusted(slo.id)));
            slo.approximated +=
                u"the plugin %1 is not run: read from the error ratios its rules record"_s.arg(
                    childOf(*plugin, u"id").text);
        }
        map.map().finish();
    }

    void readAlerting(const YamlNode *node, const YamlNode &parent, Slo &slo)
    {
        slo.burn = standardBurnRows(slo.period.length);
        if (!node) {
            m_report.error(parent,
                u"%1 needs 'alerting' with a name, or both alerts switched off, as Sloth asks for"_s.arg(
                    slo.title));
            return;
        }
        SlothMap map(*node, m_report, u"alerting"_s, m_isResource);
        const bool page = !isDisabled(map.value(u"page_alert"_s)),
                   ticket = !isDisabled(map.value(u"ticket_alert"_s));
        std::erase_if(slo.burn,
            [&](const BurnRow &row) { return row.severity == BurnRow::Severity::Page ? !page : !ticket; });
        if (map.text(u"name"_s).isEmpty() && (page || ticket))
            m_report.error(
                *node, u"%1: an alert that is not switched off needs alerting.name"_s.arg(slo.title));
        const YamlNode *labels = map.map().value(u"labels"_s),
                       *annotations = map.map().value(u"annotations"_s);
        slo.runbook =
            looseLabels(annotations).value(u"runbook"_s, looseLabels(annotations).value(u"runbook_url"_s));
        if (labels || annotations)
            slo.notTaken += u"labels and annotations of its alerts"_s;
        map.map().finish();
    }

    static bool isDisabled(const YamlNode *alert)
    {
        return alert && childOf(*alert, u"disable").text == u"true"_s;
    }

    YamlReport &m_report;
    bool m_isResource, m_plugins = false;
    QString m_service;
    QMap<QString, QString> m_labels;
};

} // namespace

std::vector<Slo> readSlothSlos(const YamlNode &document, YamlReport &report)
{
    const QString api = childOf(document, u"apiVersion").text;
    if (api.isEmpty()) {
        if (const QString version = childOf(document, u"version").text; version != u"prometheus/v1"_s) {
            report.error(
                document, u"version %1 of Sloth is not known here; known: prometheus/v1"_s.arg(version));
            return {};
        }
        return SlothReader(report, false).read(document);
    }
    const QString kind = childOf(document, u"kind").text;
    if (kind == "AlertWindows"_L1) {
        report.warning(document,
            u"Sloth's own alert windows are not taken; write 'burn' rows in a file of ours to use them"_s);
        return {};
    }
    if (kind != "PrometheusServiceLevel"_L1) {
        report.error(
            document, u"kind %1 of Sloth has no objectives; known: PrometheusServiceLevel"_s.arg(kind));
        return {};
    }
    const YamlNode *spec = document.find(u"spec");
    if (!spec) {
        report.error(document, u"a PrometheusServiceLevel needs 'spec'"_s);
        return {};
    }
    return SlothReader(report, true).read(*spec);
}

} // namespace bw
