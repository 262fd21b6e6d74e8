// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/compose.h>
#include <domain/incidents/entrytext.h>
#include <items/roles.h>
#include <items/timelinemodel.h>
#include <support/incidententries.h>

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

TimelineEntries shared(const std::vector<TimelineEntry> &entries)
{
    return std::make_shared<const std::vector<CuratedEntry>>(curate(entries));
}

QStringList texts(const TimelineModel &model)
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(); ++row)
        lines += model.index(row, TimelineModel::Text).data().toString();
    return lines;
}

void show(TimelineModel &model, const TimelineEntries &entries, const TimelineFilter &filter)
{
    model.setRows(entries, matchingEntries(*entries, filter));
}

EntryMaker day()
{
    EntryMaker maker;
    maker.add(u"incident.declared"_s, u"checkout fails"_s, {{u"key"_s, u"INC-1"_s}});
    maker.wait(60).add(u"alert.fired"_s, u"HighErrorRate"_s);
    maker.wait(60).add(u"note.text"_s, u"pool is exhausted"_s);
    maker.wait(60).add(u"alert.notified"_s, u"mail"_s);
    auto &other = maker.wait(60).add(u"note.finding"_s, u"deploy of 11:58"_s);
    other.actor = {Actor::Type::Person, u"ben"_s, Untrusted(u"Ben"_s)};
    return maker;
}

} // namespace

class tst_timelinemodel : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void filters_data()
    {
        QTest::addColumn<TimelineFilter>("filter");
        QTest::addColumn<QStringList>("expected");
        const QString declared = u"checkout fails"_s, fired = u"HighErrorRate"_s,
                      note = u"pool is exhausted"_s, mail = u"mail"_s, finding = u"deploy of 11:58"_s;
        const auto with = [](auto change) {
            TimelineFilter filter;
            filter.minimum = EntryLevel::Trace;
            change(filter);
            return filter;
        };
        QTest::newRow("everything") << with([](auto &) {})
                                    << QStringList{declared, fired, note, mail, finding};
        QTest::newRow("log") << with([](auto &f) { f.minimum = EntryLevel::Log; })
                             << QStringList{declared, fired, note, finding};
        QTest::newRow("timeline") << TimelineFilter() << QStringList{declared, note, finding};
        QTest::newRow("key") << with([](auto &f) { f.minimum = EntryLevel::Key; }) << QStringList{declared};
        QTest::newRow("public") << with([](auto &f) { f.minimum = EntryLevel::Public; }) << QStringList{};
        QTest::newRow("group") << with([](auto &f) { f.group = u"alert"_s; }) << QStringList{fired, mail};
        QTest::newRow("person") << with([](auto &f) { f.person = u"ben"_s; }) << QStringList{finding};
        QTest::newRow("words in any order and case")
            << with([](auto &f) { f.text = u"EXHAUSTED pool"_s; }) << QStringList{note};
        QTest::newRow("who is a word too")
            << with([](auto &f) { f.text = u"ben"_s; }) << QStringList{finding};
        QTest::newRow("no such") << with([](auto &f) { f.text = u"nowhere"_s; }) << QStringList{};
    }
    void filters()
    {
        QFETCH(TimelineFilter, filter);
        TimelineModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        show(model, shared(day().entries()), filter);
        QFETCH(QStringList, expected);
        QCOMPARE(texts(model), expected);
    }

    void editsTombstonesAndStarsChangeRowsInPlace()
    {
        EntryMaker maker = day();
        TimelineModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        show(model, shared(maker.entries()), {});
        const QPersistentModelIndex note(model.index(1, TimelineModel::Text));
        QCOMPARE(note.data().toString(), u"pool is exhausted"_s);
        const TimelineEntry first = maker.entries()[2];

        TimelineEntry edit = compose::edited(first, u"pool of payment is exhausted"_s, {}, first.at);
        TimelineEntry &added = maker.wait(5).add(u"note.text"_s);
        edit.id = added.id;
        edit.hlc = added.hlc;
        edit.seq = added.seq;
        edit.writer = added.writer;
        added = edit;
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        show(model, shared(maker.entries()), {});
        QCOMPARE(removed.size(), 0);
        QVERIFY(note.isValid());
        QCOMPARE(note.data().toString(), u"pool of payment is exhausted (edited)"_s);
        QCOMPARE(model.rowOf(first.id), note.row());

        const TimelineEntry star = compose::star(first.id, true);
        maker.add(star.kind, {}, star.data).level = star.level;
        show(model, shared(maker.entries()), {});
        QVERIFY(model.entryAt(note.row()).starred);
        QVERIFY(model.entryAt(note.row()).level >= EntryLevel::Key);

        const TimelineEntry gone = compose::deleted(first.id, u"wrong pool"_s);
        maker.add(gone.kind, {}, gone.data).level = gone.level;
        show(model, shared(maker.entries()), {});
        QVERIFY(!note.isValid());
        TimelineFilter all;
        all.showHidden = true;
        show(model, shared(maker.entries()), all);
        QVERIFY(texts(model).filter(u"(deleted)"_s).size() >= 1);
    }

    void marksAreOfEntries()
    {
        EntryMaker maker = day();
        TimelineModel model;
        show(model, shared(maker.entries()), {});
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setMarks({{maker.entries()[4].id, SaveMark::NotSaved}});
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.front().front().toModelIndex().row(), 2);
        QCOMPARE(SaveMark(model.index(2, 0).data(StateRole).toInt()), SaveMark::NotSaved);
        model.setMarks({});
        QCOMPARE(model.markAt(2), SaveMark::Saved);
    }

    /// Whatever came and went, the signals give a plain list the model's rows.
    void randomSnapshotsKeepTheRows()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo() << "seed" << seed;
        QRandomGenerator random(seed);
        TimelineModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        EntryMaker maker;
        const QStringList kinds{u"note.text"_s, u"alert.fired"_s, u"task.opened"_s, u"alert.notified"_s};
        for (int round = 0; round < 60; ++round) {
            for (int i = 0; i < 5; ++i) {
                auto &entry =
                    maker.wait(1).add(kinds[random.bounded(4)], u"entry %1"_s.arg(random.bounded(100'000)));
                entry.at -= std::chrono::seconds(random.bounded(30)); // inserted between others
            }
            TimelineFilter filter;
            filter.minimum = EntryLevel(random.bounded(4));
            const TimelineEntries entries = shared(maker.entries());
            const std::vector<int> rows = matchingEntries(*entries, filter);
            model.setRows(entries, rows);
            QCOMPARE(size_t(model.rowCount()), rows.size());
            for (int row = 0; row < model.rowCount(); ++row)
                QVERIFY(model.entryAt(row).entry.id == (*entries)[size_t(rows[size_t(row)])].entry.id);
        }
    }

    /// A pass over the rows; anything squared would run into the time limit of every test.
    void oneMoreOfAHundredThousandIsOneRow()
    {
        EntryMaker maker;
        for (int i = 0; i < 100'000; ++i)
            maker.wait(1).add(i % 3 ? u"note.text"_s : u"alert.fired"_s, u"entry"_s);
        const TimelineEntries before = shared(maker.entries());
        std::vector<CuratedEntry> more = *before;
        more.push_back(curate(std::vector{maker.wait(1).add(u"note.text"_s, u"one more"_s)}).front());
        const TimelineEntries after = std::make_shared<std::vector<CuratedEntry>>(std::move(more));
        TimelineFilter all;
        all.minimum = EntryLevel::Trace;
        const std::vector<int> rowsBefore = matchingEntries(*before, all),
                               rowsAfter = matchingEntries(*after, all);
        TimelineModel model;
        model.setRows(before, rowsBefore);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.setRows(after, rowsAfter);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(model.rowCount(), 100'001);
    }
};

QTEST_GUILESS_MAIN(tst_timelinemodel)
#include "tst_timelinemodel.moc"
