// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/identity.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using How = IdentityMatch::How;

class TestIdentity : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void matches_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("candidates");
        QTest::addColumn<IdentityMatch>("expected");
        const QStringList shop{u"shop/checkout"_s, u"Cart"_s, u"web_front"_s};
        QTest::newRow("exact") << u"Cart"_s << shop << IdentityMatch{How::Exact, u"Cart"_s};
        QTest::newRow("exact before alias")
            << u"Cart"_s << QStringList{u"basket"_s, u"Cart"_s} << IdentityMatch{How::Exact, u"Cart"_s};
        QTest::newRow("alias") << u"basket"_s << shop << IdentityMatch{How::Alias, u"Cart"_s};
        QTest::newRow("prefix") << u"checkout"_s << shop
                                << IdentityMatch{How::Normalised, u"shop/checkout"_s};
        QTest::newRow("case") << u"CART"_s << shop << IdentityMatch{How::Normalised, u"Cart"_s};
        QTest::newRow("separators") << u"web-front"_s << shop
                                    << IdentityMatch{How::Normalised, u"web_front"_s};
        QTest::newRow("none") << u"search"_s << shop << IdentityMatch();
        QTest::newRow("two fit") << u"cart"_s << QStringList{u"a/cart"_s, u"b/cart"_s} << IdentityMatch();
        QTest::newRow("empty") << QString() << QStringList{QString()} << IdentityMatch();
    }
    void matches()
    {
        QFETCH(QString, name);
        QFETCH(QStringList, candidates);
        QTEST(matchIdentity(name, candidates, {{u"basket"_s, u"Cart"_s}}), "expected");
    }

    void itIsSaidHow()
    {
        QVERIFY(describeMatch(u"a"_s, {How::Exact, u"a"_s}).isEmpty());
        QVERIFY(describeMatch(u"a"_s, {How::Alias, u"b"_s}).contains(u"aliases"_s));
        QVERIFY(describeMatch(u"a"_s, {How::Normalised, u"x/a"_s}).contains(u"x/a"_s));
    }

    void fieldsAndOthers()
    {
        const Labels labels = Labels::fromPairs({{Untrusted(u"app"_s), Untrusted(u"cart"_s)},
            {Untrusted(u"job"_s), Untrusted(u"kubelet"_s)}, {Untrusted(u"env"_s), Untrusted(u"prod"_s)}});
        QCOMPARE(identityField(labels, u"service"_s), u"cart"_s);
        QCOMPARE(identityField(labels, u"environment"_s), u"prod"_s);
        QCOMPARE(identityField(labels, u"nothing"_s), QString());
        QVERIFY(!isOfOther(labels, {}));
        QVERIFY(!isOfOther(labels, {{u"service"_s, u"shop/cart"_s}}));
        QVERIFY(isOfOther(labels, {{u"service"_s, u"checkout"_s}}));
        QVERIFY(isOfOther(labels, {{u"service"_s, u"cart"_s}, {u"environment"_s, u"test"_s}}));
        QVERIFY(!isOfOther(labels, {{u"cluster"_s, u"eu"_s}})); // it does not say
        QVERIFY(!isOfOther(labels, {{u"service"_s, u"basket"_s}}, {{u"basket"_s, u"cart"_s}}));
    }
};

QTEST_APPLESS_MAIN(TestIdentity)
#include "tst_identity.moc"
