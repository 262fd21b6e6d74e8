// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/choicemodel.h>

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Fixture
{
    ChoiceModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};

    QStringList lines() const
    {
        QStringList list;
        for (int row = 0; row < model.rowCount(); ++row) {
            const QModelIndex index = model.index(row);
            const QVariant mark = index.data(Qt::CheckStateRole);
            list << (mark.isValid() ? (mark.toInt() == Qt::Checked ? u"[x] "_s : u"[ ] "_s) : QString())
                    + index.data().toString();
        }
        return list;
    }
};

std::vector<VariableOption> services()
{
    return {{u"cart"_s, u"Cart"_s}, {u"checkout"_s, u"checkout"_s}, {u"search"_s, u"search"_s}};
}

} // namespace

class TestChoiceModel : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void oneOfSeveral()
    {
        Fixture f;
        f.model.begin(services(), {u"cart"_s}, false, false);
        QCOMPARE(f.lines(), (QStringList{u"Cart"_s, u"checkout"_s, u"search"_s}));
        f.model.setFilter(u"CH"_s);
        QCOMPARE(f.lines(), (QStringList{u"checkout"_s, u"search"_s, u"CH"_s})); // typed, takes as it is
        f.model.toggle(0);
        QCOMPARE(f.model.chosen(), QStringList{u"checkout"_s});
        f.model.toggle(2);
        QCOMPARE(f.model.chosen(), QStringList{u"CH"_s});
    }

    void severalAndAll()
    {
        Fixture f;
        f.model.begin(services(), {}, true, true);
        QCOMPARE(f.lines(), (QStringList{u"[x] All"_s, u"[ ] Cart"_s, u"[ ] checkout"_s, u"[ ] search"_s}));
        QSignalSpy changes(&f.model, &QAbstractItemModel::dataChanged);
        f.model.toggle(1);
        f.model.toggle(3);
        QCOMPARE(changes.size(), 2); // one a change, however many lines
        QCOMPARE(f.lines(), (QStringList{u"[ ] All"_s, u"[x] Cart"_s, u"[ ] checkout"_s, u"[x] search"_s}));
        f.model.toggle(1);
        QCOMPARE(f.model.chosen(), QStringList{u"search"_s});
        f.model.setFilter(u"ch"_s);
        f.model.chooseShown();
        QCOMPARE(f.model.chosen(), (QStringList{u"checkout"_s, u"search"_s}));
        f.model.setFilter({});
        f.model.toggle(0);
        QVERIFY(f.model.chosen().isEmpty());
        f.model.chooseOnly(2);
        QCOMPARE(f.model.chosen(), QStringList{u"checkout"_s});
    }

    void vanishedValuesStay()
    {
        Fixture f;
        f.model.begin(services(), {u"gone"_s, u"cart"_s}, true, true);
        QCOMPARE(f.lines().back(), u"[x] gone (not found)"_s);
        QVERIFY(f.model.index(4).data(ChoiceModel::MissingRole).toBool());
        f.model.setFilter(u"gon"_s);
        QCOMPARE(f.lines(), (QStringList{u"[x] gone (not found)"_s, u"[ ] gon"_s}));
    }

    void wordsInAnyOrder()
    {
        Fixture f;
        f.model.begin(
            {{u"prod-eu-checkout"_s, u"prod-eu-checkout"_s}, {u"prod-us"_s, u"prod-us"_s}}, {}, false, false);
        f.model.setFilter(u"eu prod"_s);
        QCOMPARE(f.model.shownOptions(), 1);
    }

    void boundsByHand()
    {
        Fixture f;
        f.model.begin(services(), {}, true, true);
        f.model.toggle(-1);
        f.model.toggle(4);
        f.model.chooseOnly(99);
        QVERIFY(f.model.chosen().isEmpty());
        QVERIFY(!f.model.data(f.model.index(4)).isValid());
        QCOMPARE(f.model.rowCount(f.model.index(0)), 0);
        f.model.begin({}, {}, false, false);
        QCOMPARE(f.model.rowCount(), 0);
        f.model.begin({{u"<b>x</b>\n"_s, u"<b>x</b>\n"_s}}, {}, false, false);
        QVERIFY(!f.lines().front().contains(u'\n'));
    }

    /// A letter typed over many options costs a fraction of a frame's budget even in a debug build.
    void tenThousandOptions()
    {
        std::vector<VariableOption> options;
        for (int i = 0; i < 10'000; ++i)
            options.push_back({u"pod-%1"_s.arg(i), u"pod-%1"_s.arg(i)});
        ChoiceModel model; // the tester looks at every line, which a view does not
        QElapsedTimer timer;
        timer.start();
        model.begin(options, {u"pod-77"_s}, true, true);
        model.setFilter(u"77"_s);
        QCOMPARE(model.index(0).data().toString(), u"pod-77"_s);
        qInfo("10,000 options: %lld ms", static_cast<long long>(timer.elapsed()));
        QCOMPARE(model.shownOptions(), 280);
    }
};

QTEST_APPLESS_MAIN(TestChoiceModel)
#include "tst_choicemodel.moc"
