// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/exporttext.h>

#include <support/hostiletext.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Every escaped character is a plain one; nothing in the rest may mean anything.
QString unescapedPart(const QString &markdown)
{
    static const QRegularExpression escaped(u"\\\\[!-/:-@\\[-`{-~]"_s);
    return QString(markdown).replace(escaped, u"x"_s);
}

QString shown(QString markdown)
{
    static const QRegularExpression escaped(u"\\\\([!-/:-@\\[-`{-~])"_s);
    return markdown.replace(escaped, u"\\1"_s);
}

} // namespace

class TestExportText : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void markdownIsInert()
    {
        for (const QString &text : hostileStrings()) {
            const QString out = markdownText(Untrusted(text));
            const QString bare = unescapedPart(out);
            QVERIFY2(!bare.contains(QRegularExpression(u"[`*_\\[\\]{}<>#|~&!$@\\n\\r]"_s)), qPrintable(out));
            QVERIFY2(!bare.contains(u"://"_s) && !bare.contains(u"www."_s), qPrintable(out));
            QVERIFY2(!bare.contains(QRegularExpression(u"^([-+=]|\\d+[.)]|\\s)"_s)), qPrintable(out));
            // Nothing was lost: without the escapes it is the text that people see.
            QString plain = render::plain(Untrusted(text));
            QString lines;
            for (const QString &line : plain.split(u'\n')) {
                if (!line.trimmed().isEmpty())
                    lines += (lines.isEmpty() ? u""_s : u" ⏎ "_s) + line.trimmed();
            }
            QCOMPARE(shown(out), lines.replace(u'\t', u' '));
        }
    }

    void linesStayLines()
    {
        QCOMPARE(markdownLines(Untrusted(u"one\n# two\n\n  three"_s)), u"one\\\n\\# two\\\nthree"_s);
        QCOMPARE(markdownText(Untrusted(u"a.b, 12. x - y"_s)), u"a.b, 12. x - y"_s);
        QCOMPARE(markdownText(Untrusted(u"12. x"_s)), u"12\\. x"_s);
    }

    void codeCannotEscape()
    {
        for (const QString &text : hostileStrings()) {
            const QStringList lines = markdownCode(Untrusted(text)).split(u'\n');
            const QString fence = lines.at(lines.size() - 2);
            QVERIFY(fence.size() >= 3 && fence == QString(fence.size(), u'`'));
            QCOMPARE(lines.front(), fence + u"text"_s);
            for (qsizetype i = 1; i < lines.size() - 2; ++i)
                QVERIFY(!lines.at(i).contains(fence));
        }
        QCOMPARE(markdownCode(Untrusted(u"a````b"_s)), u"`````text\na````b\n`````\n"_s);
    }

    void csvHasNoFormula()
    {
        for (const QString &text : hostileStrings()) {
            QString cell = render::csv(Untrusted(text));
            if (cell.startsWith(u'"'))
                cell = cell.mid(1, cell.size() - 2).replace(u"\"\""_s, u"\""_s);
            static const QRegularExpression formula(
                u"^[\\s\\x{0}\\x{200b}\\x{feff}\\x{2060}\\x{a0}]*[=+\\-@＝＋－＠]"_s);
            QVERIFY2(!formula.match(cell).hasMatch(), qPrintable(text));
            QVERIFY(cell == text || cell == u'\'' + text);
        }
        QCOMPARE(render::csv(Untrusted(u"10 - 5"_s)), u"10 - 5"_s);
    }

    void addresses_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QByteArray>("safe");
        QTest::newRow("plain") << u"https://prom.example/graph?g0.expr=up"_s
                               << QByteArray("https://prom.example/graph?g0.expr=up");
        QTest::newRow("special") << u"http://h.example/a%7Cb(c)'d"_s
                                 << QByteArray("http://h.example/a%7Cb%28c%29%27d");
        QTest::newRow("ipv6") << u"http://[::1]:9090/x"_s << QByteArray("http://[::1]:9090/x");
        for (const char *bad : {"javascript:alert(1)", "file:///etc/passwd", "//host/x", "data:text/html,x",
                 "/x", "https://", "https://user:secret@host/", "https://a b/", "", "vbscript:x", "ftp://h/x",
                 "http://h/a|b", "http://h/\"x"})
            QTest::newRow(bad) << QString::fromLatin1(bad) << QByteArray();
    }
    void addresses()
    {
        QFETCH(QString, address);
        QFETCH(QByteArray, safe);
        QCOMPARE(safeAddress(Untrusted(address)), safe);
    }

    void hostileAddresses()
    {
        for (const QString &text : hostileStrings()) {
            const QByteArray address = safeAddress(Untrusted(u"https://h.example/"_s + text));
            QVERIFY2(!address.contains('"') && !address.contains('<') && !address.contains('>')
                    && !address.contains('\'') && !address.contains('|') && !address.contains(' ')
                    && !address.contains('\n') && !address.contains(')'),
                address);
        }
    }

    void fileNames()
    {
        QCOMPARE(fileNameFrom(u"INC-2026-0042"_s), u"INC-2026-0042"_s);
        QCOMPARE(fileNameFrom(u"a/b c"_s), u"a-b-c"_s);
        QCOMPARE(fileNameFrom(u"../../.bashrc"_s), u"bashrc"_s);
        QCOMPARE(fileNameFrom(u"con"_s), u"incident-con"_s);
        QCOMPARE(fileNameFrom(u"lpt1.txt"_s), u"incident-lpt1.txt"_s);
        static const QRegularExpression allowed(u"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\\z"_s);
        for (const QString &text : hostileStrings()) {
            const QString name = fileNameFrom(text);
            QVERIFY2(allowed.match(name).hasMatch() && !name.contains(".."_L1 + u"/"_s), qPrintable(name));
        }
    }

    void times()
    {
        const Timestamp t = *parseRfc3339(u"2026-05-01T14:02:11.987654321Z");
        const TimeWriter berlin(QTimeZone("Europe/Berlin"), TimeWriter::Precision::Seconds);
        QCOMPARE(berlin.local(t), u"2026-05-01 16:02:11 +02:00"_s);
        QCOMPARE(berlin.utc(t), u"2026-05-01 14:02:11"_s);
        QCOMPARE(berlin.zoneName(), u"Europe/Berlin"_s);
        const TimeWriter newYork(QTimeZone("America/St_Johns"), TimeWriter::Precision::Milliseconds);
        QCOMPARE(newYork.local(t), u"2026-05-01 11:32:11.987 -02:30"_s);
        const TimeWriter utc(QTimeZone(), TimeWriter::Precision::Milliseconds);
        QVERIFY(utc.isUtc());
        QCOMPARE(utc.local(t), u"2026-05-01 14:02:11.987 UTC"_s);
        QCOMPARE(utc.iso(t), u"2026-05-01T14:02:11.987Z"_s);
        QCOMPARE(utc.utc(fromNs(-1)), u"1969-12-31 23:59:59.999"_s);
        // Both sides of a change of the clocks.
        QCOMPARE(berlin.local(*parseRfc3339(u"2026-10-25T00:59:59Z")), u"2026-10-25 02:59:59 +02:00"_s);
        QCOMPARE(berlin.local(*parseRfc3339(u"2026-10-25T01:00:00Z")), u"2026-10-25 02:00:00 +01:00"_s);
    }
};

QTEST_APPLESS_MAIN(TestExportText)
#include "tst_exporttext.moc"
