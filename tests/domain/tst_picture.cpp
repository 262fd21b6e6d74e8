// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/picture.h>

#include <support/hostiletext.h>

#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char *kSvg =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 50.3\" width=\"100\" height=\"50.3\" "
    "role=\"img\" aria-label=\"A &quot;strip&quot;\" font-family=\"sans-serif\">\n"
    "<polyline points=\"0,0 10,0\" fill=\"none\" stroke=\"#112233\" stroke-width=\"1.5\" "
    "stroke-dasharray=\"4 3\"/>\n"
    "<rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" fill=\"#445566\" fill-opacity=\"0.25\"/>\n"
    "<polygon points=\"0,0 1,0 1,1\" fill=\"#778899\"/>\n"
    "<text x=\"5\" y=\"6\" font-size=\"12\" text-anchor=\"end\" fill=\"#000000\">&lt;now&gt;</text>\n"
    "</svg>\n";

} // namespace

class TestPicture : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void exactText()
    {
        VectorPicture picture{{100, 50.25}, Untrusted(u"A \"strip\""_s),
            {PictureLine{{{0, 0}, {10.04, -0.04}}, "#112233", 1.5, true},
                PictureBox{{1, 2, 3, 4}, "#445566", 0.25}, PictureShape{{{0, 0}, {1, 0}, {1, 1}}, "#778899"},
                PictureText{{5, 6}, Untrusted(u"<now>"_s), "#000000", 12, PictureText::Anchor::End}}};
        QCOMPARE(svgOf(picture), QByteArray(kSvg));
    }

    void hostileTextStaysText()
    {
        const QStringList known{u"svg"_s, u"text"_s};
        for (const QString &text : hostileStrings()) {
            const VectorPicture picture{
                {10, 10}, Untrusted(text), {PictureText{{0, 0}, Untrusted(text), "#000000", 11, {}}}};
            QXmlStreamReader reader(svgOf(picture));
            QString content;
            while (!reader.atEnd()) {
                reader.readNext();
                if (reader.isStartElement())
                    QVERIFY(known.contains(reader.name().toString()));
                if (reader.isCharacters() && !reader.isWhitespace())
                    content += reader.text();
            }
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString() + u": "_s + text.left(80)));
            if (!text.contains(QChar(0xd800)))
                QCOMPARE(content.trimmed(), render::line(Untrusted(text), 200).trimmed());
        }
    }
};

QTEST_APPLESS_MAIN(TestPicture)
#include "tst_picture.moc"
