// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/labels.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

Labels labels(std::initializer_list<std::pair<QString, QString>> pairs)
{
    std::vector<Labels::Pair> out;
    for (const auto &[name, value] : pairs)
        out.emplace_back(Untrusted(name), Untrusted(value));
    return Labels::fromPairs(std::move(out));
}

} // namespace

class TestLabels : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void orderDoesNotMatter()
    {
        const Labels a = labels({{u"b"_s, u"2"_s}, {u"a"_s, u"1"_s}}),
                     b = labels({{u"a"_s, u"1"_s}, {u"b"_s, u"2"_s}});
        QCOMPARE(a, b);
        QCOMPARE(a.hash(), b.hash());
        QVERIFY(!(a < b) && !(b < a));
        QVERIFY(!(a == labels({{u"a"_s, u"1"_s}})));
    }

    void ofEqualNamesTheFirstStays()
    {
        const Labels set = labels({{u"a"_s, u"first"_s}, {u"b"_s, u"x"_s}, {u"a"_s, u"second"_s}});
        QCOMPARE(set.size(), size_t(2));
        QCOMPARE(set.text(u"a"), u"first"_s);
    }

    void finding()
    {
        const Labels set = labels({{u"a"_s, u"1"_s}, {u"c"_s, u"3"_s}});
        QVERIFY(set.find(u"a") && set.find(u"c") && !set.find(u"b") && !set.find(u"") && !set.find(u"d"));
        QVERIFY(set.text(u"b").isEmpty());
        QVERIFY(!Labels().find(u"a") && Labels().isEmpty());
    }

    void changing()
    {
        const Labels set = labels({{u"a"_s, u"1"_s}, {u"b"_s, u"2"_s}});
        QCOMPARE(set.with(u"a"_s, u"9"_s), labels({{u"a"_s, u"9"_s}, {u"b"_s, u"2"_s}}));
        QCOMPARE(set.with(u"c"_s, u"3"_s).size(), size_t(3));
        QCOMPARE(set.without({u"a"_s, u"x"_s}), labels({{u"b"_s, u"2"_s}}));
        QCOMPARE(set.text(u"a"), u"1"_s); // unchanged
        QVERIFY(set.without({u"a"_s}).isSubsetOf(set) && !set.isSubsetOf(set.without({u"a"_s})));
        QVERIFY(Labels().isSubsetOf(set));
        QVERIFY(!labels({{u"a"_s, u"2"_s}}).isSubsetOf(set));
    }

    void names_data()
    {
        QTest::addColumn<Labels>("set");
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("expected");
        const Labels set = labels({{u"__name__"_s, u"up"_s}, {u"job"_s, u"a\"b"_s}, {u"code"_s, u"200"_s}});
        QTest::newRow("as printed") << set << QString() << u"up{code=\"200\", job=\"a\\\"b\"}"_s;
        QTest::newRow("name alone") << labels({{u"__name__"_s, u"up"_s}}) << QString() << u"up"_s;
        QTest::newRow("no labels") << Labels() << QString() << u"{}"_s;
        QTest::newRow("template") << set << u"{{job}} / {{ code }}"_s << u"a\"b / 200"_s;
        QTest::newRow("absent") << set << u"x{{nope}}y"_s << u"xy"_s;
        QTest::newRow("unclosed") << set << u"x{{job"_s << u"x{{job"_s;
        QTest::newRow("values are not expanded")
            << labels({{u"a"_s, u"{{b}}"_s}, {u"b"_s, u"no"_s}}) << u"{{a}}"_s << u"{{b}}"_s;
    }
    void names()
    {
        QFETCH(Labels, set);
        QFETCH(QString, pattern);
        QFETCH(QString, expected);
        QCOMPARE(render::plain(legendFor(set, pattern)), expected);
    }
};

QTEST_APPLESS_MAIN(TestLabels)
#include "tst_labels.moc"
