// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/incidentdocument.h>

#include <support/hostiletext.h>
#include <support/incidentrecords.h>

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>
#include <QVariant>

#include <algorithm>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

const QStringList kForms{
    u"concise"_s, u"customer-statement"_s, u"executive"_s, u"pagerduty"_s, u"sre-book"_s};

QString shipped(const QString &name)
{
    QFile file(
        qEnvironmentVariable("BW_SOURCE_DIR") + u"/resources/postmortem/"_s + name + u".md.mustache"_s);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

MustacheTemplate form(const QString &name)
{
    auto parsed = MustacheTemplate::parse(shipped(name), name);
    return parsed ? *parsed : MustacheTemplate();
}

/// Every form a record can leave in, by name.
std::vector<std::pair<QString, QByteArray>> everything(
    const IncidentRecord &record, const ExportOptions &options)
{
    const RedactedRecord redacted = redact(record, options);
    std::vector<std::pair<QString, QByteArray>> all{{u"json"_s, jsonDocument(redacted)},
        {u"jsonl"_s, jsonLines(redacted)}, {u"csv"_s, timelineCsv(redacted)},
        {u"actions"_s, actionsCsv(redacted)}};
    // Of the others one is enough where the profile has taken most away.
    const QStringList forms = options.profile == ExportProfile::Internal
        ? kForms
        : QStringList{u"sre-book"_s, u"customer-statement"_s};
    for (const QString &name : forms) {
        const auto markdown = markdownDocument(form(name), redacted, u"x_files"_s);
        const auto html = htmlDocument(form(name), redacted);
        all.emplace_back(u"md "_s + name, markdown ? markdown->bytes : markdown.error().message.toUtf8());
        all.emplace_back(u"html "_s + name, html ? *html : html.error().message.toUtf8());
        if (markdown) {
            for (const ExportFile &file : markdown->files)
                all.emplace_back(file.name, file.bytes);
        }
    }
    return all;
}

/// What is wrong with a document of HTML, by a tokenizer that knows only what we write; empty when nothing
/// is.
QString htmlProblem(const QString &html)
{
    static const QStringList elements{u"html"_s, u"head"_s, u"meta"_s, u"title"_s, u"style"_s, u"body"_s,
        u"h1"_s, u"h2"_s, u"h3"_s, u"h4"_s, u"p"_s, u"ul"_s, u"ol"_s, u"li"_s, u"table"_s, u"thead"_s,
        u"tbody"_s, u"tr"_s, u"th"_s, u"td"_s, u"strong"_s, u"em"_s, u"code"_s, u"pre"_s, u"a"_s, u"br"_s,
        u"hr"_s, u"figure"_s, u"figcaption"_s, u"img"_s, u"svg"_s, u"polyline"_s, u"polygon"_s, u"rect"_s,
        u"text"_s};
    static const QStringList empty{
        u"meta"_s, u"br"_s, u"hr"_s, u"img"_s, u"polyline"_s, u"polygon"_s, u"rect"_s};
    static const QRegularExpression tag(u"\\G<(/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+=\"[^\"<>]*\")*)(/?)>"_s);
    static const QRegularExpression attribute(u" ([a-zA-Z-]+)=\"([^\"]*)\""_s);
    static const QRegularExpression entity(u"\\G&(amp|lt|gt|quot|#39);"_s);
    QStringList open;
    if (!html.startsWith("<!DOCTYPE html>\n"_L1))
        return u"no doctype"_s;
    for (qsizetype at = 16; at < html.size(); ++at) {
        const QChar c = html.at(at);
        if (c == u'&' && !entity.match(html, at).hasMatch())
            return u"bare & at "_s + html.mid(at, 60);
        if (c == u'>')
            return u"bare > at "_s + html.mid(at, 60);
        if (c.unicode() < 0x20 && c != u'\n' && c != u'\t')
            return u"control character"_s;
        if (c != u'<')
            continue;
        const auto match = tag.match(html, at);
        if (!match.hasMatch())
            return u"no tag of ours at "_s + html.mid(at, 60);
        const QString name = match.captured(2);
        if (!elements.contains(name))
            return u"element "_s + name;
        for (auto it = attribute.globalMatch(match.captured(3)); it.hasNext();) {
            const auto one = it.next();
            const QString key = one.captured(1), value = one.captured(2);
            if (key.startsWith("on"_L1) || key == "style"_L1)
                return u"attribute "_s + key;
            if (key == "href"_L1 && !value.startsWith("https://"_L1) && !value.startsWith("http://"_L1))
                return u"address "_s + value;
            if (key == "src"_L1 && !value.startsWith("data:image/png;base64,"_L1))
                return u"source "_s + value;
        }
        if (!match.captured(1).isEmpty() && (open.isEmpty() || open.takeLast() != name))
            return u"closes nothing: "_s + name;
        if (match.captured(1).isEmpty() && match.captured(4).isEmpty() && !empty.contains(name))
            open << name;
        at = match.capturedEnd() - 1;
    }
    return open.isEmpty() ? QString() : u"open: "_s + open.join(u", "_s);
}

/// Rows of CSV; empty when it is none.
std::vector<QStringList> csvRows(const QString &csv)
{
    std::vector<QStringList> rows(1, QStringList{QString()});
    bool isQuoted = false;
    for (qsizetype i = 0; i < csv.size(); ++i) {
        const QChar c = csv.at(i);
        if (c == u'"' && isQuoted && i + 1 < csv.size() && csv.at(i + 1) == u'"')
            rows.back().back() += csv.at(++i);
        else if (c == u'"')
            isQuoted = !isQuoted;
        else if (c == u',' && !isQuoted)
            rows.back() << QString();
        else if (c == u'\r' && !isQuoted && i + 1 < csv.size() && csv.at(i + 1) == u'\n')
            rows.emplace_back(QStringList{QString()}), ++i;
        else if (!isQuoted && (c == u'\r' || c == u'\n'))
            return {};
        else
            rows.back().back() += c;
    }
    if (isQuoted || rows.back() != QStringList{QString()})
        return {};
    rows.pop_back();
    return rows;
}

/// Raw HTML, links, images or autolinks that no escape stands before. Ours are comments and links to https.
QString markdownProblem(const QString &markdown)
{
    static const QRegularExpression escaped(u"\\\\[!-/:-@\\[-`{-~]"_s),
        fence(u"^(`{3,})text\\n.*?^\\1\\n"_s,
            QRegularExpression::MultilineOption | QRegularExpression::DotMatchesEverythingOption),
        comment(u"<!-- (?:gen:[a-z]+ v=1 sha256=[0-9a-f]{64} (?:frozen )?\\{[^\\n<>]*\\}|/gen) -->\\n"_s),
        advice(u"<!--[^>]*?-->"_s),
        ours(
            u"!?\\[[^\\[\\]\\n]*\\]\\((?:<https://[!-;=?-~]+>|x_files/drawing-\\d\\d\\.(?:svg|csv|png))\\)"_s),
        span(u"(`+) (?:[^\\n]*?) \\1(?!`)"_s);
    QString bare = markdown;
    bare.replace(fence, u""_s)
        .replace(escaped, u"x"_s)
        .replace(comment, u""_s)
        .replace(span, u""_s)
        .replace(ours, u""_s)
        .replace(advice, u""_s);
    static const QRegularExpression bad(u"[<\\[\\]]|://|www\\."_s);
    const auto match = bad.match(bare);
    return match.hasMatch() ? bare.mid(std::max<qsizetype>(0, match.capturedStart() - 40), 90) : QString();
}

/// Where `value` does not follow `schema`, by the keywords that ours uses; empty when it does.
QString schemaProblem(
    const QJsonValue &value, QJsonObject schema, const QJsonObject &root, const QString &path)
{
    if (schema.contains("$ref"_L1))
        schema = root.value("$defs"_L1)
                     .toObject()
                     .value(schema.value("$ref"_L1).toString().section(u'/', -1))
                     .toObject();
    if (schema.contains("const"_L1) && schema.value("const"_L1) != value)
        return path + u" is not the constant"_s;
    if (schema.contains("enum"_L1) && !schema.value("enum"_L1).toArray().contains(value))
        return path + u" is none of the names: "_s + value.toString();
    QStringList types = schema.value("type"_L1).toVariant().toStringList();
    const QString actual = value.isObject()                                             ? u"object"_s
        : value.isArray()                                                               ? u"array"_s
        : value.isString()                                                              ? u"string"_s
        : value.isBool()                                                                ? u"boolean"_s
        : value.isNull()                                                                ? u"null"_s
        : value.toDouble() == double(value.toInteger()) && types.contains(u"integer"_s) ? u"integer"_s
                                                                                        : u"number"_s;
    if (!types.isEmpty() && !types.contains(actual))
        return path + u" is a "_s + actual;
    if (schema.value("format"_L1) == "date-time"_L1 && !parseRfc3339(value.toString()))
        return path + u" is no time"_s;
    for (const QJsonValue item : value.toArray()) {
        if (const QString problem =
                schemaProblem(item, schema.value("items"_L1).toObject(), root, path + u"[]"_s);
            !problem.isEmpty())
            return problem;
    }
    const QJsonObject object = value.toObject(), properties = schema.value("properties"_L1).toObject();
    for (const QJsonValue name : schema.value("required"_L1).toArray()) {
        if (!object.contains(name.toString()))
            return path + u" lacks "_s + name.toString();
    }
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QJsonValue others = schema.value("additionalProperties"_L1);
        if (!properties.contains(it.key()) && others == QJsonValue(false))
            return path + u" has "_s + it.key();
        const QJsonObject next =
            properties.contains(it.key()) ? properties.value(it.key()).toObject() : others.toObject();
        if (const QString problem = schemaProblem(*it, next, root, path + u'.' + it.key());
            !problem.isEmpty())
            return problem;
    }
    return {};
}

} // namespace

class TestIncidentExport : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void shippedTemplatesHaveEverySection()
    {
        for (const QString &name : kForms) {
            const auto parsed = MustacheTemplate::parse(shipped(name), name);
            QVERIFY2(parsed.has_value(), qPrintable(parsed ? QString() : parsed.error().message));
            const auto made = markdownDocument(*parsed, redact(sampleRecord(), {}), u"x_files"_s);
            QVERIFY2(made.has_value(), qPrintable(made ? QString() : made.error().message));
            const QString text = shipped(name).toLower() + QString::fromUtf8(made->bytes).toLower();
            for (const char *word : {"timeline", "impact", "cause", "why", "well", "badly|wrong|learned",
                     "luck", "action|next", "gen:footer"})
                QVERIFY2(text.contains(QRegularExpression(QString::fromLatin1(word))),
                    qPrintable(name + u": "_s + QString::fromLatin1(word)));
            QVERIFY(!shipped(name).contains("{{{"_L1));
        }
    }

    void documentsSayWhatHappened()
    {
        const auto made = markdownDocument(form(u"sre-book"_s), redact(sampleRecord(), {}), u"x_files"_s);
        const QString text = QString::fromUtf8(made->bytes);
        for (const QString &piece : {u"INC-2026-0042"_s, u"Checkout fails"_s, u"Connection pool is full"_s,
                 u"Roll back to 4.1"_s, u"Alert on pool saturation"_s, u"resolved − detected"_s,
                 u"[data](<https://prom.example/graph>)"_s, u"![Error ratio](x_files/drawing-01.svg)"_s,
                 u"| UTC | Kind |"_s, u"ends at entry 12"_s, u"1 × secrets"_s})
            QVERIFY2(text.contains(piece), qPrintable(piece));
        QVERIFY(!text.contains("hunter22"_L1));
        QCOMPARE(made->files.size(), size_t(2));
        QVERIFY(made->files[0].bytes.startsWith("<svg") && made->files[0].bytes.contains("<polyline"));
        QVERIFY(made->files[1].bytes.startsWith("time_utc,"));
        // Regions made again from their own markers are the same.
        const auto again = regenerate(
            made->bytes,
            [](const Region &region) -> Result<QByteArray> {
                const auto options = exportOptionsFrom(region.options);
                return markdownRegion(region.name, redact(sampleRecord(), *options), u"x_files"_s)->bytes;
            },
            EditedRegions::Refuse);
        QCOMPARE(again->document, made->bytes);
        QVERIFY(again->outcomes.size() > 8);
        for (const RegionOutcome &outcome : again->outcomes)
            QCOMPARE(outcome.what, RegionOutcome::What::Same);
    }

    void zonesStandBesideUtc()
    {
        ExportOptions options;
        options.zone = "Europe/Berlin";
        options.precision = TimeWriter::Precision::Milliseconds;
        const RedactedRecord redacted = redact(sampleRecord(), options);
        const QString text = QString::fromUtf8(markdownRegion("timeline", redacted, u"x"_s)->bytes);
        QVERIFY(text.startsWith("| Europe/Berlin | UTC | Kind |"_L1));
        QVERIFY(text.contains("2026-11-21 13:01:00.000 +01:00 | 2026-11-21 12:01:00.000"_L1));
        const auto rows = csvRows(QString::fromUtf8(timelineCsv(redacted)));
        QCOMPARE(rows.at(1).at(0), u"2026-11-21T12:00:00.000Z"_s);
        QCOMPARE(rows.at(1).at(1), u"2026-11-21 13:00:00.000 +01:00"_s);
        QCOMPARE(markerOptions(redacted).value("zone"_L1).toString(), u"Europe/Berlin"_s);
    }

    void levelsAndKinds()
    {
        ExportOptions options;
        options.kinds = {u"note"_s, u"decision.made"_s};
        QCOMPARE(jsonLines(redact(sampleRecord(), options)).count('\n'), 2);
        options.kinds.clear();
        options.level = EntryLevel::Key;
        const auto keys = jsonLines(redact(sampleRecord(), options)).count('\n');
        options.level = EntryLevel::Trace;
        const auto all = jsonLines(redact(sampleRecord(), options)).count('\n');
        QVERIFY(keys > 3 && keys < all);
        QCOMPARE(all, qsizetype(sampleRecord().entries.size()));
    }

    void profilesTakeOut_data()
    {
        QTest::addColumn<QString>("profile");
        QTest::addColumn<QStringList>("gone");
        QTest::addColumn<QStringList>("kept");
        QTest::newRow("internal") << u"internal"_s << QStringList{u"hunter22"_s}
                                  << QStringList{u"Anna Schmidt"_s, u"10.1.2.3"_s, u"kubectl"_s};
        QTest::newRow("partner") << u"partner"_s
                                 << QStringList{u"hunter22"_s, u"Anna"_s, u"annas"_s, u"anna@"_s,
                                        u"10.1.2.3"_s, u"db-1.prod"_s, u"api-7d9f"_s, u"kubectl"_s,
                                        u"https://prom"_s, u"too small"_s}
                                 << QStringList{u"host-1"_s, u"ip-1"_s, u"pod-1"_s, u"commander"_s,
                                        u"Roll back to 4.1"_s};
        QTest::newRow("public") << u"public"_s
                                << QStringList{u"hunter22"_s, u"Anna"_s, u"10.1.2.3"_s, u"db-1"_s,
                                       u"api-7d9f"_s, u"kubectl"_s, u"prom.example"_s, u"too small"_s,
                                       u"HighErrorRate"_s, u"Connection pool"_s, u"Roll back"_s,
                                       u"rate(errors"_s, u"host-1"_s, u"pool saturation"_s}
                                << QStringList{u"Payments work again"_s, u"Checkout fails"_s};
    }
    void profilesTakeOut()
    {
        QFETCH(QString, profile);
        QFETCH(QStringList, gone);
        QFETCH(QStringList, kept);
        ExportOptions options;
        QVERIFY(setExportOption(options, u"profile"_s, profile));
        QByteArray whole;
        for (const auto &[name, bytes] : everything(sampleRecord(), options)) {
            for (const QString &word : gone)
                QVERIFY2(!bytes.contains(word.toUtf8()), qPrintable(name + u" holds "_s + word));
            whole += bytes;
        }
        for (const QString &word : kept)
            QVERIFY2(whole.contains(word.toUtf8()), qPrintable(word));
        // In public there is no entry left that held one.
        QVERIFY(profile == "public"_L1 || whole.contains("secrets"));
    }

    /// However many machines the record names, none of them leaves.
    void thousandsOfMachinesAreTakenOut()
    {
        IncidentRecord record = sampleRecord();
        QString text = u"dbpassword is fine, and"_s;
        for (int i = 0; i < 5000; ++i) {
            LinkedAlert &alert = record.incident.alerts.emplace_back();
            alert.fingerprint = QString::number(i);
            alert.labels = {{u"pod"_s, u"shard_number_%1_of_the_many"_s.arg(i)}};
            if (i % 1000 == 7)
                text += u" shard_number_%1_of_the_many"_s.arg(i);
        }
        record.entries.front().entry.body = Untrusted(text);
        record.incident.title = Untrusted(text);
        ExportOptions options;
        QVERIFY(setExportOption(options, u"profile"_s, u"partner"_s));
        const RedactedRecord redacted = redact(record, options);
        QVERIFY(verbatim(redacted.record.incident.title).contains(u"pod-"_s));
        QVERIFY(!verbatim(redacted.record.incident.title).contains(u"shard_"_s));
        QVERIFY(!verbatim(redacted.record.entries.front().entry.body).contains(u"shard_"_s));
    }

    void credentialsInDataAndUndo()
    {
        IncidentRecord record = sampleRecord();
        LinkedAlert &alert = record.incident.alerts.emplace_back();
        alert.labels = {{u"db_password"_s, u"hunter7"_s}, {u"job"_s, u"api"_s}};
        OpenChange &change = record.incident.openChanges.emplace_back();
        change.run = u"r"_s;
        change.risk = u"change"_s;
        change.undo = u"curl --token hunter8 https://db-1.prod.internal/"_s;
        for (const QString &profile : {u"internal"_s, u"partner"_s}) {
            ExportOptions options;
            QVERIFY(setExportOption(options, u"profile"_s, profile));
            const Incident incident = redact(record, options).record.incident;
            QCOMPARE(incident.alerts.back().labels.value("db_password"_L1).toString(), u"[secret removed]"_s);
            QCOMPARE(incident.alerts.back().labels.value("job"_L1).toString(), u"api"_s);
            const QString &undo = incident.openChanges.back().undo;
            QVERIFY2(profile == "partner"_L1 ? undo.isEmpty()
                                             : undo.contains("curl"_L1) && !undo.contains("hunter8"_L1),
                qPrintable(undo));
        }
    }

    void namesAreStyled()
    {
        ExportOptions options;
        options.names = NameStyle::Initials;
        QByteArray json = jsonDocument(redact(sampleRecord(), options));
        QVERIFY(!json.contains("Anna") && !json.contains("\"anna\""));
        QVERIFY(json.contains("A. S."));
        options.names = NameStyle::Roles;
        json = jsonDocument(redact(sampleRecord(), options));
        QVERIFY(!json.contains("Anna") && json.contains("\"commander\""));
    }

    void twiceTheSameBytes()
    {
        ExportOptions partner;
        partner.profile = ExportProfile::Partner;
        for (const ExportOptions &options : {ExportOptions(), partner})
            QVERIFY(everything(sampleRecord(), options) == everything(sampleRecord(), options));
    }

    void hostileText_data()
    {
        QTest::addColumn<QString>("text");
        int number = 0;
        for (const QString &text : hostileStrings())
            QTest::addRow("%d %s", number++, qPrintable(text.left(20).simplified())) << text;
    }
    void hostileText()
    {
        QFETCH(QString, text);
        for (const ExportProfile profile :
            {ExportProfile::Internal, ExportProfile::Partner, ExportProfile::Public}) {
            ExportOptions options;
            options.profile = profile;
            for (const auto &[name, bytes] : everything(recordFilledWith(text), options)) {
                if (name.startsWith("html"_L1))
                    QVERIFY2(htmlProblem(QString::fromUtf8(bytes)).isEmpty(),
                        qPrintable(name + u": "_s + htmlProblem(QString::fromUtf8(bytes))));
                if (name.startsWith("md"_L1))
                    QVERIFY2(markdownProblem(QString::fromUtf8(bytes)).isEmpty(),
                        qPrintable(name + u": "_s + markdownProblem(QString::fromUtf8(bytes))));
                if (name == "json"_L1)
                    QVERIFY(QJsonDocument::fromJson(bytes).isObject());
                if (name == "jsonl"_L1) {
                    for (const QByteArray &line : bytes.split('\n'))
                        QVERIFY(line.isEmpty() || QJsonDocument::fromJson(line).isObject());
                }
                if (name == "csv"_L1 || name == "actions"_L1)
                    noFormula(QString::fromUtf8(bytes), name == "csv"_L1 ? 12 : 8);
            }
        }
    }

    void rawCsvOnRequest()
    {
        ExportOptions options;
        options.rawCsv = true;
        const auto rows =
            csvRows(QString::fromUtf8(timelineCsv(redact(recordFilledWith(u"=1+1"_s), options))));
        QVERIFY(std::any_of(
            rows.begin(), rows.end(), [](const QStringList &row) { return row.contains(u"=1+1"_s); }));
    }

    void jsonFollowsItsSchema()
    {
        QFile file(
            qEnvironmentVariable("BW_SOURCE_DIR") + u"/docs/schema/bridgewatch.incident-1.schema.json"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject schema = QJsonDocument::fromJson(file.readAll()).object();
        for (const IncidentRecord &record : {sampleRecord(), recordFilledWith(u"x"_s)}) {
            ExportOptions options;
            options.level = EntryLevel::Trace;
            const QJsonObject json = QJsonDocument::fromJson(jsonDocument(redact(record, options))).object();
            QCOMPARE(schemaProblem(json, schema, schema, u"$"_s), QString());
        }
        QVERIFY(!schemaProblem(QJsonObject{{u"schema"_s, u"other"_s}}, schema, schema, u"$"_s).isEmpty());
    }

    void templateErrorsNameTheLine()
    {
        const auto broken = MustacheTemplate::parse(u"a\n{{titel}}\n"_s, u"mine.md.mustache"_s);
        const auto made = markdownDocument(*broken, redact(sampleRecord(), {}), u"x"_s);
        QVERIFY(!made);
        QCOMPARE(made.error().message, u"mine.md.mustache:2: nothing is called \"titel\" here"_s);
    }

    void golden()
    {
        const QString folder = qEnvironmentVariable("BW_TEST_DATA") + u"/incidents/"_s;
        const RedactedRecord redacted = redact(sampleRecord(), {});
        const std::vector<std::pair<QString, QByteArray>> files{{u"timeline.csv"_s, timelineCsv(redacted)},
            {u"actions.csv"_s, actionsCsv(redacted)}, {u"incident.json"_s, jsonDocument(redacted)},
            {u"concise.md"_s, markdownDocument(form(u"concise"_s), redacted, u"concise_files"_s)->bytes},
            {u"executive.html"_s, *htmlDocument(form(u"executive"_s), redacted)}};
        for (const auto &[name, bytes] : files) {
            QFile file(folder + name);
            if (qEnvironmentVariableIsSet("BW_WRITE_GOLDEN") && QDir().mkpath(folder)
                && file.open(QIODevice::WriteOnly))
                file.write(bytes), file.close();
            QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(name));
            QVERIFY2(
                file.readAll() == bytes, qPrintable(name + u" differs; BW_WRITE_GOLDEN=1 writes it anew"_s));
        }
    }

private:
    static void noFormula(const QString &csv, qsizetype columns)
    {
        static const QRegularExpression formula(
            u"^[\\s\\x{0}\\x{200b}\\x{200e}\\x{feff}\\x{2060}\\x{a0}]*[=+\\-@＝＋－＠]"_s);
        const auto rows = csvRows(csv);
        QVERIFY(!rows.empty());
        for (const QStringList &row : rows) {
            QCOMPARE(row.size(), columns);
            for (const QString &cell : row)
                QVERIFY2(!formula.match(cell).hasMatch(), qPrintable(cell));
        }
    }
};

QTEST_APPLESS_MAIN(TestIncidentExport)
#include "tst_incidentexport.moc"
