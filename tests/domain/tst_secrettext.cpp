// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/secrettext.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestSecretText : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void removes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const QString gone = u"[secret removed]"_s;
        QTest::newRow("nothing") << u"the pool is full: 12 of 12"_s << u"the pool is full: 12 of 12"_s;
        QTest::newRow("word alone") << u"the password was rotated"_s << u"the password was rotated"_s;
        QTest::newRow("assignment") << u"DB_PASSWORD=hunter22 ok"_s << u"DB_PASSWORD="_s + gone + u" ok"_s;
        QTest::newRow("json") << u"{\"api_key\": \"abcdef123\"}"_s << u"{\"api_key\": \""_s + gone + u"\"}"_s;
        QTest::newRow("header") << u"Authorization: Bearer abc.def-ghi\nnext"_s
                                << u"Authorization: Bearer "_s + gone + u"\nnext"_s;
        QTest::newRow("address") << u"postgres://app:s3cret@db/x"_s << u"postgres://"_s + gone + u"@db/x"_s;
        QTest::newRow("aws") << u"id AKIAABCDEFGHIJKLMNOP here"_s << u"id "_s + gone + u" here"_s;
        QTest::newRow("github") << u"ghp_abcdefghijklmnopqrstuvwx"_s << gone;
        QTest::newRow("jwt") << u"x eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM y"_s << u"x "_s + gone + u" y"_s;
        QTest::newRow("key") << u"a\n-----BEGIN RSA "_s
                + u"PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb"_s
                             << u"a\n"_s + gone + u"\nb"_s;
        QTest::newRow("half a pair") << QString(QChar(0xd800)) + u" token=abcdef"_s
                                     << QString(QChar(0xfffd)) + u" token="_s + gone;
        QTest::newRow("argument") << u"curl --token s3cr3tvalue --max-time 5"_s
                                  << u"curl --token "_s + gone + u" --max-time 5"_s;
        QTest::newRow("argument of a file") << u"x --token-file /etc/t --password-stdin --v"_s
                                            << u"x --token-file /etc/t --password-stdin --v"_s;
        QTest::newRow("quoted with spaces")
            << u"password=\"correct horse\" next"_s << u"password=\""_s + gone + u"\" next"_s;
        QTest::newRow("single quotes") << u"secret: 'a b c', x"_s << u"secret: '"_s + gone + u"', x"_s;
        QTest::newRow("escaped json")
            << u"\"{\\\"password\\\":\\\"a b\\\"}\""_s << u"\"{\\\"password\\\":\\\""_s + gone + u"\\\"}\""_s;
        QTest::newRow("cut key") << u"-----BEGIN "_s + u"PRIVATE KEY-----\nMII"_s << gone;
    }
    void removes()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        int removed = 0;
        QCOMPARE(withoutSecrets(text, removed), expected);
        QCOMPARE(removed, int(expected.count("[secret removed]"_L1)));
        // Once is enough.
        int again = 0;
        QCOMPARE(withoutSecrets(expected, again), expected);
    }

    void namesOfCredentials_data()
    {
        QTest::addColumn<bool>("isOne");
        for (const char *name : {"password", "DB_PASSWORD", "api-key", "Authorization", "x-api-key", "tokens",
                 "client_secret", "session.id"})
            QTest::newRow(name) << true;
        for (const char *name : {"pod", "author", "passenger", "token_count", "keyboard", ""})
            QTest::newRow(name) << false;
    }
    void namesOfCredentials()
    {
        QFETCH(bool, isOne);
        QCOMPARE(isCredentialName(QString::fromLatin1(QTest::currentDataTag())), isOne);
    }
};

QTEST_APPLESS_MAIN(TestSecretText)
#include "tst_secrettext.moc"
