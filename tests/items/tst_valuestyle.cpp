// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/valuestyle.h>

#include <QRegularExpression>
#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestValueStyle : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void tones_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("expected");
        QTest::newRow("below the first number") << u"v"_s << 0.0 << u"good"_s;
        QTest::newRow("at the step") << u"v"_s << 10.0 << u"warning"_s;
        QTest::newRow("above all") << u"v"_s << 1e9 << u"critical"_s;
        QTest::newRow("infinite") << u"v"_s << HUGE_VAL << u"critical"_s;
        QTest::newRow("NaN has none") << u"v"_s << std::nan("") << QString();
        QTest::newRow("own list wins") << u"own"_s << 1e9 << u"neutral"_s;
        QTest::newRow("percentage of the bounds") << u"share"_s << 150.0 << u"notice"_s;
        QTest::newRow("below the percentage") << u"share"_s << 149.0 << u"good"_s;
    }
    void tones()
    {
        Panel panel;
        panel.thresholds = {
            {{}, false, {{std::nullopt, u"good"_s}, {10.0, u"warning"_s}, {20.0, u"critical"_s}}},
            {u"own"_s, false, {{std::nullopt, u"neutral"_s}}},
            {u"share"_s, true, {{std::nullopt, u"good"_s}, {50.0, u"notice"_s}}}};
        QFETCH(QString, field);
        QFETCH(double, value);
        QTEST(toneOf(panel, field, value, 100, 200), "expected");
    }

    void mappings()
    {
        Panel panel;
        panel.noValue = u"no traffic"_s;
        panel.mappings = {{ValueMapping::Kind::Value, u"1"_s, 0, 0, u"up"_s, u"good"_s},
            {ValueMapping::Kind::Range, {}, 5, 9, u"some"_s, u"warning"_s}};
        const auto style = [&](double value) { return styleOf(panel, u"v"_s, value, u"short", 0); };
        QCOMPARE(style(1), (ValueStyle{u"up"_s, u"good"_s}));
        QCOMPARE(style(7), (ValueStyle{u"some"_s, u"warning"_s}));
        QCOMPARE(style(std::nan("")).text, u"no traffic"_s);
        QCOMPARE(style(0).text, u"0"_s);
        panel.mappings.push_back({ValueMapping::Kind::Special, u"nan"_s, 0, 0, u"none"_s, u"neutral"_s});
        QCOMPARE(style(std::nan("")), (ValueStyle{u"none"_s, u"neutral"_s}));
    }
};

QTEST_GUILESS_MAIN(TestValueStyle)
#include "tst_valuestyle.moc"
