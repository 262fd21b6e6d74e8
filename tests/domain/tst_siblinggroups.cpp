// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/siblinggroups.h>

#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QTest>

#include <map>

using namespace bw;
using namespace tracetext;

class TestSiblingGroups : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void names_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("expected");
        const auto add = [](const char *name, const char *expected) {
            QTest::newRow(*name ? name : "empty") << QString::fromUtf8(name) << QString::fromUtf8(expected);
        };
        add("", "");
        add("GET /item", "GET /item");
        add("GET /item/123", "GET /item/*");
        add("GET /item/9/part/10", "GET /item/*/part/*");
        add("123", "*");
        add("user123", "user*");
        add("http2 /api/v1/p95", "http2 /api/v1/p95");
        add("shard-7", "shard-*");
        add("GET /u/3F2504E0-4F89-41D3-9A0C-0305E82C3301/x", "GET /u/*/x");
        add("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "*");
        add("3f2504e0-4f89-41d3-9a0c-0305e82c33012", "*-*f89-*d3-*a0c-*"); // one digit too many for a UUID
        add("/o/507f1f77bcf86cd799439011", "/o/*");
        add("commit deadbeef", "commit deadbeef"); // a word, as far as anybody can tell
        add("commit deadbee1", "commit *");
        add("at 0x7ffe", "at *");
        add("facade decade", "facade decade");
        add("2026-11-21T10:00:00", "*-*-*T10:*:*");
        add("SELECT * FROM t WHERE id=42", "SELECT * FROM t WHERE id=*");
        add("größe 5 ٣", "größe * ٣"); // only decimal digits of ASCII
        add("a_1_b", "a_*_b");
    }
    void names()
    {
        QFETCH(QString, name);
        QFETCH(QString, expected);
        QCOMPARE(normalizedName(QStringView(name)), expected);
        QCOMPARE(verbatim(normalizedName(Untrusted(name))), expected);
    }

    void sums()
    {
        const Trace trace = tracetext::trace("web page 0..100\n"
                                             "  db SELECT 1 10..20 client\n"
                                             "    db wait 11..12\n"
                                             "  db SELECT 22 15..30 client error\n"
                                             "  web log 16..17\n"
                                             "  db SELECT 333 40..70 client error\n"
                                             "  db SELECT 4 50..60 client\n"
                                             "  cache SELECT 5 61..62 client\n"
                                             "  db SELECT 6 63..64 server\n");
        const std::vector<SiblingGroup> groups = siblingGroups(trace, 4);
        QCOMPARE(groups.size(), size_t(1));
        SiblingGroup expected;
        expected.parent = 0;
        expected.rows = {1, 3, 5, 6};
        expected.name = Untrusted(u"SELECT *"_s);
        expected.total = ms(10 + 15 + 30 + 10);
        expected.covered = ms(20 + 30);
        expected.longest = ms(30);
        expected.errors = 2;
        QVERIFY(groups[0] == expected);
        QVERIFY(siblingGroups(trace, 5).empty());
        QVERIFY(siblingGroups(trace).empty());
        QVERIFY(siblingGroups(Trace()).empty());
    }

    void rootsAndLevels()
    {
        const Trace trace = tracetext::trace(
            "a job 1 0..10\n  a x 1..2\n  a x 3..4\na job 2 20..30\n  a x 21..22\n  a x 22..23\n");
        const std::vector<SiblingGroup> groups = siblingGroups(trace, 2);
        QCOMPARE(groups.size(), size_t(3));
        QCOMPARE(groups[0].parent, -1);
        QCOMPARE(groups[0].rows, (std::vector<int>{0, 3}));
        QCOMPARE(groups[1].parent, 0);
        QCOMPARE(groups[2].rows, (std::vector<int>{4, 5}));
        // Fewer than two is no group.
        QCOMPARE(siblingGroups(trace, 0).size(), size_t(3));
    }

    /// Against counting in the plainest way.
    void random()
    {
        for (quint32 seed = 1; seed <= 40; ++seed) {
            const Trace trace = randomTrace(150, seed, 2);
            std::map<std::tuple<int, QString, QString, SpanKind>, std::vector<int>> expected;
            for (int row = 0; row < trace.size(); ++row) {
                expected[{trace.parent(row), verbatim(trace.service(row)),
                             normalizedName(QStringView(verbatim(trace.operation(row)))), trace.kind(row)}]
                    .push_back(row);
            }
            std::erase_if(expected, [](const auto &one) { return one.second.size() < 2; });
            const std::vector<SiblingGroup> groups = siblingGroups(trace, 2);
            QCOMPARE(groups.size(), expected.size());
            int before = -1;
            for (const SiblingGroup &group : groups) {
                const int first = group.rows.front();
                QCOMPARE(group.rows,
                    (expected[{group.parent, verbatim(trace.service(first)), verbatim(group.name),
                        trace.kind(first)}]));
                QVERIFY(first > before);
                QVERIFY(group.longest <= group.covered && group.covered <= group.total);
                before = first;
            }
        }
    }

    void large()
    {
        const Trace wide = wideTrace(200'000);
        QElapsedTimer timer;
        timer.start();
        const std::vector<SiblingGroup> groups = siblingGroups(wide);
        QVERIFY(timer.elapsed() < 2000); // some 20 ms when idle
        QCOMPARE(groups.size(), size_t(1));
        QCOMPARE(groups[0].rows.size(), size_t(199'999));
        QVERIFY(siblingGroups(deepTrace(100'000)).empty());
    }
};

QTEST_APPLESS_MAIN(TestSiblingGroups)
#include "tst_siblinggroups.moc"
