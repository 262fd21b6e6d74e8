// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertwatcher.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const ClusterId kCluster{u"am"_s}, kOther{u"am-us"_s};
const Timestamp kStart = fromUnixMs(1'795'269'600'000);

Alert alert(quint64 fingerprint, AlertState state = AlertState::Firing, const ClusterId &cluster = kCluster)
{
    Alert out;
    out.key = {cluster, fingerprint};
    out.state = state;
    return out;
}

QString text(const std::vector<AlertTransition> &transitions)
{
    QStringList out;
    for (const AlertTransition &change : transitions) {
        out << u"%1:%2>%3"_s.arg(change.alert.key.fingerprint)
                   .arg(change.from ? stateName(*change.from) : u"new"_s, stateName(change.to));
    }
    return out.join(u' ');
}

} // namespace

class TestAlertWatcher : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void lifeOfAnAlert()
    {
        AlertWatcher watcher;
        QCOMPARE(text(watcher.apply(kCluster, kStart, {alert(2, AlertState::Pending), alert(1)})),
            u"1:new>firing 2:new>pending"_s);
        QCOMPARE(text(watcher.apply(kCluster, kStart, {alert(1), alert(2, AlertState::Pending)})), u""_s);
        QCOMPARE(text(watcher.apply(kCluster, kStart, {alert(1, AlertState::Silenced), alert(2)})),
            u"1:firing>silenced 2:pending>firing"_s);
        QCOMPARE(text(watcher.apply(kCluster, kStart, {alert(2)})), u"1:silenced>resolved"_s);
        QCOMPARE(text(watcher.apply(kCluster, kStart, {alert(1), alert(2)})), u"1:new>firing"_s);
    }

    void resolvedCarriesTheLastKnownAlert()
    {
        AlertWatcher watcher;
        Alert firing = alert(1);
        firing.labels = Labels::fromPairs({{Untrusted(u"a"_s), Untrusted(u"b"_s)}});
        firing.endsAt = kStart + 5min; // the server's guess
        watcher.apply(kCluster, kStart, {firing});
        const auto gone = watcher.apply(kCluster, kStart + 1min, {});
        QCOMPARE(gone.size(), size_t(1));
        QCOMPARE(gone[0].alert.labels, firing.labels);
        QCOMPARE(gone[0].alert.state, AlertState::Resolved);
        QVERIFY(gone[0].at == kStart + 1min && gone[0].alert.endsAt == kStart + 1min);
    }

    void aResolvedStateEndsItOnce()
    {
        AlertWatcher watcher;
        watcher.apply(kCluster, kStart, {alert(1)});
        QCOMPARE(
            text(watcher.apply(kCluster, kStart, {alert(1, AlertState::Resolved)})), u"1:firing>resolved"_s);
        QCOMPARE(text(watcher.apply(kCluster, kStart, {alert(1, AlertState::Resolved)})), u""_s);
    }

    void clustersDoNotMix()
    {
        AlertWatcher watcher;
        watcher.apply(kCluster, kStart, {alert(1)});
        QCOMPARE(
            text(watcher.apply(kOther, kStart, {alert(1, AlertState::Firing, kOther)})), u"1:new>firing"_s);
        QCOMPARE(text(watcher.apply(kOther, kStart, {})), u"1:firing>resolved"_s);
        QCOMPARE(text(watcher.markStale(kCluster, kStart)), u"1:firing>unknown"_s);
    }

    void staleResolvesNothing()
    {
        AlertWatcher watcher;
        watcher.apply(kCluster, kStart, {alert(1), alert(2)});
        QCOMPARE(text(watcher.markStale(kCluster, kStart)), u"1:firing>unknown 2:firing>unknown"_s);
        QCOMPARE(text(watcher.markStale(kCluster, kStart)), u""_s);
        QCOMPARE(text(watcher.apply(kCluster, kStart, {alert(1)})), u"1:unknown>firing 2:unknown>resolved"_s);
    }
};

QTEST_APPLESS_MAIN(TestAlertWatcher)
#include "tst_alertwatcher.moc"
