// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/siblinggroups.h>
#include <widgets/traces/traceview.h>
#include <widgets/traces/waterfallview.h>

#include <QCheckBox>
#include <QLineEdit>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabBar>
#include <QTest>

#include <support/tracetext.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const char *kShop = "web GET /          0..1000 server\n" // 0
                    "  cart get         10..200 client\n" // 1
                    "    redis GET      20..100 client\n" // 2
                    "  pay charge       300..900 client error\n" // 3
                    "    bank transfer  350..800 client error\n" // 4
                    "      net dial     360..400 client\n" // 5
                    "  mail send        950..990 producer\n"; // 6

} // namespace

class TestWaterfall : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        view = std::make_unique<WaterfallView>();
        view->resize(1000, 400);
        view->show();
        show(tracetext::trace(kShop));
    }
    void cleanup() { view.reset(); }

    void movesThroughLines()
    {
        QCOMPARE(view->currentRow(), 0);
        press(Qt::Key_Down);
        press(Qt::Key_Down);
        QCOMPARE(view->currentRow(), 2);
        press(Qt::Key_End);
        QCOMPARE(view->currentRow(), 6);
        press(Qt::Key_Down); // there is no line below
        QCOMPARE(view->currentRow(), 6);
        press(Qt::Key_Home);
        QCOMPARE(view->currentRow(), 0);
        press(Qt::Key_Up);
        QCOMPARE(view->currentRow(), 0);
    }
    void collapsesAndExpands()
    {
        view->setCurrentRow(3);
        press(Qt::Key_Left);
        QCOMPARE(view->fold().lines().size(), size_t(5));
        QCOMPARE(view->currentRow(), 3);
        press(Qt::Key_Left); // closed already: to the caller
        QCOMPARE(view->currentRow(), 0);
        view->setCurrentRow(3);
        press(Qt::Key_Right);
        QCOMPARE(view->fold().lines().size(), size_t(7));
        press(Qt::Key_Right); // open already: to the first callee
        QCOMPARE(view->currentRow(), 4);
        press(Qt::Key_E, Qt::ShiftModifier);
        QCOMPARE(view->fold().lines().size(), size_t(1));
        press(Qt::Key_2);
        QCOMPARE(view->fold().lines().size(), size_t(6)); // all but the third level below
        press(Qt::Key_E);
        QCOMPARE(view->fold().lines().size(), size_t(7));
    }
    void errorsOneAfterTheOther()
    {
        press(Qt::Key_N);
        QCOMPARE(view->currentRow(), 3);
        press(Qt::Key_N);
        QCOMPARE(view->currentRow(), 4);
        press(Qt::Key_N); // from the top again
        QCOMPARE(view->currentRow(), 3);
        press(Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(view->currentRow(), 4);
        press(Qt::Key_U);
        QCOMPARE(view->currentRow(), 3);
    }
    void anErrorInAClosedBranchIsRevealed()
    {
        press(Qt::Key_E, Qt::ShiftModifier);
        press(Qt::Key_N);
        QCOMPARE(view->currentRow(), 3);
        QVERIFY(view->fold().lineOf(3) > 0);
    }
    void zoomsOnTime()
    {
        QCOMPARE(view->window(), (TraceWindow{0, 1'000'000'000}));
        view->setCurrentRow(5);
        press(Qt::Key_Z);
        QVERIFY(view->window().begin <= 360'000'000 && view->window().begin > 350'000'000);
        QVERIFY(view->window().end >= 400'000'000 && view->window().end < 410'000'000);
        const qint64 span = view->window().span();
        press(Qt::Key_Plus);
        QVERIFY(view->window().span() < span);
        press(Qt::Key_0);
        QCOMPARE(view->window(), (TraceWindow{0, 1'000'000'000}));
        press(Qt::Key_Minus); // nothing is beyond the whole
        QCOMPARE(view->window(), (TraceWindow{0, 1'000'000'000}));
        for (int i = 0; i < 100; ++i)
            press(Qt::Key_Plus);
        QVERIFY(view->window().span() >= 100);
        press(Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(view->window().begin >= 0 && view->window().end <= 1'000'000'000);
    }
    void dragSelectsTime()
    {
        const int left = 500, right = 700;
        QTest::mousePress(view->viewport(), Qt::LeftButton, {}, {left, 100});
        for (const QPointF at : {QPointF(left + 20, 100), QPointF(right, 100)}) {
            QMouseEvent move(QEvent::MouseMove, at, at, Qt::NoButton, Qt::LeftButton, {});
            QCoreApplication::sendEvent(view->viewport(), &move);
        }
        QTest::mouseRelease(view->viewport(), Qt::LeftButton, {}, {right, 100});
        // 200 of the about 560 pixels that are time.
        QVERIFY2(view->window().span() > 300'000'000 && view->window().span() < 420'000'000,
            qPrintable(QString::number(view->window().span())));
        QVERIFY(view->window().begin > 150'000'000 && view->window().begin < 300'000'000);
    }
    void siblingsAreFoldedAndOpened()
    {
        show(tracetext::wideTrace(413));
        QCOMPARE(view->fold().lines().size(), size_t(2)); // the root, and 412 in one line
        QVERIFY(view->fold().lines()[1].isGroup);
        press(Qt::Key_Down);
        press(Qt::Key_Right);
        QCOMPARE(view->fold().lines().size(), size_t(414));
        press(Qt::Key_Right);
        QCOMPARE(view->currentRow(), 1);
        QVERIFY(!view->fold().lines()[2].isGroup);
        press(Qt::Key_Left); // to the heading
        press(Qt::Key_Left); // closes it
        QCOMPARE(view->fold().lines().size(), size_t(2));
    }
    void onlyLinesOnScreenArePainted()
    {
        show(tracetext::randomTrace(200'000, 3));
        press(Qt::Key_E);
        QVERIFY(view->fold().lines().size() >= 200'000); // headings of groups beside
        view->verticalScrollBar()->setValue(150'000);
        const QImage picture = view->grab().toImage(); // would take minutes if every span were painted
        QVERIFY(!picture.isNull());
        press(Qt::Key_End);
        QCOMPARE(view->currentRow(), view->fold().lines().back().row);
    }
    void deepAndEmptyTraces()
    {
        show(tracetext::deepTrace(100'000));
        press(Qt::Key_End);
        QCOMPARE(view->currentRow(), 99'999);
        view->grab();
        show(Trace());
        for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Left, Qt::Key_Right, Qt::Key_N, Qt::Key_Z,
                 Qt::Key_Plus, Qt::Key_E, Qt::Key_M, Qt::Key_U, Qt::Key_Return, Qt::Key_End})
            press(key);
        view->grab();
        QCOMPARE(view->currentRow(), -1);
    }

    void traceViewFilters()
    {
        TraceView whole;
        whole.resize(1200, 700);
        QSignalSpy shown(&whole, &TraceView::shown);
        whole.showTrace(tracetext::trace(kShop), u"test"_s, QTimeZone::utc());
        QTRY_COMPARE(shown.count(), 1);
        whole.setFilter(u"redis"_s);
        QTRY_VERIFY(whole.isSettled());
        QCOMPARE(whole.waterfall().fold().lines().size(), size_t(3)); // redis and its ancestors
        QCOMPARE(whole.waterfall().currentRow(), 2);
        whole.setFilter(u"error"_s);
        QTRY_VERIFY(whole.isSettled());
        QCOMPARE(whole.waterfall().fold().lines().size(), size_t(3));
        whole.setFilter(u">"_s); // not readable: what was shown stays
        QTRY_VERIFY(whole.isSettled());
        QCOMPARE(whole.waterfall().fold().lines().size(), size_t(3));
        whole.setFilter({});
        QCOMPARE(whole.waterfall().fold().lines().size(), size_t(7));
    }
    void traceViewOpensAtASpan()
    {
        TraceView whole;
        whole.resize(1200, 700);
        const Trace trace = tracetext::trace(kShop);
        QSignalSpy shown(&whole, &TraceView::shown);
        whole.showTrace(trace, u"test"_s, QTimeZone::utc(), trace.spanId(4));
        QTRY_COMPARE(shown.count(), 1);
        QCOMPARE(whole.waterfall().currentRow(), 4);
        whole.showMessage(u"gone"_s, true);
        QVERIFY(whole.trace().isEmpty());
    }
    void clocksAreCorrectedOnRequest()
    {
        TraceView whole;
        whole.resize(1200, 700);
        QSignalSpy shown(&whole, &TraceView::shown);
        whole.showTrace(tracetext::trace("web GET / 6000..6100 client\n  far work 1000..1080 server\n"),
            u"test"_s, QTimeZone::utc());
        QTRY_COMPARE(shown.count(), 1);
        QCOMPARE(whole.waterfall().trace().facts().skewed, 1);
        QCheckBox *correct = nullptr;
        for (QCheckBox *box : whole.findChildren<QCheckBox *>()) {
            if (box->text().contains(u"clocks"_s))
                correct = box;
        }
        QVERIFY(correct && !correct->isHidden());
        correct->click();
        QVERIFY(correct->isChecked());
        QTRY_COMPARE(shown.count(), 2);
        QCOMPARE(whole.waterfall().trace().facts().skewed, 0);
    }

private:
    void show(const Trace &trace) { view->setTrace(trace, siblingGroups(trace), criticalPath(trace)); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(view.get(), key, modifiers);
    }

    std::unique_ptr<WaterfallView> view;
};

QTEST_MAIN(TestWaterfall)
#include "tst_waterfall.moc"
