// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/cadence.h>
#include <domain/incidents/export/regionblocks.h>

#include <domain/base/format.h>
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/export/chartpicture.h>
#include <domain/incidents/incidentmetrics.h>
#include <domain/incidents/incidentnames.h>

#include <algorithm>
#include <iterator>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

using Blocks = std::vector<Block>;
using Row = std::vector<Spans>;

QString words(QString name) { return name.replace(u'_', u' '); }
Spans cell(const QString &text) { return {plain(text)}; }
Spans cell(const Untrusted &text) { return {plain(text)}; }
Blocks nothing(const QString &sentence) { return {paragraph({plain(sentence)})}; }

/// Two columns in another zone than UTC, one in UTC.
void addTime(Row &row, Timestamp t, const TimeWriter &times)
{
    if (!times.isUtc())
        row.push_back(cell(times.local(t)));
    row.push_back(cell(times.utc(t)));
}

std::vector<QString> timeHeader(const TimeWriter &times, std::vector<QString> rest)
{
    rest.insert(rest.begin(), u"UTC"_s);
    if (!times.isUtc())
        rest.insert(rest.begin(), times.zoneName());
    return rest;
}

QString bothTimes(Timestamp t, const TimeWriter &times)
{
    return times.isUtc() ? times.local(t) : u"%1 (%2 UTC)"_s.arg(times.local(t), times.utc(t));
}

Blocks header(const RedactedRecord &redacted)
{
    const Incident &incident = redacted.record.incident;
    const TimeWriter times = redacted.options.times();
    std::vector<Row> rows;
    const auto add = [&rows](const QString &name, const Untrusted &value) {
        if (!value.isEmpty())
            rows.push_back({cell(name), cell(value)});
    };
    const auto addText = [&add](const QString &name, const QString &value) { add(name, Untrusted(value)); };
    addText(u"Incident"_s, incident.key);
    addText(u"Severity"_s, incident.severity);
    addText(u"State"_s,
        words(nameOf(incident.phase)) + (incident.stage ? u", "_s + nameOf(*incident.stage) : QString()));
    if (incident.kind != IncidentKind::Real)
        addText(u"Kind"_s, nameOf(incident.kind));
    addText(u"Status"_s, incident.statusLabel);
    addText(u"Services"_s, incident.services.join(u", "_s));
    addText(u"Environments"_s, incident.environments.join(u", "_s));
    addText(u"Regions"_s, incident.regions.join(u", "_s));
    addText(u"Commander"_s, incident.commander);
    for (const auto &[name, milestone] : incident.milestones) {
        QString text = bothTimes(milestone.at, times);
        if (milestone.uncertaintySeconds > 0)
            text += u" ± "_s + spentText(std::chrono::seconds(milestone.uncertaintySeconds));
        if (milestone.automatic && *milestone.automatic != milestone.at)
            text += u"; recorded: "_s + times.local(*milestone.automatic);
        addText(words(nameOf(name)), text);
    }
    addText(u"Document of"_s, bothTimes(redacted.date, times));
    return {table({u"Field"_s, u"Value"_s}, std::move(rows))};
}

Blocks summary(const RedactedRecord &redacted)
{
    const Untrusted &text = redacted.record.incident.summary;
    if (text.isEmpty())
        return nothing(u"No summary was written."_s);
    return {paragraph({plain(text)})};
}

Blocks timeline(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    std::vector<Row> rows;
    for (const CuratedEntry &one : redacted.record.entries) {
        const TimelineEntry &entry = one.entry;
        Row row;
        addTime(row, entry.at, times);
        row.push_back(cell(entryKindLabel(entry.kind)));
        row.push_back(cell(entry.actor.display));
        Spans what{plain(entryText(entry))};
        if (entry.redacted)
            what = {plain(u"(content removed)"_s)};
        if (entry.atEnd)
            what.push_back(plain(u"(until "_s + times.local(*entry.atEnd) + u')'));
        if (entry.confidence != Confidence::Observed)
            what.push_back(plain(u'(' + nameOf(entry.confidence) + u')'));
        if (one.versions.size() > 1)
            what.push_back(plain(u"(edited)"_s));
        row.push_back(std::move(what));
        const Untrusted address = sourceAddress(entry, redacted.record.incident);
        row.push_back(safeAddress(address).isEmpty() ? Spans() : Spans{linked(u"data"_s, address)});
        rows.push_back(std::move(row));
    }
    if (rows.empty())
        return nothing(u"No entries at this level."_s);
    return {table(timeHeader(times, {u"Kind"_s, u"Who"_s, u"What"_s, u"Data"_s}), std::move(rows))};
}

Blocks impact(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    std::vector<Row> rows;
    for (const ImpactInterval &one : redacted.record.incident.impact) {
        QStringList facts;
        if (one.slaBreach)
            facts << u"SLA breached"_s;
        if (const QString unit = one.metric.value("unit"_L1).toString(); one.metric.contains("peak"_L1))
            facts << u"peak "_s + formatValue(one.metric.value("peak"_L1).toDouble(), unit);
        if (one.budget.contains("spent"_L1))
            facts << u"%1 of the budget of %2 spent"_s.arg(
                formatValue(one.budget.value("spent"_L1).toDouble(), u"percentunit"),
                one.budget.value("slo"_L1).toString());
        rows.push_back(
            {cell(bothTimes(one.from, times)), cell(one.to ? bothTimes(*one.to, times) : u"goes on"_s),
                cell(one.to ? spentText(*one.to - one.from) : QString()), cell(one.scope),
                cell(one.customers), cell(one.regions.join(u", "_s)), cell(facts.join(u", "_s))});
    }
    if (rows.empty())
        return nothing(u"No impact was recorded."_s);
    return {table({u"From"_s, u"To"_s, u"Time"_s, u"Scope"_s, u"Customers"_s, u"Regions"_s, u"Figures"_s},
        std::move(rows))};
}

QString share(int part, int all)
{
    return all == 0 ? u"none"_s : formatValue(double(part) / all, u"percentunit", 0);
}

Row cadenceRow(const QString &name, const Incident &incident, bool external)
{
    const CadenceKept kept = cadenceKept(incident, external);
    return {cell(name), cell(share(kept.kept, kept.due)), cell(u"updates in time ÷ updates due"_s),
        cell(u"%1 of %2"_s.arg(kept.kept).arg(kept.due))};
}

Blocks metrics(const RedactedRecord &redacted)
{
    const Incident &incident = redacted.record.incident;
    std::vector<Row> rows;
    for (const IncidentMetric &one : metricsOf(incident))
        rows.push_back({cell(one.id), cell(one.value ? spentText(*one.value) : u"unknown"_s),
            cell(one.formula), cell(one.missing)});
    rows.push_back(cadenceRow(u"internal updates on time"_s, incident, false));
    rows.push_back(cadenceRow(u"external updates on time"_s, incident, true));
    const NoiseShare noise = noiseShare(incident);
    rows.push_back({cell(u"alert noise"_s), cell(share(noise.noise, noise.linked)),
        cell(u"relation noise or unrelated ÷ linked"_s), cell(u"%1 linked"_s.arg(noise.linked))});
    if (const Effort effort = effortOf(incident, redacted.date); effort.responders > 0)
        rows.push_back({cell(u"person time"_s), cell(spentText(effort.time)), cell(u"sum of left − joined"_s),
            cell(u"approximate; %1 people"_s.arg(effort.responders))});
    for (const TimeIn &one : timeInSeverity(incident, redacted.date))
        rows.push_back({cell(u"time in "_s + one.name), cell(spentText(one.spent)),
            cell(u"sum of intervals"_s), cell(QString())});
    return {table({u"Metric"_s, u"Value"_s, u"Formula"_s, u"Note"_s}, std::move(rows))};
}

Blocks alerts(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    std::vector<Row> rows;
    for (const LinkedAlert &one : redacted.record.incident.alerts) {
        const QString name = one.labels.value("alertname"_L1).toString();
        rows.push_back({{linked(name.isEmpty() ? one.fingerprint : name, one.generatorUrl)}, cell(one.source),
            cell(nameOf(one.relation)), cell(one.startsAt ? bothTimes(*one.startsAt, times) : QString()),
            cell(one.endsAt ? bothTimes(*one.endsAt, times) : QString()), cell(labelText(one.labels))});
    }
    if (rows.empty())
        return nothing(u"No alerts are linked."_s);
    return {table(
        {u"Alert"_s, u"Source"_s, u"Relation"_s, u"Started"_s, u"Ended"_s, u"Labels"_s}, std::move(rows))};
}

Blocks runs(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    std::vector<Row> rows;
    for (const CuratedEntry &one : redacted.record.entries) {
        const TimelineEntry &entry = one.entry;
        if (!entry.kind.startsWith("run."_L1))
            continue;
        Row row;
        addTime(row, entry.at, times);
        const QJsonValue exit = entry.data.value("exit"_L1);
        row.push_back(cell(entryKindLabel(entry.kind)));
        row.push_back(cell(entry.data.value("risk"_L1).toString()));
        row.push_back(cell(entry.actor.display));
        row.push_back(cell(entryText(entry)));
        row.push_back(cell(exit.isDouble() ? QString::number(exit.toInteger()) : QString()));
        rows.push_back(std::move(row));
    }
    if (rows.empty())
        return nothing(u"No runs at this level."_s);
    return {
        table(timeHeader(times, {u"Outcome"_s, u"Risk"_s, u"Who"_s, u"What"_s, u"Exit"_s}), std::move(rows))};
}

Blocks changes(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    std::vector<Row> rows;
    for (const CuratedEntry &one : redacted.record.entries) {
        if (!one.entry.kind.startsWith("change."_L1))
            continue;
        Row row;
        addTime(row, one.entry.at, times);
        row.push_back(cell(entryKindLabel(one.entry.kind)));
        row.push_back(cell(entryText(one.entry)));
        row.push_back(cell(QString()));
        rows.push_back(std::move(row));
    }
    for (const OpenChange &one : redacted.record.incident.openChanges) {
        Row row;
        addTime(row, one.at, times);
        row.push_back(cell(u"Still in place"_s));
        row.push_back(cell(one.title));
        row.push_back(cell(one.undo.isEmpty() ? u"no undo is known"_s : u"undo: "_s + one.undo));
        rows.push_back(std::move(row));
    }
    if (rows.empty())
        return nothing(u"No changes were recorded."_s);
    return {table(timeHeader(times, {u"Kind"_s, u"What"_s, u"Note"_s}), std::move(rows))};
}

Blocks decisions(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    const Incident &incident = redacted.record.incident;
    Blocks blocks;
    std::vector<Row> rows;
    for (const Decision &one : incident.decisions) {
        Row row;
        addTime(row, one.at, times);
        row.push_back(cell(nameOf(one.state)));
        row.push_back(cell(one.text));
        row.push_back(cell(one.owner));
        row.push_back(cell(one.objections.isEmpty() ? u"none"_s : one.objections.join(u"; "_s)));
        rows.push_back(std::move(row));
    }
    if (!rows.empty())
        blocks.push_back(
            table(timeHeader(times, {u"State"_s, u"Decision"_s, u"By"_s, u"Objections"_s}), std::move(rows)));
    std::vector<Row> ideas;
    for (const Hypothesis &one : incident.hypotheses)
        ideas.push_back({cell(words(nameOf(one.state))), cell(one.text), cell(one.by), cell(one.why)});
    if (!ideas.empty())
        blocks.push_back(table({u"State"_s, u"Hypothesis"_s, u"By"_s, u"Why"_s}, std::move(ideas)));
    return blocks.empty() ? nothing(u"No decisions were recorded."_s) : blocks;
}

Blocks actions(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    std::vector<Row> rows;
    for (const Task &one : redacted.record.incident.actionItems())
        rows.push_back({{linked(one.trackerUrl.isEmpty() ? QString() : u"open"_s, one.trackerUrl)},
            cell(one.text), cell(nameOf(one.type)), cell(one.priority),
            cell(one.owner.isEmpty() ? u"nobody"_s : one.owner),
            cell(one.due ? times.local(*one.due).left(10) : u"no date"_s), cell(nameOf(one.state))});
    if (rows.empty())
        return nothing(u"No follow-ups."_s);
    return {table({u"Tracker"_s, u"Action"_s, u"Type"_s, u"Priority"_s, u"Owner"_s, u"Due"_s, u"State"_s},
        std::move(rows))};
}

Block drawing(const Snapshot &snapshot, const SnapshotData &data, const RedactedRecord &redacted)
{
    const ChartStyle style = redacted.options.effectiveCharts();
    Block block;
    block.kind = Block::Kind::Drawing;
    block.picture = chartPicture(snapshot, data, redacted);
    block.csv = style == ChartStyle::Image ? QByteArray() : chartCsv(data);
    return block;
}

Block image(const Snapshot &snapshot, const QByteArray &png)
{
    Block block;
    block.kind = Block::Kind::Image;
    block.picture.title = snapshot.title;
    block.png = png;
    return block;
}

Spans evidenceFacts(const Snapshot &one, const TimeWriter &times)
{
    Spans facts{
        plain(one.fetchedAt ? u"As of "_s + bothTimes(*one.fetchedAt, times) : u"Time of asking unknown"_s)};
    if (!one.datasource.isEmpty())
        facts.push_back(plain(u"from "_s + one.datasource));
    if (one.truncated)
        facts.push_back(strong(u"(cut)"_s));
    if (!one.sha256.isEmpty())
        facts.push_back(plain(u"SHA-256 "_s + one.sha256));
    if (!safeAddress(one.sourceUrl).isEmpty())
        facts.push_back(linked(u"source"_s, one.sourceUrl));
    return facts;
}

Blocks evidence(const RedactedRecord &redacted)
{
    const TimeWriter times = redacted.options.times();
    Blocks blocks;
    for (const Snapshot &one : redacted.record.incident.snapshots) {
        blocks.push_back(paragraph({strong(nameOf(one.kind)), plain(one.title)}));
        if (!one.query.isEmpty())
            blocks.push_back(paragraph({code(one.query)}));
        const auto data = redacted.record.data.find(one.id);
        if (data != redacted.record.data.end() && !data->second.series.empty())
            blocks.push_back(drawing(one, data->second, redacted));
        else if (data != redacted.record.data.end() && data->second.image.startsWith("\x89PNG\r\n\x1a\n"))
            blocks.push_back(image(one, data->second.image));
        else if (data != redacted.record.data.end() && !data->second.text.isEmpty()) {
            Block text;
            text.kind = Block::Kind::Code;
            text.code = data->second.text;
            blocks.push_back(std::move(text));
        }
        blocks.push_back(paragraph(evidenceFacts(one, times)));
    }
    return blocks.empty() ? nothing(u"No evidence was kept."_s) : blocks;
}

Blocks footer(const RedactedRecord &redacted)
{
    const ExportOptions &options = redacted.options;
    std::vector<Spans> lines;
    QStringList versions;
    for (const auto &[name, version] : redacted.record.versions)
        versions << name + u' ' + version;
    lines.push_back({plain(u"Written with "_s + versions.join(u", "_s) + u'.')});
    for (const WriterHead &head : redacted.record.heads)
        lines.push_back(
            {plain(u"Record of writer %1 ends at entry %2 with"_s.arg(head.writer.toString()).arg(head.seq)),
                code(Untrusted(QString::fromLatin1(head.hash)))});
    const QString profile = toJson(options).value("profile"_L1).toString(u"internal"_s);
    QStringList removed;
    for (const auto &[what, count] : redacted.removed)
        removed << u"%1 × %2"_s.arg(count).arg(what);
    lines.push_back({plain(u"Profile %1, level %2; taken out: %3."_s.arg(profile,
        nameOf(options.effectiveLevel()), removed.isEmpty() ? u"nothing"_s : removed.join(u", "_s)))});
    return {items(std::move(lines))};
}

struct Generator
{
    const char *name;
    Blocks (*make)(const RedactedRecord &);
};
constexpr Generator kGenerators[] = {{"header", header}, {"summary", summary}, {"timeline", timeline},
    {"impact", impact}, {"metrics", metrics}, {"alerts", alerts}, {"runs", runs}, {"changes", changes},
    {"decisions", decisions}, {"actions", actions}, {"evidence", evidence}, {"footer", footer}};

} // namespace

std::optional<std::vector<Block>> regionBlocks(const QString &name, const RedactedRecord &redacted)
{
    for (const Generator &generator : kGenerators) {
        if (name == QLatin1StringView(generator.name))
            return generator.make(redacted);
    }
    return {};
}

QString spentText(Nanoseconds duration)
{
    return formatAge(std::chrono::duration_cast<std::chrono::seconds>(duration));
}

QString labelText(const QJsonObject &labels)
{
    QStringList pairs;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        pairs << u"%1=\"%2\""_s.arg(it.key(), it->toString());
    return pairs.join(u", "_s);
}

Untrusted entryText(const TimelineEntry &entry)
{
    const QString &title = verbatim(entry.title), &body = verbatim(entry.body);
    if (title.isEmpty() && body.isEmpty()) {
        for (const QString &key : {u"text"_s, u"why"_s, u"reason"_s, u"to"_s}) {
            if (const QString text = entry.data.value(key).toString(); !text.isEmpty())
                return Untrusted(text);
        }
    }
    if (title.isEmpty() || body.startsWith(title))
        return entry.body;
    return body.isEmpty() ? entry.title : Untrusted(title + u'\n' + body);
}

Untrusted sourceAddress(const TimelineEntry &entry, const Incident &incident)
{
    for (const EntryRef &ref : entry.refs) {
        if (ref.kind == EntryRef::Kind::Url)
            return ref.target;
    }
    for (const QString &key : {u"source_url"_s, u"generator_url"_s, u"url"_s}) {
        if (const QString text = entry.data.value(key).toString(); !text.isEmpty())
            return Untrusted(text);
    }
    const QString alert = entry.data.value("alert"_L1).toString();
    const auto link = std::find_if(incident.alerts.begin(), incident.alerts.end(),
        [&](const LinkedAlert &one) { return !alert.isEmpty() && one.fingerprint == alert; });
    return link == incident.alerts.end() ? Untrusted() : link->generatorUrl;
}

} // namespace bw
