// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/sourceboard.h>

#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

SourceInfo source(const QString &id, const QString &kind = u"prometheus"_s, bool isDefault = false)
{
    SourceInfo info;
    info.id = {id};
    info.source = id;
    info.kind = kind;
    info.isDefault = isDefault;
    return info;
}

} // namespace

class TestSourceBoard : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void changesAreToldOnce()
    {
        SourceBoard board;
        QSignalSpy changes(&board, &SourceBoard::changed);
        board.update(source(u"a"_s));
        board.update(source(u"a"_s));
        QCOMPARE(changes.count(), 1);
        SourceInfo renamed = source(u"a"_s);
        renamed.title = u"A"_s;
        board.update(renamed);
        QCOMPARE(changes.count(), 2);
        QCOMPARE(board.sources().size(), size_t(1));
        QCOMPARE(board.find({u"a"_s})->title, u"A"_s);
        board.retain({{u"a"_s}});
        QCOMPARE(changes.count(), 2);
        board.retain({});
        QCOMPARE(changes.count(), 3);
        QVERIFY(!board.find({u"a"_s}));
    }

    void defaults()
    {
        SourceBoard board;
        QVERIFY(!board.defaultOf(u"prometheus"));
        board.update(source(u"a"_s));
        board.update(source(u"b"_s, u"prometheus"_s, true));
        board.update(source(u"c"_s, u"alertmanager"_s));
        QCOMPARE(board.defaultOf(u"prometheus")->id.id, u"b"_s);
        QCOMPARE(board.defaultOf(u"alertmanager")->id.id, u"c"_s);
        board.retain({{u"a"_s}});
        QCOMPARE(board.defaultOf(u"prometheus")->id.id, u"a"_s);
    }
};

QTEST_GUILESS_MAIN(TestSourceBoard)
#include "tst_sourceboard.moc"
