// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/slo.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Timestamp at(const QString &text) { return *parseRfc3339(text); }

QString texts(const std::vector<SloRemark> &remarks)
{
    QStringList list;
    for (const SloRemark &remark : remarks)
        list += (remark.isError ? u"error: "_s : u"remark: "_s) + remark.text;
    return list.join(u'\n');
}

Slo ratio(double target)
{
    Slo slo;
    slo.id = u"a"_s;
    slo.target = target;
    slo.indicator.bad = u"sum(increase(e[$__window]))"_s;
    slo.indicator.total = u"sum(increase(t[$__window]))"_s;
    slo.burn = standardBurnRows(slo.period.length);
    return slo;
}

} // namespace

class TestSlo : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void periods_data()
    {
        using Kind = SloPeriod::Kind;
        QTest::addColumn<SloPeriod>("period");
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("begin");
        QTest::addColumn<QString>("end");
        QTest::addColumn<double>("hours");
        const auto row = [](const char *name, SloPeriod period, const char *now, const char *begin,
                             const char *end, double hours) {
            QTest::newRow(name) << period << QString::fromLatin1(now) << QString::fromLatin1(begin)
                                << QString::fromLatin1(end) << hours;
        };
        row("rolling 30 days", {}, "2026-11-22T03:30:00Z", "2026-10-23T03:30:00Z", "2026-11-22T03:30:00Z",
            720);
        row("month UTC", {Kind::Month, {}, {}}, "2026-11-22T03:30:00Z", "2026-11-01T00:00:00Z",
            "2026-12-01T00:00:00Z", 720);
        row("month Paris, clocks go back: 745 h", {Kind::Month, {}, u"Europe/Paris"_s},
            "2026-10-10T12:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", 745);
        row("month Paris, clocks go forward: 743 h", {Kind::Month, {}, u"Europe/Paris"_s},
            "2026-03-31T12:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", 743);
        row("first moment of the month belongs to it", {Kind::Month, {}, {}}, "2026-12-01T00:00:00Z",
            "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", 744);
        row("week begins on Monday", {Kind::Week, {}, {}}, "2026-11-22T03:30:00Z", "2026-11-16T00:00:00Z",
            "2026-11-23T00:00:00Z", 168);
        row("week with a 23-hour day", {Kind::Week, {}, u"America/New_York"_s}, "2026-03-08T18:00:00Z",
            "2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z", 167);
        row("half-hour zone", {Kind::Month, {}, u"Asia/Kolkata"_s}, "2026-11-22T03:30:00Z",
            "2026-10-31T18:30:00Z", "2026-11-30T18:30:00Z", 720);
        row("quarter", {Kind::Quarter, {}, {}}, "2026-11-22T03:30:00Z", "2026-10-01T00:00:00Z",
            "2027-01-01T00:00:00Z", 2208);
        row("leap year", {Kind::Year, {}, {}}, "2028-06-01T00:00:00Z", "2028-01-01T00:00:00Z",
            "2029-01-01T00:00:00Z", 8784);
    }
    void periods()
    {
        QFETCH(SloPeriod, period);
        QFETCH(QString, now);
        const TimeRange range = periodAt(period, at(now));
        QTEST(isoUtc(range.begin), "begin");
        QTEST(isoUtc(range.end), "end");
        QTEST(double(range.span().count()) / 3.6e12, "hours");
    }

    void burnRows()
    {
        const auto factors = [](const std::vector<BurnRow> &rows) {
            QStringList list;
            for (const BurnRow &row : rows)
                list += u"%1/%2 %3"_s.arg(promDuration(row.longWindow), promDuration(row.shortWindow))
                            .arg(row.factor, 0, 'f', 3);
            return list.join(u", "_s);
        };
        QCOMPARE(factors(standardBurnRows(720h)), u"1h/5m 14.400, 6h/30m 6.000, 1d/2h 3.000, 3d/6h 1.000"_s);
        // As Sloth's generator has it for four weeks.
        QCOMPARE(factors(standardBurnRows(672h)), u"1h/5m 13.440, 6h/30m 5.600, 1d/2h 2.800, 3d/6h 0.933"_s);
        QCOMPARE(factors(standardBurnRows(168h)), u"1h/5m 3.360, 6h/30m 1.400, 1d/2h 1.000, 3d/6h 1.000"_s);
        QCOMPARE(factors(pyrraBurnRows(672h)), u"1h/5m 14.000, 6h/30m 7.000, 1d/2h 2.000, 4d/6h 1.000"_s);
        QCOMPARE(
            factors(pyrraBurnRows(168h)), u"15m/1m 14.000, 1h30m/8m 7.000, 6h/30m 2.000, 1d/1h30m 1.000"_s);
    }

    void windows()
    {
        for (const auto &form : {u"x[$__window]"_s, u"x[{{.window}}]"_s, u"x[{{ .window }}]"_s,
                 u"x[$window]"_s, u"x[${window}]"_s})
            QCOMPARE(expandWindow(form, 90min), u"x[1h30m]"_s);
        QVERIFY(!hasWindow(u"x[$windows] or $__windowed"_s));
        QVERIFY(!hasWindow(u"x[5m]"_s));
    }

    void queries()
    {
        Slo slo = ratio(0.999);
        QVERIFY(!queriesOf(slo).isPerSecond);
        slo.indicator.total = u"sum(rate(t[$__window]))"_s;
        QVERIFY(queriesOf(slo).isPerSecond);
        slo.indicator.unit = SloIndicator::Unit::Count;
        QVERIFY(!queriesOf(slo).isPerSecond);

        slo.indicator = {};
        slo.indicator.kind = SloIndicator::Kind::Latency;
        slo.indicator.histogram = u"d_bucket{job=\"x\"}"_s;
        slo.indicator.threshold = 1;
        slo.groupBy = {u"handler"_s};
        QCOMPARE(queriesOf(slo).total,
            u"sum by (handler) (increase(d_bucket{job=\"x\",le=\"+Inf\"}[$__window]))"_s);
        QCOMPARE(queriesOf(slo).good,
            u"sum by (handler) (increase(d_bucket{job=\"x\",le=~\"1|1\\\\.0\"}[$__window]))"_s);
        slo.indicator.threshold = 0.25;
        slo.groupBy.clear();
        QCOMPARE(queriesOf(slo).good, u"sum (increase(d_bucket{job=\"x\",le=~\"0\\\\.25\"}[$__window]))"_s);
        slo.indicator.isNative = true;
        slo.indicator.histogram = u"d"_s;
        QCOMPARE(queriesOf(slo).total, u"histogram_count(sum (increase(d[$__window])))"_s);
        QVERIFY(queriesOf(slo).good.startsWith(u"histogram_fraction(0, 0.25, sum (increase(d["_s));

        slo.indicator = {};
        slo.indicator.kind = SloIndicator::Kind::Gauge;
        slo.indicator.state = u"probe_success{job=\"x\"}"_s;
        QCOMPARE(queriesOf(slo).ratio, u"1 - avg (avg_over_time(probe_success{job=\"x\"}[$__window]))"_s);
        slo.indicator.state = u"up > bool 0"_s;
        QCOMPARE(queriesOf(slo).ratio, u"1 - avg (avg_over_time((up > bool 0)[$__window:1m]))"_s);
    }

    void statesThatAreSelectors_data()
    {
        QTest::addColumn<QString>("state");
        QTest::addColumn<bool>("isSelector");
        QTest::newRow("name") << u"up"_s << true;
        QTest::newRow("spaces around") << u" up{job=\"x\"} "_s << true;
        QTest::newRow("braces in a value") << u"up{job=~\"a|{b}\"}"_s << true;
        QTest::newRow("two selectors") << u"up{job=\"x\"} * on () ready{job=\"y\"}"_s << false;
        QTest::newRow("compared") << u"up > bool 0"_s << false;
    }
    void statesThatAreSelectors()
    {
        QFETCH(QString, state);
        Slo slo;
        slo.indicator.kind = SloIndicator::Kind::Gauge;
        slo.indicator.state = state;
        const QString range = queriesOf(slo).ratio;
        QVERIFY2(
            range.contains(u"[$__window:1m]"_s) !=
                [] {
                    QFETCH(bool, isSelector);
                    return isSelector;
                }(),
            qPrintable(range));
    }

    void selectorsTakeMatchers()
    {
        QCOMPARE(selectorWith(u"m"_s, u"a=\"b\""_s), u"m{a=\"b\"}"_s);
        QCOMPARE(selectorWith(u"m{}"_s, u"a=\"b\""_s), u"m{a=\"b\"}"_s);
        QCOMPARE(selectorWith(u"m{x=\"}\",}"_s, u"a=\"b\""_s), u"m{x=\"}\",a=\"b\"}"_s);
    }

    void hashFollowsTheQuestionAndTheServer()
    {
        const auto hash = [](const Slo &slo) { return specHash(slo, u"prom"_s, u"http://a:9090"_s); };
        const Slo slo = ratio(0.999);
        Slo other = slo;
        other.title = u"x"_s;
        other.target = 0.9;
        other.period.length = 24h;
        other.datasource = u"prom"_s; // named instead of being the default: still the same server
        QCOMPARE(hash(other), hash(slo));
        other.indicator.bad += u" or vector(0)"_s;
        QVERIFY(hash(other) != hash(slo));
        QVERIFY(isSameSource(hash(other), hash(slo)));
        for (const QByteArray &elsewhere :
            {specHash(slo, u"prom"_s, u"http://b:9090"_s), specHash(slo, u"eu"_s, u"http://a:9090"_s)}) {
            QVERIFY(elsewhere != hash(slo));
            QVERIFY(!isSameSource(elsewhere, hash(slo)));
        }
        QVERIFY(!isSameSource({}, {}));
        QVERIFY(!isSameSource(QByteArray(16, 'x'), QByteArray(16, 'x'))); // of a former format
    }

    void checks_data()
    {
        QTest::addColumn<Slo>("slo");
        QTest::addColumn<QString>("expected");
        QTest::newRow("good") << ratio(0.999) << QString();
        QTest::newRow("target 100") << ratio(
            1) << u"error: the target is 100 %; it must lie between 0 and 100, both excluded"_s;
        Slo slo = ratio(0.999);
        slo.indicator.total = u"sum(increase(t[1h]))"_s;
        QTest::newRow("fixed window")
            << slo << u"error: total has no $__window: the same number would be added up hour after hour"_s;
        slo = ratio(0.999);
        slo.burn = {{BurnRow::Severity::Page, 5min, 1h, 2}};
        QTest::newRow("windows swapped")
            << slo << u"error: burn row 5m/1h: the long window must be longer than the short one"_s;
        slo = ratio(0.999);
        slo.burn = {{BurnRow::Severity::Page, 2min, 0min, 2}};
        QTest::newRow("a window of nothing")
            << slo << u"error: burn row 2m/0s: a window must be longer than nothing"_s;
        slo = ratio(0.999);
        slo.period.length = 401 * 24h;
        QTest::newRow("longer than hours are kept")
            << slo << u"error: the period is 401d; it must be an hour at least and 400 days at most"_s;
        slo.period.length = 30min;
        QTest::newRow("shorter than an hour")
            << slo << u"error: the period is 30m; it must be an hour at least and 400 days at most"_s;
        slo = ratio(0.9);
        QTest::newRow("factor out of reach")
            << slo
            << u"remark: burn row 1h: the factor 14.4 cannot be reached; with this target no burn rate is above 10"_s;
        slo = ratio(0.999);
        slo.period = {SloPeriod::Kind::Month, {}, u"Mars/Olympus"_s};
        QTest::newRow("zone")
            << slo << u"error: there is no time zone Mars/Olympus; use an IANA name such as Europe/Paris"_s;
    }
    void checks()
    {
        QFETCH(Slo, slo);
        QTEST(texts(check(slo)), "expected");
    }
};

QTEST_GUILESS_MAIN(TestSlo)
#include "tst_slo.moc"
