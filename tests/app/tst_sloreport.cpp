// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/sloreport.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp kNow = *parseRfc3339(u"2026-11-22T03:30:00Z");

SloReport example()
{
    Slo slo;
    slo.id = u"x"_s;
    slo.title = u"<b>*Checkout* | [answers](https://evil.example)</b>"_s;
    slo.target = 0.99;
    slo.indicator.bad = u"b[$__window]"_s;
    slo.indicator.total = u"t[$__window]"_s;
    slo.approximated = {u"a <i>note</i>"_s};
    HourBuckets buckets;
    for (int i = 48; i > 0; --i)
        buckets.push_back({hourOf(kNow) - i, i > 24 ? 2.0 : 0.0, 100, BucketState::Complete, kNow});
    const SloStatus status = evaluated(slo, {}, buckets, {}, kNow);
    return reportOf({status}, {u"two days"_s, {startOfHour(hourOf(kNow) - 48), startOfHour(hourOf(kNow))}},
        kNow, [&buckets](const QString &) { return buckets; });
}

} // namespace

class TestSloReport : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void periods_data()
    {
        QTest::addColumn<QString>("begin"); // empty: refused
        QTest::addColumn<QString>("end");
        const auto row = [](const char *text, const QString &begin, const QString &end) {
            QTest::newRow(text) << begin << end;
        };
        row("30d", u"2026-10-23T03:30:00Z"_s, u"2026-11-22T03:30:00Z"_s);
        row("2026-10", u"2026-10-01T00:00:00Z"_s, u"2026-11-01T00:00:00Z"_s);
        row("2026-11", u"2026-11-01T00:00:00Z"_s, u"2026-11-22T03:30:00Z"_s); // up to now
        row("last-month", u"2026-10-01T00:00:00Z"_s, u"2026-11-01T00:00:00Z"_s);
        row("2026-Q3", u"2026-07-01T00:00:00Z"_s, u"2026-10-01T00:00:00Z"_s);
        row("2026", u"2026-01-01T00:00:00Z"_s, u"2026-11-22T03:30:00Z"_s);
        row("2026-W01", u"2025-12-29T00:00:00Z"_s, u"2026-01-05T00:00:00Z"_s);
        row("2026-W46", u"2026-11-09T00:00:00Z"_s, u"2026-11-16T00:00:00Z"_s);
        row("2026-10-01..2026-10-15", u"2026-10-01T00:00:00Z"_s, u"2026-10-15T00:00:00Z"_s);
        row("2026-10-01T12:00:00Z..2026-10-01T14:00:00Z", u"2026-10-01T12:00:00Z"_s,
            u"2026-10-01T14:00:00Z"_s);
        for (const char *bad : {"2026-13", "2027", "soon", "5m", "..", "2026-10-02..2026-10-01", "9000d", ""})
            row(bad, {}, {});
    }
    void periods()
    {
        QFETCH(QString, begin);
        const auto period = reportPeriod(QString::fromLatin1(QTest::currentDataTag()), kNow);
        QCOMPARE(period.has_value(), !begin.isEmpty());
        if (period) {
            QCOMPARE(isoUtc(period->range.begin), begin);
            QTEST(isoUtc(period->range.end), "end");
        } else {
            QVERIFY(period.error().message.contains(u"2026-Q4"_s)); // says which forms there are
        }
    }

    /// 24 of 48 hours with 2 bad of 100: 1 % in all, exactly the budget.
    void figuresAreOfThePeriod()
    {
        const SloReport report = example();
        QCOMPARE(report.statuses.size(), size_t(1));
        QVERIFY(std::abs(*report.statuses[0].budget.attained - 0.99) < 1e-9);
        QVERIFY(std::abs(*report.statuses[0].budget.remaining) < 1e-9);
        QCOMPARE(report.statuses[0].budget.sum.coverage(), 1.0);
        QVERIFY(report.statuses[0].burn.empty()); // rates are of now, and the report is not
    }

    void hostileTitlesAreInert()
    {
        const SloReport report = example();
        const QString html = QString::fromUtf8(reportHtml(report)),
                      md = QString::fromUtf8(reportMarkdown(report));
        QVERIFY(!html.contains(u"<b>"_s) && html.contains(u"&lt;b&gt;"_s) && !html.contains(u"<i>"_s));
        QVERIFY(!html.contains(u"<script"_s));
        QVERIFY(!md.contains(u"<b>"_s) && !md.contains(u"[answers]("_s));
        QVERIFY(md.contains(u"\\<b\\>\\*Checkout\\* \\| "_s));
        const QString json = QString::fromUtf8(reportJson(report));
        QVERIFY(json.contains(u"\"schema\": \"bridgewatch/slo-report/1\""_s));
        QCOMPARE(reportHtml(report), reportHtml(report));
    }
};

QTEST_GUILESS_MAIN(TestSloReport)
#include "tst_sloreport.moc"
