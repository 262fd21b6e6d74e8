// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertclass.h>
#include <items/alertmodel.h>
#include <items/roles.h>

#include <QAbstractItemModelTester>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

Labels labels(const QMap<QString, QString> &pairs)
{
    std::vector<Labels::Pair> list;
    for (auto pair = pairs.begin(); pair != pairs.end(); ++pair)
        list.emplace_back(Untrusted(pair.key()), Untrusted(pair.value()));
    return Labels::fromPairs(std::move(list));
}

Alert alert(quint64 fingerprint, const QString &name, Severity severity = Severity::Warning,
    AlertState state = AlertState::Firing)
{
    Alert result;
    result.key = {ClusterId{u"am"_s}, fingerprint};
    result.labels = labels({{u"alertname"_s, name}, {u"service"_s, u"checkout"_s}});
    result.annotations = labels({{u"summary"_s, u"Summary of "_s + name}});
    result.severity = severity;
    result.alertClass = severity == Severity::Critical ? AlertClass::Page : AlertClass::Ticket;
    result.state = state;
    result.startsAt = Timestamp(std::chrono::hours(500'000));
    result.members = {{DatasourceId{u"am/1"_s}, result.startsAt, result.startsAt}};
    return result;
}

std::vector<Alert> many(int count)
{
    std::vector<Alert> alerts;
    for (int i = 0; i < count; ++i) {
        alerts.push_back(alert(quint64(i) * 0x9e3779b97f4a7c15ull, u"Alert%1"_s.arg(i),
            i % 3 ? Severity::Warning : Severity::Critical));
        alerts.back().startsAt += std::chrono::seconds(i % 977);
    }
    return alerts;
}

const Freshness kFresh = afterSuccess(BootTime{std::chrono::seconds(100)}, {}, false);

QStringList names(const AlertModel &model)
{
    QStringList list;
    for (int row = 0; row < model.rowCount(); ++row)
        list << model.index(row, AlertModel::Name).data().toString();
    return list;
}

} // namespace

class TestAlertModel : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void showsValues()
    {
        AlertModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        Alert one = alert(1, u"HighErrorRate"_s, Severity::Critical);
        one.membersAsked = 2;
        model.setAlerts({one}, kFresh);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0, AlertModel::State).data().toString(), u"firing"_s);
        QCOMPARE(model.index(0, AlertModel::SeverityColumn).data().toString(), u"critical"_s);
        QCOMPARE(model.index(0, AlertModel::Name).data().toString(), u"HighErrorRate"_s);
        QCOMPARE(model.index(0, AlertModel::Service).data().toString(), u"checkout"_s);
        QCOMPARE(model.index(0, AlertModel::Summary).data().toString(), u"Summary of HighErrorRate"_s);
        QCOMPARE(model.index(0, AlertModel::Members).data().toString(), u"1 of 2"_s);
        QCOMPARE(model.index(0, 0).data(MembersRole).toBool(), true);
        QCOMPARE(model.index(0, 0).data(SeverityRole).toInt(), int(Severity::Critical));
        QCOMPARE(model.index(0, 0).data(TimeRole).toLongLong(), one.startsAt.time_since_epoch().count());
        QVERIFY(!model.index(0, 0).data(Qt::ToolTipRole).isValid());
        QVERIFY(!model.data(model.index(1, 0)).isValid());
    }

    void mostUrgentFirst()
    {
        AlertModel model;
        std::vector<Alert> alerts = many(500);
        model.setAlerts(alerts, kFresh);
        alerts[17].severity = Severity::Critical;
        alerts[17].alertClass = AlertClass::Page;
        alerts[40].state = AlertState::Silenced;
        model.setAlerts(alerts, kFresh); // the second list is merged, not sorted: the order must be the same
        std::sort(alerts.begin(), alerts.end(), moreUrgent);
        for (int row = 0; row < model.rowCount(); ++row)
            QCOMPARE(model.alertAt(row).key, alerts[size_t(row)].key);
    }

    void selectionSurvivesARefresh()
    {
        AlertModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        std::vector<Alert> alerts = many(200);
        model.setAlerts(alerts, kFresh);
        const QPersistentModelIndex kept = model.index(100, 0);
        const AlertKey key = model.alertAt(100).key;
        std::reverse(alerts.begin(), alerts.end());
        std::erase_if(alerts, [&](const Alert &a) { return a.key.fingerprint % 5 == 0 && a.key != key; });
        for (size_t i = 0; i < alerts.size(); i += 4)
            alerts[i].state = AlertState::Silenced;
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setAlerts(alerts, kFresh);
        QVERIFY(kept.isValid());
        QCOMPARE(model.alertAt(kept.row()).key, key);
        QCOMPARE(reset.size(), 0);
    }

    void aThousandChangedRowsGiveAtMostThreeSignals()
    {
        AlertModel model;
        std::vector<Alert> alerts = many(20'000);
        model.setAlerts(alerts, kFresh);
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy layout(&model, &QAbstractItemModel::layoutChanged);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        for (size_t i = 0; i < 1000; ++i)
            alerts[i * 20].updatedAt += std::chrono::seconds(1);
        model.setAlerts(alerts, kFresh);
        QCOMPARE_LE(data.size() + layout.size() + inserted.size() + removed.size(), 3);
        QCOMPARE_GT(data.size(), 0);
    }

    void equalListSaysNothing()
    {
        AlertModel model;
        model.setAlerts(many(100), kFresh);
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        model.setAlerts(many(100), kFresh);
        QCOMPARE(data.size(), 0);
    }

    void filter_data()
    {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QStringList>("expected");
        const QStringList all{u"DiskFull"_s, u"HighErrorRate"_s, u"Ünïcode"_s};
        QTest::newRow("nothing") << u""_s << all;
        QTest::newRow("blank") << u"   "_s << all;
        QTest::newRow("name, any case") << u"diskFULL"_s << QStringList{u"DiskFull"_s};
        QTest::newRow("label pair") << u"service=checkout"_s << all;
        QTest::newRow("two words in any order") << u"rate high"_s << QStringList{u"HighErrorRate"_s};
        QTest::newRow("severity") << u"critical"_s << QStringList{u"DiskFull"_s};
        QTest::newRow("not ASCII") << u"ÜNÏ"_s << QStringList{u"Ünïcode"_s};
        QTest::newRow("words of two alerts") << u"disk rate"_s << QStringList{};
        QTest::newRow("no such") << u"zebra"_s << QStringList{};
    }
    void filter()
    {
        QFETCH(QString, filter);
        AlertModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setAlerts({alert(1, u"DiskFull"_s, Severity::Critical), alert(2, u"HighErrorRate"_s),
                            alert(3, u"Ünïcode"_s)},
            kFresh);
        model.setFilter(filter);
        QStringList shown = names(model);
        shown.sort();
        QTEST(shown, "expected");
        QCOMPARE(model.total(), 3);
    }

    void filterStaysInForceAndSelectionToo()
    {
        AlertModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        std::vector<Alert> alerts = many(300);
        model.setAlerts(alerts, kFresh);
        const int row = model.rowOf(alerts[120].key);
        const QPersistentModelIndex kept = model.index(row, 0);
        model.setFilter(u"alert1"_s);
        QVERIFY(kept.isValid());
        QCOMPARE(model.alertAt(kept.row()).key, alerts[120].key);
        alerts.push_back(alert(9, u"Other"_s));
        alerts.push_back(alert(10, u"Alert1new"_s));
        model.setAlerts(alerts, kFresh);
        QVERIFY(!names(model).contains(u"Other"_s));
        QVERIFY(names(model).contains(u"Alert1new"_s));
        model.setFilter({});
        QCOMPARE(model.rowCount(), 302);
        QCOMPARE(model.alertAt(kept.row()).key, alerts[120].key);
    }

    void sortsByAColumnAndBack()
    {
        AlertModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setAlerts({alert(1, u"b"_s), alert(2, u"C"_s, Severity::Critical), alert(3, u"a"_s)}, kFresh);
        model.sort(AlertModel::Name);
        QCOMPARE(names(model), (QStringList{u"a"_s, u"b"_s, u"C"_s}));
        model.sort(AlertModel::Name, Qt::DescendingOrder);
        QCOMPARE(names(model), (QStringList{u"C"_s, u"b"_s, u"a"_s}));
        model.sort(-1);
        QCOMPARE(names(model).front(), u"C"_s);
    }

    void countsPessimistically_data()
    {
        QTest::addColumn<Freshness>("freshness");
        QTest::addColumn<int>("firing");
        QTest::addColumn<QString>("expected");
        const BootTime now{std::chrono::seconds(110)};
        Q_UNUSED(now)
        Freshness partial = kFresh;
        partial.state = Freshness::State::Partial;
        partial.answered = 1;
        partial.asked = 2;
        Freshness stale = afterFailure(kFresh, Error{Error::Kind::Timeout, u"timeout"_s, {}, 0, 0});
        Freshness empty = afterSuccess(BootTime{std::chrono::seconds(100)}, {}, true);
        Freshness gone = partial;
        gone.lastGood = BootTime{std::chrono::seconds(-400)};
        QTest::newRow("fresh") << kFresh << 14 << u"14 firing"_s;
        QTest::newRow("fresh and none") << empty << 0 << u"0 firing"_s;
        QTest::newRow("partial") << partial << 14 << u"≥ 14 firing · 1 of 2 sources"_s;
        QTest::newRow("partial and none") << partial << 0 << u"≥ 0 firing · 1 of 2 sources"_s;
        QTest::newRow("stale and none") << stale << 0 << u"≥ 0 firing · stale"_s;
        QTest::newRow("older than five minutes") << gone << 3 << u"— firing · 1 of 2 sources"_s;
        QTest::newRow("never") << Freshness{} << 0 << u"— firing · never"_s;
    }
    void countsPessimistically()
    {
        QFETCH(Freshness, freshness);
        QFETCH(int, firing);
        QFETCH(QString, expected);
        const QString text = describeFiring(firing, freshness, BootTime{std::chrono::seconds(110)});
        if (freshness.state == Freshness::State::Never) {
            // The word is freshness' own; what matters is that no number is shown.
            QVERIFY(text.startsWith(u"— firing"_s));
            return;
        }
        QCOMPARE(text, expected);
    }

    void countsWhatFires()
    {
        Alert watchdog = alert(1, u"Watchdog"_s);
        watchdog.alertClass = AlertClass::Health;
        const AlertCounts counts = countAlerts({watchdog, alert(2, u"a"_s, Severity::Critical),
            alert(3, u"b"_s), alert(4, u"c"_s, Severity::Error, AlertState::Silenced),
            alert(5, u"d"_s, Severity::Warning, AlertState::Unknown),
            alert(6, u"e"_s, Severity::Warning, AlertState::Pending),
            alert(7, u"f"_s, Severity::Critical, AlertState::Resolved)});
        QCOMPARE(counts.firing, 3);
        QCOMPARE(counts.pages, 1);
        QCOMPARE(counts.tickets, 2);
        QCOMPARE(counts.unknown, 1);
        QCOMPARE(counts.pending, 1);
        QCOMPARE(counts.suppressed, 1);
        QCOMPARE(counts.critical, 1);
    }

    void groupsRoundTripAndAreContiguous()
    {
        using Phase = AlertGroupId::Phase;
        for (Phase phase : {Phase::Firing, Phase::Pending, Phase::Suppressed, Phase::Resolved}) {
            for (AlertClass alertClass : {AlertClass::Health, AlertClass::Ticket, AlertClass::Page}) {
                for (Severity severity : {Severity::None, Severity::Warning, Severity::Critical}) {
                    const AlertGroupId group{phase, alertClass, severity};
                    QCOMPARE(AlertGroupId::fromInt(group.toInt()), group);
                }
            }
        }
        AlertModel model;
        std::vector<Alert> alerts = many(400);
        for (size_t i = 0; i < alerts.size(); ++i) {
            alerts[i].state = AlertState(i % 7);
            alerts[i].severity = Severity(i % 5);
            alerts[i].alertClass = AlertClass(i % 3);
        }
        model.setAlerts(alerts, kFresh);
        QSet<int> seen;
        int previous = -1;
        for (int row = 0; row < model.rowCount(); ++row) {
            const int group = model.index(row, 0).data(GroupRole).toInt();
            QVERIFY(group == previous || !seen.contains(group));
            seen.insert(group);
            previous = group;
        }
    }

    void aHundredThousand()
    {
        AlertModel model;
        std::vector<Alert> alerts = many(100'000);
        model.setAlerts(alerts, kFresh);
        QCOMPARE(model.rowCount(), 100'000);
        model.setFilter(u"alert99999"_s);
        QCOMPARE(model.rowCount(), 1);
        alerts.pop_back();
        model.setAlerts(alerts, kFresh);
        QCOMPARE(model.rowCount(), 0);
        model.setFilter({});
        QCOMPARE(model.rowCount(), 99'999);
    }
};

QTEST_GUILESS_MAIN(TestAlertModel)
#include "tst_alertmodel.moc"
