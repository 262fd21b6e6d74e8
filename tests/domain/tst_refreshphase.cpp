// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/refreshphase.h>

#include <QTest>

#include <algorithm>
#include <vector>

using namespace bw;

/// Panels that ask rarely take turns instead of asking all at once.
class TestRefreshPhase : public QObject
{
    Q_OBJECT
private slots:
    void alone();
    void takesTheQuietPlace();
    void equalRhythmsTakeTurns();
    void slowOnesAvoidTheQuickOnes();
    void strangeNumbers();
};

namespace {

/// Questions of the busiest of the next `horizon` intervals.
int busiest(const std::vector<RefreshPhase> &panels, int horizon)
{
    int most = 0;
    for (int at = 1; at <= horizon; ++at) {
        int questions = 0;
        for (const RefreshPhase &panel : panels)
            questions += at >= panel.next && (at - panel.next) % panel.every == 0 ? panel.questions : 0;
        most = std::max(most, questions);
    }
    return most;
}

} // namespace

void TestRefreshPhase::alone()
{
    QCOMPARE(quietestInterval({}, 1, 3), 1);
    QCOMPARE(quietestInterval({}, 4, 3), 4); // not earlier than it must
}

void TestRefreshPhase::takesTheQuietPlace()
{
    const std::vector<RefreshPhase> others{{2, 2, 4}};
    QCOMPARE(quietestInterval(others, 2, 1), 1);
    const std::vector<RefreshPhase> both{{2, 2, 4}, {2, 1, 5}};
    QCOMPARE(quietestInterval(both, 2, 1), 2);
}

void TestRefreshPhase::equalRhythmsTakeTurns()
{
    std::vector<RefreshPhase> panels;
    for (int panel = 0; panel < 6; ++panel)
        panels.push_back({3, quietestInterval(panels, 3, 1), 1});
    QCOMPARE(busiest(panels, 36), 2);
}

void TestRefreshPhase::slowOnesAvoidTheQuickOnes()
{
    // Two of three places are taken every time; the slow one keeps to the third.
    const std::vector<RefreshPhase> quick{{3, 3, 2}, {3, 1, 2}};
    const int slow = quietestInterval(quick, 12, 2);
    QCOMPARE(slow % 3, 2);
    std::vector<RefreshPhase> all = quick;
    all.push_back({12, slow, 2});
    QCOMPARE(busiest(all, 48), 2);
}

void TestRefreshPhase::strangeNumbers()
{
    const std::vector<RefreshPhase> odd{{0, -3, 2}, {100'000, 5, 1}};
    QCOMPARE_GE(quietestInterval(odd, 0, 1), 1);
    QCOMPARE_LE(quietestInterval(odd, 100'000, 1), 288);
}

QTEST_MAIN(TestRefreshPhase)
#include "tst_refreshphase.moc"
