// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/safelinks.h>
#include <widgets/base/safetext.h>

#include <QAction>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QTextEdit>

#include <sys/stat.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

/// What somebody may put into a label: each would be markup for a widget that sniffs.
QStringList hostile()
{
    return {u"<b>bold</b>"_s, u"<img src=\"file:///etc/passwd\">"_s,
        u"<a href=\"file:///bin/sh\">click</a>"_s, u"<qt><h1>x</h1></qt>"_s, u"&lt;b&gt;"_s, u"a &amp; b"_s,
        u"<!DOCTYPE html><html><body>x"_s, u"<table><tr><td>1</td></tr></table>"_s,
        u"<style>*{color:red}</style>"_s, u"</qt><b>out"_s, u"<p style=\"font-size:99px\">big"_s,
        u"<br><br><br>"_s, u"plain"_s, u"1 < 2 > 0"_s, u"\"quoted\" 'too'"_s, u"two\nlines <i>x</i>"_s};
}

} // namespace

class TestSafeText : public QObject
{
    Q_OBJECT
private slots:
    /// The offscreen platform says of every dialog that it cannot pass size hints on.
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support propagateSizeHints)"_s));
    }

    void tipsShowWhatTheyWereGiven_data() { rows(); }
    void tipsShowWhatTheyWereGiven();
    void labelsStayPlain_data() { rows(); }
    void labelsStayPlain();
    void boxesStayPlain_data() { rows(); }
    void boxesStayPlain();
    void askRunsOnlyOnYes();
    void labelElides();
    void documentLoadsNothing();
    void links_data();
    void links();
    void openerAsksOncePerHost();

private:
    static void rows()
    {
        QTest::addColumn<QString>("text");
        for (const QString &text : hostile())
            QTest::newRow(qPrintable(text)) << text;
    }
};

void TestSafeText::tipsShowWhatTheyWereGiven()
{
    QFETCH(QString, text);
    QTextDocument document;
    document.setHtml(tip(text));
    QCOMPARE(document.toPlainText(), text);
    QVERIFY(!document.allFormats().isEmpty());
    for (const QTextFormat &format : document.allFormats()) {
        QVERIFY(!format.isImageFormat());
        QVERIFY(!format.toCharFormat().isAnchor());
    }
    QVERIFY(Qt::mightBeRichText(tip(text))); // or the escapes would be seen
    QWidget widget;
    setTip(&widget, text);
    QCOMPARE(widget.toolTip(), tip(text));
    QAction action;
    setTip(&action, text);
    QCOMPARE(action.toolTip(), tip(text));
    QVERIFY(tip(QString()).isEmpty());
}

void TestSafeText::labelsStayPlain()
{
    QFETCH(QString, text);
    PlainLabel label(text);
    QCOMPARE(label.textFormat(), Qt::PlainText);
    QCOMPARE(label.text(), text);
    // A label that obeyed markup would be as wide as the visible rest of it.
    QVERIFY(
        label.sizeHint().width() >= label.fontMetrics().boundingRect(text.section(u'\n', 0, 0)).width() - 2);
    label.setUntrusted(Untrusted(text + QChar(0x202e)));
    QVERIFY(!label.text().contains(QChar(0x202e)));
    QVERIFY(!label.text().contains(u'\n'));
}

void TestSafeText::boxesStayPlain()
{
    QFETCH(QString, text);
    PlainMessageBox *box = PlainMessageBox::inform(nullptr, QMessageBox::Warning, text, text, text);
    QCOMPARE(box->textFormat(), Qt::PlainText);
    int shown = 0;
    for (const QLabel *label : box->findChildren<QLabel *>()) {
        if (label->text() == text) {
            QCOMPARE(label->textFormat(), Qt::PlainText);
            ++shown;
        }
    }
    QCOMPARE(shown, 1);
    for (const QTextEdit *edit : box->findChildren<QTextEdit *>())
        QCOMPARE(edit->toPlainText(), text);
    delete box;
}

void TestSafeText::askRunsOnlyOnYes()
{
    int ran = 0;
    for (const bool yes : {false, true}) {
        PlainMessageBox *box =
            PlainMessageBox::ask(nullptr, u"t"_s, u"Delete it?"_s, u"Delete"_s, [&] { ++ran; });
        QCOMPARE(box->defaultButton()->text().remove(u'&'), u"Cancel"_s);
        for (QAbstractButton *button : box->buttons()) {
            if ((box->buttonRole(button) == QMessageBox::AcceptRole) == yes) {
                button->click();
                break;
            }
        }
        QCOMPARE(ran, yes ? 1 : 0);
    }
}

void TestSafeText::labelElides()
{
    PlainLabel label(u"a name that is much too long for its column"_s);
    const int full = label.minimumSizeHint().width();
    label.setElideMode(Qt::ElideRight);
    QVERIFY(label.minimumSizeHint().width() < full / 3);
    label.resize(80, 24);
    QImage image(80, 24, QImage::Format_RGB32);
    image.fill(Qt::white);
    label.render(&image);
    QCOMPARE(label.text(), u"a name that is much too long for its column"_s);
}

void TestSafeText::documentLoadsNothing()
{
    // A named pipe in place of the file: opening it would wait for a writer that never comes.
    QTemporaryDir dir;
    QVERIFY(dir.isValid());
    const QByteArray pipe = QFile::encodeName(dir.filePath(u"secret.png"_s));
    QCOMPARE(mkfifo(pipe.constData(), 0600), 0);
    const QString path = QString::fromLocal8Bit(pipe);
    SafeTextDocument document;
    document.setHtml(
        u"<head><link rel=stylesheet href=\"%1\"></head><body><img src=\"file://%1\"><img src=\"%1\">"
        "<img src=\"http://127.0.0.1:9/x.png\"><p>text</p>"_s.arg(path));
    QImage image(200, 100, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    document.setTextWidth(200);
    document.drawContents(&painter);
    painter.end();
    QVERIFY(document.toPlainText().contains(u"text"_s));
    const QVariant placeholder = document.resource(QTextDocument::ImageResource, QUrl::fromLocalFile(path));
    QCOMPARE(placeholder.value<QImage>().size(), QSize(1, 1));
}

void TestSafeText::links_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("host"); // empty: refused
    QTest::newRow("https") << u"https://grafana.example/d/1?x=y#z"_s << u"grafana.example"_s;
    QTest::newRow("http with port") << u"http://prom.example:9090/graph"_s << u"prom.example:9090"_s;
    QTest::newRow("upper case") << u"HTTPS://Example.ORG/"_s << u"example.org"_s;
    QTest::newRow("IPv4") << u"http://10.0.0.1/x"_s << u"10.0.0.1"_s;
    QTest::newRow("IPv6") << u"http://[2001:db8::1]:8080/"_s << u"2001:db8::1:8080"_s;
    QTest::newRow("punycode") << u"https://xn--80ak6aa92e.com/"_s << u"xn--80ak6aa92e.com"_s;
    QTest::newRow("no path") << u"https://example.org"_s << u"example.org"_s;
    QTest::newRow("unicode path") << u"https://example.org/wiki/Größe"_s << u"example.org"_s;
    for (const QString &bad :
        {u"file:///etc/passwd"_s, u"javascript:alert(1)"_s, u"smb://host/share"_s, u"vscode://file/x"_s,
            u"ftp://example.org/"_s, u"data:text/html,x"_s, u"mailto:a@b.c"_s, u"//example.org"_s,
            u"example.org"_s, u"/usr/share/applications/x.desktop"_s, u""_s, u"https://"_s,
            u"https:///path"_s, u"https:example.org"_s, u"http:/example.org"_s,
            u"https://user@example.org/"_s, u"https://example.org@evil.test/"_s,
            u"https://user:pw@example.org/"_s, u"https://exa mple.org/"_s, u"https://example.org/a b"_s,
            u"https://example.org\\@evil.test/"_s, u"https://example.org\\evil"_s, u" https://example.org/"_s,
            u"https://example.org/\n"_s, u"https://example.org/\nX: y"_s, u"https://example.org:99999/"_s,
            u"https://example.org:x/"_s, u"https://example.org:/-"_s + QChar(0), u"https://ехample.org/"_s,
            u"https://example。org/"_s, u"https://-evil.test/"_s, u"jar:https://x/!/"_s, u"https://0x7f.1/"_s,
            u"view-source:https://x.org"_s, u"HTTP\u200b://x.org/"_s, u"https://example.org/\u0000"_s,
            u"https://[::1"_s, u"https://[fe80::1%25eth0]/"_s, u"file://C:/x"_s})
        QTest::newRow(qPrintable(u"refused: "_s + bad)) << bad << QString();
}

void TestSafeText::links()
{
    QFETCH(QString, text);
    QFETCH(QString, host);
    const Result<QUrl> url = checkedWebLink(text);
    if (host.isEmpty()) {
        QVERIFY2(!url, qPrintable(url ? url->toString() : QString()));
        QCOMPARE(url.error().kind, Error::Kind::Invalid);
        return;
    }
    QVERIFY2(url, qPrintable(url ? QString() : url.error().message));
    QCOMPARE(shownHost(*url), host);
}

void TestSafeText::openerAsksOncePerHost()
{
    QWidget window;
    QStringList opened;
    LinkOpener opener(nullptr, [&](const QUrl &url) { opened << url.toString(); });
    const auto answer = [&](QMessageBox::ButtonRole role) {
        auto *box = window.findChild<PlainMessageBox *>();
        QVERIFY(box);
        QVERIFY(box->text().contains(u"wiki.example"_s) || role == QMessageBox::InvalidRole);
        for (QAbstractButton *button : box->buttons()) {
            if (box->buttonRole(button) == role || role == QMessageBox::InvalidRole)
                button->click();
        }
        delete box;
    };
    opener.open(u"https://wiki.example/a"_s, &window);
    QVERIFY(opened.isEmpty());
    answer(QMessageBox::RejectRole);
    QVERIFY(opened.isEmpty());
    opener.open(u"https://wiki.example/a"_s, &window);
    answer(QMessageBox::AcceptRole);
    QCOMPARE(opened, QStringList{u"https://wiki.example/a"_s});
    opener.open(u"https://wiki.example/b"_s, &window); // known now
    QCOMPARE(opened.size(), 2);
    opener.open(u"file:///etc/passwd"_s, &window);
    answer(QMessageBox::InvalidRole); // the refusal
    QCOMPARE(opened.size(), 2);
}

QTEST_MAIN(TestSafeText)
#include "tst_safetext.moc"
