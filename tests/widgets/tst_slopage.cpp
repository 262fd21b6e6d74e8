// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfakes.h"

#include <domain/slo/sloport.h>
#include <widgets/slo/slopage.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QListWidget>
#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

class TestSloPage : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s)); }

    void copyTakesTheObjectiveNotItsLine()
    {
        FakeOwn own;
        SloBoard board;
        SloStatus status;
        status.key = status.slo.id = u"checkout-answers"_s;
        status.slo.title = u"Checkout answers"_s;
        board.set({status}, {}, {}, {});
        SloPage page(board, own);
        page.resize(900, 600);
        page.show();
        page.open(u"checkout-answers"_s);
        auto *list = page.findChild<QListWidget *>();
        QVERIFY(list && list->count() == 1);
        list->setCurrentRow(0);
        for (QWidget *focused : {static_cast<QWidget *>(list), static_cast<QWidget *>(&page)}) {
            QGuiApplication::clipboard()->clear();
            QTest::keyClick(focused, Qt::Key_C, Qt::ControlModifier);
            const QString text = QGuiApplication::clipboard()->text();
            QVERIFY2(text.contains(u"checkout-answers"_s) || text.contains(u'\n'), qPrintable(text));
            QVERIFY(text != list->item(0)->text());
        }
    }
};

QTEST_MAIN(TestSloPage)
#include "tst_slopage.moc"
