// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/slofile.h>

#include <domain/base/format.h>
#include <store/documents/sloreading.h>

#include <QHash>

#include <set>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kVersion = 1;

/// One objective of our own dialect.
class OwnReader
{
public:
    OwnReader(const YamlNode &node, YamlReport &report)
        : m_node(node)
        , m_report(report)
        , m_map(node, report, u"an objective"_s)
    {
    }

    /// nullopt: the report says why it cannot be used.
    std::optional<Slo> read(const Slo &common)
    {
        const int before = m_report.errors();
        m_slo = common;
        m_slo.id = m_map.requiredId(u"id"_s);
        m_slo.title = m_map.text(u"title"_s);
        m_slo.description = m_map.text(u"description"_s);
        if (!m_map.has(u"target"))
            m_report.error(m_node, u"an objective needs 'target', in percent, such as 99.9"_s);
        m_slo.target = m_map.number(u"target"_s, 99.9) / 100;
        readPeriod();
        m_slo.groupBy = m_map.texts(u"group_by"_s);
        readIndicator();
        const bool byTime = m_slo.indicator.kind == SloIndicator::Kind::Raw
            || m_slo.indicator.kind == SloIndicator::Kind::Gauge;
        m_slo.weighting =
            m_map.choice(u"weighting"_s, {u"event"_s, u"time"_s}, byTime ? u"time"_s : u"event"_s)
                == u"time"_s
            ? SloWeighting::Time
            : SloWeighting::Event;
        readBurn();
        readRest();
        m_map.finish();
        const bool usable = finishSlo(m_slo, m_node, m_report);
        return usable && m_report.errors() == before ? std::optional(m_slo) : std::nullopt;
    }

private:
    void readPeriod()
    {
        const YamlNode *node = m_map.value(u"period"_s);
        if (!node)
            return;
        YamlMap map(*node, m_report, u"period"_s);
        if (map.has(u"days") == map.has(u"calendar"))
            m_report.error(*node, u"period needs one of 'days' and 'calendar'"_s);
        m_slo.period.length = 24h * map.integer(u"days"_s, 30, 1, 400);
        const QString unit =
            map.choice(u"calendar"_s, {u"week"_s, u"month"_s, u"quarter"_s, u"year"_s}, QString());
        if (!unit.isEmpty())
            m_slo.period.kind = unit == u"week"_s ? SloPeriod::Kind::Week
                : unit == u"month"_s              ? SloPeriod::Kind::Month
                : unit == u"quarter"_s            ? SloPeriod::Kind::Quarter
                                                  : SloPeriod::Kind::Year;
        m_slo.period.zone = map.text(u"zone"_s);
        if (!m_slo.period.zone.isEmpty() && unit.isEmpty())
            m_report.warning(*node, u"'zone' means nothing for a rolling period"_s);
        map.finish();
    }

    void readIndicator()
    {
        const YamlNode *node = m_map.value(u"indicator"_s);
        if (!node) {
            m_report.error(m_node, u"an objective needs 'indicator'"_s);
            return;
        }
        YamlMap map(*node, m_report, u"indicator"_s);
        if (node->kind == YamlNode::Kind::Map && node->entries.size() != 1)
            m_report.error(*node,
                u"indicator: found %1 kinds; exactly one of ratio, latency, raw, gauge"_s.arg(
                    node->entries.size()));
        if (const YamlNode *ratio = map.value(u"ratio"_s))
            readRatio(*ratio);
        if (const YamlNode *latency = map.value(u"latency"_s))
            readLatency(*latency);
        if (const YamlNode *raw = map.value(u"raw"_s)) {
            YamlMap raws(*raw, m_report, u"raw"_s);
            m_slo.indicator.kind = SloIndicator::Kind::Raw;
            m_slo.indicator.errorRatio = raws.required(u"error_ratio"_s).trimmed();
            raws.finish();
        }
        if (const YamlNode *gauge = map.value(u"gauge"_s)) {
            YamlMap gauges(*gauge, m_report, u"gauge"_s);
            m_slo.indicator.kind = SloIndicator::Kind::Gauge;
            m_slo.indicator.state = gauges.required(u"state"_s).trimmed();
            gauges.finish();
        }
        map.finish();
    }

    void readRatio(const YamlNode &node)
    {
        YamlMap map(node, m_report, u"ratio"_s);
        SloIndicator &indicator = m_slo.indicator;
        indicator.kind = SloIndicator::Kind::Ratio;
        indicator.bad = map.text(u"bad"_s).trimmed();
        indicator.good = map.text(u"good"_s).trimmed();
        indicator.total = map.required(u"total"_s).trimmed();
        if (indicator.bad.isEmpty() == indicator.good.isEmpty())
            m_report.error(node, u"ratio needs one of 'bad' and 'good', and 'total'"_s);
        const QString unit = map.choice(u"unit"_s, {u"count"_s, u"per_second"_s}, QString());
        indicator.unit = unit.isEmpty() ? SloIndicator::Unit::Detect
            : unit == u"count"_s        ? SloIndicator::Unit::Count
                                        : SloIndicator::Unit::PerSecond;
        map.finish();
    }

    void readLatency(const YamlNode &node)
    {
        YamlMap map(node, m_report, u"latency"_s);
        SloIndicator &indicator = m_slo.indicator;
        indicator.kind = SloIndicator::Kind::Latency;
        indicator.isNative = map.boolean(u"native"_s, false);
        indicator.histogram = map.required(u"buckets"_s).trimmed();
        indicator.histogramTotal = map.text(u"total"_s).trimmed();
        for (const QString &selector : {indicator.histogram, indicator.histogramTotal}) {
            if (!selector.isEmpty() && !isSelector(selector))
                m_report.error(
                    node, u"latency: '%1' must be a plain selector, metric{label=\"value\"}"_s.arg(selector));
        }
        if (!map.has(u"threshold"))
            m_report.error(node, u"latency needs 'threshold', a bound (le) of the histogram"_s);
        indicator.threshold = map.number(u"threshold"_s, 0, 0, 1e12);
        map.finish();
    }

    void readBurn()
    {
        m_slo.burn = standardBurnRows(nominalLength(m_slo.period));
        if (!m_map.has(u"burn")) {
            m_map.value(u"burn"_s);
            return;
        }
        m_slo.burn.clear();
        m_map.forEach(u"burn"_s, [this](const YamlNode &one) {
            YamlMap map(one, m_report, u"a burn row"_s);
            BurnRow row;
            row.severity = map.choice(u"severity"_s, {u"page"_s, u"ticket"_s}, u"page"_s) == u"page"_s
                ? BurnRow::Severity::Page
                : BurnRow::Severity::Ticket;
            row.longWindow = map.duration(u"long"_s, 5min).value_or(1h);
            row.shortWindow = map.duration(u"short"_s, 1min).value_or(5min);
            row.factor = map.number(u"factor"_s, 0, 0, 1e9);
            map.finish();
            m_slo.burn.push_back(row);
        });
    }

    void readRest()
    {
        if (const YamlNode *node = m_map.value(u"page"_s)) {
            YamlMap map(*node, m_report, u"page"_s);
            m_slo.pageBurnOver = map.number(u"burn_over"_s, 2, 0, 1e6);
            m_slo.pageWithin = map.duration(u"breach_within"_s, 1min).value_or(24h);
            map.finish();
        }
        m_slo.isGlobal = m_map.boolean(u"global"_s, true);
        if (const YamlNode *node = m_map.value(u"recorded"_s)) {
            YamlMap map(*node, m_report, u"recorded"_s);
            const QString dialect = map.choice(u"dialect"_s, {u"sloth"_s, u"pyrra"_s}, u"sloth"_s);
            m_slo.recordedDialect = dialect == u"sloth"_s ? Slo::Dialect::Sloth : Slo::Dialect::Pyrra;
            m_slo.recordedId = map.text(u"id"_s, m_slo.id);
            map.finish();
        }
        m_slo.incidents = m_map.texts(u"incidents"_s);
        m_slo.runbook = m_map.text(u"runbook"_s, m_slo.runbook);
        for (const auto &[name, value] : m_map.textMap(u"labels"_s).toStdMap())
            m_slo.labels.insert(name, value);
        m_slo.owner = m_map.text(u"owner"_s, m_slo.owner);
        m_slo.datasource = m_map.text(u"datasource"_s, m_slo.datasource);
    }

    const YamlNode &m_node;
    YamlReport &m_report;
    YamlMap m_map;
    Slo m_slo;
};

/// One document of whichever dialect.
std::vector<Slo> readDocument(const YamlNode &node, YamlReport &report, const OpenSloObjects &objects)
{
    if (node.kind == YamlNode::Kind::List) { // as OpenSLO's own tools write them
        std::vector<Slo> all;
        for (const YamlNode &item : node.items) {
            for (Slo &slo : readDocument(item, report, objects))
                all.push_back(std::move(slo));
        }
        return all;
    }
    const QString api = childOf(node, u"apiVersion").text, kind = childOf(node, u"kind").text;
    const QString version = childOf(node, u"version").text;
    if (kind == "slo"_L1)
        return readOwnSlos(node, report);
    if (api.startsWith("sloth.slok.dev/"_L1) || version.startsWith("prometheus/"_L1))
        return readSlothSlos(node, report);
    if (api.startsWith("pyrra.dev/"_L1))
        return readPyrraSlos(node, report);
    if (isOpenSlo(api))
        return readOpenSlos(node, report, objects);
    if (node.find(u"groups") || kind == "PrometheusRule"_L1)
        report.error(node,
            u"these are recording rules that a tool made; put the file it made them from here (a server that "
            u"has "
            u"the rules needs nothing else: recorded series are shown as they are)"_s);
    else
        report.error(node,
            u"not a file of objectives: needs 'kind: slo' (ours), 'version: prometheus/v1' (Sloth), or an "
            u"apiVersion of sloth.slok.dev, pyrra.dev or openslo"_s);
    return {};
}

struct ReadFile
{
    QString file;
    std::vector<YamlNode> documents;
    YamlReport report;
};

/// Ids are unique. Two Pyrra resources of one name may live in different namespaces.
void addUnique(SloShelf &shelf, std::vector<Slo> slos, YamlReport &report)
{
    for (Slo &slo : slos) {
        const auto same = [&shelf](const QString &id) {
            return std::find_if(
                shelf.slos.begin(), shelf.slos.end(), [&](const Slo &other) { return other.id == id; });
        };
        auto taken = same(slo.id);
        const QString space = slo.labels.value(u"namespace"_s);
        if (taken != shelf.slos.end() && slo.origin == Slo::Origin::Pyrra && !space.isEmpty()) {
            slo.id = space + u'/' + slo.id;
            taken = same(slo.id);
        }
        if (taken == shelf.slos.end()) {
            shelf.slos.push_back(std::move(slo));
            continue;
        }
        report.findings().push_back({Finding::Level::Error, slo.file, slo.line, 1,
            u"the id '%1' is taken by %2:%3; rename one"_s.arg(slo.id, taken->file).arg(taken->line)});
    }
}

} // namespace

std::vector<Slo> readOwnSlos(const YamlNode &document, YamlReport &report)
{
    YamlMap map(document, report, u"a file of objectives"_s);
    map.choice(u"kind"_s, {u"slo"_s}, u"slo"_s);
    map.version(kVersion);
    Slo common;
    common.service = map.text(u"service"_s);
    common.owner = map.text(u"owner"_s);
    common.datasource = map.text(u"datasource"_s);
    common.labels = map.textMap(u"labels"_s);
    std::vector<Slo> slos;
    if (!map.has(u"slos"))
        report.error(document, u"a file of objectives needs 'slos'"_s);
    map.forEach(u"slos"_s, [&](const YamlNode &one) {
        if (auto slo = OwnReader(one, report).read(common))
            slos.push_back(std::move(*slo));
    });
    map.finish();
    return slos;
}

SloShelf parseSlos(const std::vector<SloText> &texts)
{
    SloShelf shelf;
    std::vector<ReadFile> files;
    for (const SloText &text : texts) {
        shelf.files += text.file;
        ReadFile read{text.file, {}, YamlReport(text.file)};
        auto documents = parseYamlDocuments(text.text, text.file, read.report.findings());
        if (!documents) {
            // The message begins with the place; the finding has it in fields.
            shelf.findings.push_back({Finding::Level::Error, {}, 0, 0, documents.error().message});
            continue;
        }
        read.documents = std::move(*documents);
        if (read.documents.empty())
            read.report.findings().push_back(
                {Finding::Level::Warning, text.file, 1, 1, u"the file is empty"_s});
        files.push_back(std::move(read));
    }
    OpenSloObjects objects;
    for (const ReadFile &file : files) {
        for (const YamlNode &document : file.documents)
            collectOpenSlo(document, objects);
    }
    for (ReadFile &file : files) {
        for (const YamlNode &document : file.documents)
            addUnique(shelf, readDocument(document, file.report, objects), file.report);
        std::vector<Finding> &found = file.report.findings();
        shelf.findings.insert(shelf.findings.end(), found.begin(), found.end());
    }
    return shelf;
}

SloShelf loadSlos(const QString &directory)
{
    std::vector<SloText> texts;
    std::vector<Finding> unreadable;
    for (const QString &path : yamlFiles(directory)) {
        auto text = bw::readDocument(path);
        if (text)
            texts.push_back({path, std::move(*text)});
        else
            unreadable.push_back({Finding::Level::Error, path, 0, 0, text.error().message});
    }
    SloShelf shelf = parseSlos(texts);
    shelf.findings.insert(shelf.findings.end(), unreadable.begin(), unreadable.end());
    return shelf;
}

QByteArray starterSloFile(const QString &service, const QString &total, const QString &bad,
    const QString &histogram, bool isNative, double threshold)
{
    QString out =
        u"# Objectives of %1. Put this file into the folder slos/ of the configuration; it is read at once.\n"
        u"version: 1\nkind: slo\nservice: %1\nowner: team-of-%1\nslos:\n"_s.arg(service);
    out += u"  - id: %1-availability\n    title: %1 answers\n    target: 99.9          # percent\n"
           u"    period: {days: 30}    # or {calendar: month, zone: Europe/Paris}\n    indicator:\n      "
           u"ratio:\n"
           u"        bad: >-\n          %2\n"
           u"        total: >-\n          %3\n"_s.arg(service, bad, total);
    if (!histogram.isEmpty())
        out +=
            u"  - id: %1-latency\n    title: %1 answers quickly\n    target: 99\n    period: {days: 30}\n"
            u"    indicator:\n      latency:\n        buckets: >-\n          %2\n        threshold: %3%4\n"_s
                .arg(service, histogram, formatExact(threshold),
                    isNative ? u"\n        native: true"_s : u"     # a bound (le) that the histogram has"_s);
    return out.toUtf8();
}

} // namespace bw
