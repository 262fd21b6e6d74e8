// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/dashboards/macros.h>

#include <store/documents/dashboardfile.h>
#include <store/documents/profilefile.h>
#include <store/documents/yamlreader.h>

#include <QDir>
#include <QFile>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QStringList kKinds{u"timeseries"_s, u"stat"_s, u"gauge"_s, u"bargauge"_s, u"table"_s, u"heatmap"_s,
    u"status_history"_s, u"alerts"_s, u"list"_s, u"tracelist"_s, u"nodegraph"_s, u"text"_s, u"row"_s,
    u"sources"_s};

QString joined(const std::vector<Finding> &findings)
{
    QStringList lines;
    for (const Finding &finding : findings)
        lines.push_back(finding.toString());
    return lines.join(u"\n"_s);
}

/// As a server would be found that has everything a profile names.
DetectedProfile complete(const MetricProfile &profile)
{
    DetectedProfile detected;
    detected.profile = profile;
    detected.found = true;
    for (QStringList &candidates : detected.profile.labels)
        candidates = candidates.mid(0, 1);
    return detected;
}

MacroContext contextFor(const DetectedProfile &profile)
{
    MacroContext context;
    context.range = {fromUnixMs(1'795'300'000'000), fromUnixMs(1'795'303'600'000)};
    context.plan = planSteps(context.range, 1000, 15s, 15s);
    context.profile = &profile;
    context.variables = {
        {u"service"_s, {u"check.out"_s}}, {u"route"_s, {u".*"_s}}, {u"namespace"_s, {u".*"_s}}};
    context.context = {{u"service"_s, u"check.out"_s}};
    return context;
}

} // namespace

class TestBuiltin : public QObject
{
    Q_OBJECT
private slots:
    void dashboardsAreClean_data();
    void dashboardsAreClean();
    void dashboardsStayInBudget();
    void profilesAreClean();
    void everyExpressionExpands_data();
    void everyExpressionExpands();
    void clientLibrariesWinOverTheirHistogram();
    void errorFormIsTheOneThatExists();
    void iconIsThere();
};

void TestBuiltin::dashboardsAreClean_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("id");
    for (const QString &id : {u"executive"_s, u"on-call"_s, u"debug"_s})
        QTest::newRow(qPrintable(id)) << u":/dashboards/%1.yaml"_s.arg(id) << id;
    QCOMPARE(listDashboards(u":/dashboards"_s).size(), 3);
}

void TestBuiltin::dashboardsAreClean()
{
    QFETCH(QString, path);
    QFETCH(QString, id);
    const auto loaded = readDashboard(path);
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().message));
    QVERIFY2(loaded->findings.empty(), qPrintable(joined(loaded->findings)));
    const Dashboard &dashboard = loaded->dashboard;
    QCOMPARE(dashboard.id, id);
    const auto findings = lint(dashboard, kKinds);
    QVERIFY2(findings.empty(), qPrintable(joined(findings)));
    for (const Panel &panel : dashboard.panels) {
        const QByteArray name = panel.id.toUtf8();
        QVERIFY2(!panel.title.isEmpty() && panel.title.size() <= 32, name.constData());
        QVERIFY2(panel.description.endsWith('.'_L1), name.constData());
        const bool asksMetrics = std::any_of(panel.queries.begin(), panel.queries.end(),
            [](const PanelQuery &query) { return query.type == "promql"_L1; });
        QVERIFY2(!asksMetrics || panel.howToEnable.startsWith("Needs "_L1), name.constData());
        for (const QVariant &column : panel.options.value(u"columns"_s).toList()) {
            const QString unit = column.toMap().value(u"unit"_s, u"short"_s).toString();
            QVERIFY2(unit == "latency"_L1 || isKnownUnit(unit), qPrintable(panel.id + u": "_s + unit));
        }
    }
    const auto again = parseDashboard(writeDashboard(dashboard), path);
    QVERIFY(again);
    QCOMPARE(again->dashboard.panels.size(), dashboard.panels.size());
    QCOMPARE(writeDashboard(again->dashboard), writeDashboard(dashboard));
}

void TestBuiltin::dashboardsStayInBudget()
{
    const QMap<QString, int> budgets{{u"executive"_s, 17}, {u"on-call"_s, 12}, {u"debug"_s, 25}};
    for (const QString &path : listDashboards(u":/dashboards"_s)) {
        const auto loaded = readDashboard(path);
        QVERIFY(loaded);
        int metricQueries = 0;
        for (const Panel &panel : loaded->dashboard.panels) {
            for (const PanelQuery &query : panel.queries)
                metricQueries += query.type == "promql"_L1 ? 1 : 0;
        }
        QVERIFY2(metricQueries > 0 && metricQueries <= budgets.value(loaded->dashboard.id),
            qPrintable(u"%1: %2"_s.arg(path).arg(metricQueries)));
    }
}

void TestBuiltin::profilesAreClean()
{
    const ProfileShelf shelf = loadProfiles({u":/profiles"_s});
    QVERIFY2(shelf.findings.empty(), qPrintable(joined(shelf.findings)));
    QCOMPARE(shelf.profiles.size(), size_t(13));
    QSet<int> priorities;
    for (const MetricProfile &profile : shelf.profiles) {
        QVERIFY2(!priorities.contains(profile.priority), qPrintable(profile.id));
        priorities.insert(profile.priority);
        for (const QString &key : {u"requests"_s, u"errors"_s, u"buckets"_s, u"sums"_s})
            QVERIFY2(!profile.selectors.value(key).metric.isEmpty(), qPrintable(profile.id + u" "_s + key));
        QVERIFY2(!profile.labels.value(u"service"_s).isEmpty(), qPrintable(profile.id));
    }
}

void TestBuiltin::everyExpressionExpands_data()
{
    QTest::addColumn<int>("index");
    const ProfileShelf shelf = loadProfiles({u":/profiles"_s});
    for (int i = 0; i < int(shelf.profiles.size()); ++i)
        QTest::newRow(qPrintable(shelf.profiles[size_t(i)].id)) << i;
}

void TestBuiltin::everyExpressionExpands()
{
    QFETCH(int, index);
    const DetectedProfile profile = complete(loadProfiles({u":/profiles"_s}).profiles[size_t(index)]);
    const MacroContext context = contextFor(profile);
    const bool hasRoutes = profile.profile.labels.contains(u"route"_s);
    // Writes what it expands, one line each, for a real server to parse.
    QFile out(qEnvironmentVariable("BW_EXPRESSIONS_OUT"));
    if (!out.fileName().isEmpty())
        QVERIFY(out.open(QIODevice::WriteOnly | QIODevice::Append));
    for (const QString &path : listDashboards(u":/dashboards"_s)) {
        const auto loaded = readDashboard(path);
        QVERIFY(loaded);
        for (const Panel &panel : loaded->dashboard.panels) {
            for (const PanelQuery &query : panel.queries) {
                for (const QString &expr : QStringList(query.expr) + query.fallbacks) {
                    if (expr.isEmpty())
                        continue;
                    const auto expanded = expandMacros(expr, context);
                    // Telemetry without routes has no endpoints, and says so.
                    if (!hasRoutes && expr.contains("${__label.route}"_L1)) {
                        QVERIFY(!expanded);
                        QCOMPARE(expanded.error().kind, Error::Kind::NotFound);
                        continue;
                    }
                    QVERIFY2(
                        expanded, expanded ? "" : qPrintable(panel.id + u": "_s + expanded.error().message));
                    QVERIFY2(
                        !expanded->contains("${"_L1) && !expanded->contains("[["_L1), qPrintable(*expanded));
                    if (out.isOpen() && query.type == "promql"_L1)
                        out.write(QString(*expanded).replace('\n'_L1, ' '_L1).toUtf8() + '\n');
                }
            }
        }
        for (const Variable &variable : loaded->dashboard.variables) {
            const auto expanded = expandMacros(variable.query, context);
            QVERIFY(expanded || !hasRoutes);
        }
    }
}

void TestBuiltin::clientLibrariesWinOverTheirHistogram()
{
    const DetectedProfile found = chooseProfile(loadProfiles({u":/profiles"_s}).profiles,
        {u"http_requests_total"_s, u"http_request_duration_seconds_count"_s,
            u"http_request_duration_seconds_bucket"_s, u"http_request_duration_seconds_sum"_s});
    QVERIFY(found.found);
    QCOMPARE(found.profile.id, u"http-client-libraries"_s);
    QCOMPARE(found.alsoFound, QStringList{u"http-duration-only"_s});
}

void TestBuiltin::errorFormIsTheOneThatExists()
{
    for (const auto &[label, matcher] :
        {std::pair(u"code"_s, u"code=~\"5..\""_s), std::pair(u"status"_s, u"status=~\"5..\""_s),
            std::pair(u"status_code"_s, u"status_code=~\"5..\""_s)}) {
        DetectedProfile found =
            chooseProfile(loadProfiles({u":/profiles"_s}).profiles, {u"http_requests_total"_s});
        settleLabels(found, {u"job"_s, u"handler"_s, label});
        QCOMPARE(found.errorMatcher, matcher);
        QCOMPARE(found.profile.labels.value(u"service"_s), QStringList{u"job"_s});
        QCOMPARE(found.profile.labels.value(u"route"_s), QStringList{u"handler"_s});
    }
}

void TestBuiltin::iconIsThere()
{
    QFile icon(u":/icons/bridgewatch.svg"_s);
    QVERIFY(icon.open(QIODevice::ReadOnly));
    QVERIFY(icon.readAll().contains("<svg"));
}

QTEST_GUILESS_MAIN(TestBuiltin)
#include "tst_builtin.moc"
