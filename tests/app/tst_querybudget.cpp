// SPDX-License-Identifier: GPL-3.0-or-later
#include <support/dashboardstand.h>

#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

/// How many metric requests one refresh of a built-in dashboard makes, whatever the number of services.
class TestQueryBudget : public QObject
{
    Q_OBJECT
private slots:
    void refreshes_data();
    void refreshes();
};

void TestQueryBudget::refreshes_data()
{
    QTest::addColumn<QString>("dashboard");
    QTest::addColumn<int>("seconds");
    QTest::addColumn<int>("intervals");
    QTest::addColumn<int>("budget");
    QTest::newRow("on-call") << u"on-call"_s << 15 << 21 << 12;
    QTest::newRow("debug") << u"debug"_s << 30 << 12 << 25;
    // Two hours: whatever is asked once an hour, and references of a week ago, are in it.
    QTest::newRow("executive") << u"executive"_s << 300 << 26 << 6;
}

void TestQueryBudget::refreshes()
{
    QFETCH(QString, dashboard);
    QFETCH(int, seconds);
    QFETCH(int, intervals);
    QFETCH(int, budget);
    std::vector<std::vector<Asking>> counts;
    for (const int services : {10, 500}) {
        DashboardStand stand({.dashboard = dashboard, .services = services});
        std::vector<Asking> seen{stand.opening};
        QStringList texts;
        // The same at the beginning is enough for the many.
        for (int interval = 0; interval < (services > 10 ? 6 : intervals); ++interval) {
            const Asking asking = stand.refresh(std::chrono::seconds(seconds));
            seen.push_back(asking);
            texts << u"%1+%2"_s.arg(asking.panels).arg(asking.watchers);
        }
        counts.push_back(seen);
        qInfo().noquote() << dashboard << services << "services: opening" << seen.front().panels << "+"
                          << seen.front().watchers << "refreshes" << texts.join(u' ');
    }
    QVERIFY(std::equal(counts[1].begin(), counts[1].end(), counts[0].begin()));
    QVERIFY(counts[0].front().panels > 0);
    for (size_t i = 1; i < counts[0].size(); ++i) {
        const Asking &asking = counts[0][i];
        QVERIFY(asking.panels > 0);
        // In a minute or more the watch for deploys asks at a pace of its own.
        const int all = asking.panels + (seconds < 60 ? asking.watchers : 0);
        QVERIFY2(all <= budget, qPrintable(u"interval %1: %2 requests"_s.arg(i).arg(all)));
    }
}

QTEST_MAIN(TestQueryBudget)
#include "tst_querybudget.moc"
