// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/roles.h>
#include <items/signaturemodel.h>
#include <items/spanstatsmodel.h>
#include <items/tracediffmodel.h>
#include <items/tracelistmodel.h>

#include <QAbstractItemModelTester>
#include <QTest>

#include <support/tracetext.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

TraceSummary summary(quint64 id, const QString &root, int secondsAgo, int ms, int errors)
{
    TraceSummary one;
    one.id = {0, id};
    one.rootService = Untrusted(root);
    one.rootOperation = Untrusted(u"GET /"_s);
    one.start = fromUnixMs(1'795'287'000'000) - std::chrono::seconds(secondsAgo);
    one.duration = std::chrono::milliseconds(ms);
    one.spans = ms;
    one.errors = errors;
    one.services = {{Untrusted(root), ms, errors}};
    if (errors > 0) {
        one.failedService = Untrusted(u"db"_s);
        one.failedOperation = Untrusted(u"SELECT"_s);
        one.exceptionType = Untrusted(u"Timeout"_s);
    }
    return one;
}

QStringList column(const QAbstractItemModel &model, int wanted)
{
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row)
        texts += model.index(row, wanted).data().toString().replace(QChar(0x202f), u' ');
    return texts;
}

/// Numbers and units stand a narrow no-break space apart.
QString plain(QString text) { return text.replace(QChar(0x202f), u' '); }

} // namespace

class TestTraceModels : public QObject
{
    Q_OBJECT
private slots:
    void listSortsAndKeepsWhatIsSelected()
    {
        TraceListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTraces({summary(1, u"cart"_s, 30, 20, 0), summary(2, u"web"_s, 10, 300, 2),
            summary(3, u"ads"_s, 20, 4, 0)});
        QCOMPARE(column(model, TraceListModel::Root),
            (QStringList{u"web: GET /"_s, u"ads: GET /"_s, u"cart: GET /"_s}));
        const QPersistentModelIndex slow = model.index(0, TraceListModel::Duration);
        model.sort(TraceListModel::Duration, Qt::AscendingOrder);
        QCOMPARE(column(model, TraceListModel::Duration), (QStringList{u"4 ms"_s, u"20 ms"_s, u"300 ms"_s}));
        QCOMPARE(slow.row(), 2);
        QCOMPARE(model.rowOf({0, 3}), 0);
        QCOMPARE(model.rowOf({0, 9}), -1);
        QCOMPARE(model.index(2, TraceListModel::Errors).data(ToneRole).toString(), u"critical"_s);
        QCOMPARE(model.index(0, TraceListModel::Errors).data(ToneRole).toString(), QString());
        model.sort(TraceListModel::Root, Qt::AscendingOrder);
        QCOMPARE(model.index(0, TraceListModel::Root).data().toString(), u"ads: GET /"_s);
        model.setTraces({});
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(!slow.isValid());
    }

    void whatABackendDoesNotSayIsNoZero()
    {
        TraceListModel model;
        TraceSummary unknown = summary(1, QString(), 1, 1, 0);
        unknown.rootOperation = {};
        unknown.spans.reset();
        unknown.errors.reset();
        model.setTraces({unknown});
        QCOMPARE(model.index(0, TraceListModel::Spans).data().toString(), u"—"_s);
        QCOMPARE(model.index(0, TraceListModel::Errors).data().toString(), u"—"_s);
        QCOMPARE(model.index(0, TraceListModel::Root).data().toString(), u"(root not received)"_s);
        QVERIFY(!model.index(0, TraceListModel::Spans).data(NumberRole).isValid());
    }

    void hostileNamesAreInert()
    {
        TraceListModel model;
        model.setTraces({summary(1, u"a\u202eb\nc"_s, 1, 1, 0)});
        const QString shown = model.index(0, TraceListModel::Root).data().toString();
        QVERIFY(!shown.contains(QChar(0x202e)) && !shown.contains(u'\n'));
    }

    void signatures()
    {
        SignatureModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setGroups(groupedBySignature({summary(1, u"web"_s, 30, 20, 1), summary(2, u"web"_s, 10, 300, 2),
            summary(3, u"ads"_s, 20, 4, 1)}));
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, SignatureModel::Count).data().toString(), u"2"_s);
        QCOMPARE(model.index(0, SignatureModel::Root).data().toString(), u"web: GET /"_s);
        QCOMPARE(model.index(0, SignatureModel::Failed).data().toString(), u"db: SELECT"_s);
        QCOMPARE(model.index(0, SignatureModel::Exception).data().toString(), u"Timeout"_s);
        QCOMPARE(plain(model.index(0, SignatureModel::Durations).data().toString()), u"20 ms – 300 ms"_s);
        QCOMPARE(plain(model.index(1, SignatureModel::Durations).data().toString()), u"4 ms"_s);
        QCOMPARE(model.at(0).samples.front().id, (TraceId{0, 2})); // the newest
    }

    void statistics()
    {
        SpanStatsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const Trace trace = tracetext::trace("web GET /   0..100 server\n"
                                             "  db SELECT 10..40 client error\n"
                                             "  db SELECT 50..90 client\n");
        model.setStats(spanStats(trace, StatsBy::Operation), StatsBy::Operation);
        QCOMPARE(model.rowCount(), 2);
        model.sort(SpanStatsModel::Count, Qt::DescendingOrder);
        QCOMPARE(model.index(0, SpanStatsModel::Name).data().toString(), u"db  SELECT"_s);
        QCOMPARE(plain(model.index(0, SpanStatsModel::Total).data().toString()), u"70 ms"_s);
        QCOMPARE(model.index(0, SpanStatsModel::Errors).data().toString(), u"1"_s);
        QCOMPARE(model.index(1, SpanStatsModel::Errors).data().toString(), QString());
        QCOMPARE(model.index(1, SpanStatsModel::Self).data(NumberRole).toDouble(), 0.03);
        model.setStats(spanStats(trace, StatsBy::Kind), StatsBy::Kind);
        QVERIFY(column(model, SpanStatsModel::Name).contains(u"client"_s));
    }

    void difference()
    {
        TraceDiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const Trace a = tracetext::trace("web GET /    0..100\n"
                                         "  db SELECT  10..40\n"
                                         "  ads show   50..60\n"
                                         "    geo find 51..52\n");
        const Trace b = tracetext::trace("web GET /    0..190\n"
                                         "  db SELECT  10..130\n"
                                         "  ads show   140..150\n"
                                         "    geo find 141..142\n"
                                         "  cart get   160..170\n");
        model.setDiff(a, b, traceDiff(a, b));
        QCOMPARE(model.rowCount(), 5);
        const auto delta = [&](int row) { return model.index(row, TraceDiffModel::Delta); };
        QCOMPARE(plain(delta(1).data().toString()), u"+90 ms"_s);
        QCOMPARE(delta(1).data(ToneRole).toString(), u"critical"_s);
        QCOMPARE(delta(2).data(ToneRole).toString(), QString());
        QCOMPARE(delta(4).data().toString(), u"only in B"_s);
        model.setOnlyDifferent(true);
        // The root slower, SELECT slower, cart new; ads and geo are the same and lead nowhere.
        QCOMPARE(model.rowCount(), 3);
    }
};

QTEST_GUILESS_MAIN(TestTraceModels)
#include "tst_tracemodels.moc"
