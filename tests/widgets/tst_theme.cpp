// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/theme.h>

#include <QApplication>
#include <QFontMetricsF>
#include <QImage>
#include <QPainter>
#include <QRegularExpression>
#include <QSet>
#include <QStyle>
#include <QTest>

#include <array>
#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

using Linear = std::array<double, 3>;

double toLinear(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }

/// How a colour looks to somebody without red or green receptors (Viénot, Brettel and Mollon 1999).
enum class Vision { Normal, Protan, Deutan };
Linear seen(const QColor &color, Vision vision)
{
    const Linear c{toLinear(color.redF()), toLinear(color.greenF()), toLinear(color.blueF())};
    if (vision == Vision::Normal)
        return c;
    const double keepRed = vision == Vision::Protan ? 0.11238 : 0.29275;
    const double keepBlue = vision == Vision::Protan ? 0.00401 : -0.02234;
    const double mixed = keepRed * c[0] + (1 - keepRed) * c[1];
    return {mixed, mixed, keepBlue * c[0] - keepBlue * c[1] + c[2]};
}

/// Distance in OKLab, in which equal steps look about equally large; 0.02 is just visible side by side.
double distance(const QColor &a, const QColor &b, Vision vision)
{
    const auto lab = [&](const QColor &color) {
        const Linear c = seen(color, vision);
        const double l = std::cbrt(0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]);
        const double m = std::cbrt(0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]);
        const double s = std::cbrt(0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]);
        return Linear{0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
    };
    const Linear x = lab(a), y = lab(b);
    return std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void contrast_data();
    void contrast();
    void seriesColorsAreToldApart_data();
    void seriesColorsAreToldApart();
    void paletteGivesItsTheme();
    void applyTwice();
    void signsOfDialogs();
    void roles();
    void mixing();
    void digitsAreEquallyWide();
    void marksDifferWithoutColor();
    void stateShapesDifferWhenSmall();
    void everyShapePaints();
};

void TestTheme::contrast_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<QColor>("ink");
    QTest::addColumn<double>("atLeast");
    for (const Theme *t : {&darkTheme(), &lightTheme()}) {
        const QByteArray name = t->dark ? "dark " : "light ";
        const std::pair<const char *, QColor> inks[] = {{"text", t->text}, {"dim", t->textDim},
            {"good", t->good}, {"notice", t->notice}, {"warning", t->warning}, {"critical", t->critical},
            {"unknown", t->unknown}, {"neutral", t->neutral}, {"accent", t->accent}};
        for (const auto &[label, color] : inks)
            QTest::newRow((name + label).constData()) << t->dark << color << 4.5;
        for (size_t i = 0; i < t->series.size(); ++i)
            QTest::newRow((name + "series " + QByteArray::number(i + 1)).constData())
                << t->dark << t->series[i] << 3.0;
    }
}

void TestTheme::contrast()
{
    QFETCH(bool, dark);
    QFETCH(QColor, ink);
    QFETCH(double, atLeast);
    const Theme &t = dark ? darkTheme() : lightTheme();
    for (const QColor &ground : {t.window, t.surface, t.raised})
        QCOMPARE_GE(contrastRatio(ink, ground), atLeast);
    QCOMPARE_GE(contrastRatio(t.onAccent, t.accent), 4.5);
    QCOMPARE_GE(contrastRatio(t.text, t.selection), 4.5);
    QCOMPARE_GE(contrastRatio(t.text, t.hover), 4.5);
}

void TestTheme::seriesColorsAreToldApart_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<int>("vision");
    for (const bool dark : {true, false}) {
        QTest::addRow("%s, normal", dark ? "dark" : "light") << dark << int(Vision::Normal);
        QTest::addRow("%s, no red", dark ? "dark" : "light") << dark << int(Vision::Protan);
        QTest::addRow("%s, no green", dark ? "dark" : "light") << dark << int(Vision::Deutan);
    }
}

void TestTheme::seriesColorsAreToldApart()
{
    QFETCH(bool, dark);
    QFETCH(int, vision);
    const std::vector<QColor> &colors = (dark ? darkTheme() : lightTheme()).series;
    QCOMPARE_GE(colors.size(), size_t(8));
    const double enough = Vision(vision) == Vision::Normal ? 0.12 : 0.07;
    for (size_t i = 0; i < 8; ++i) {
        for (size_t j = i + 1; j < 8; ++j) {
            const double apart = distance(colors[i], colors[j], Vision(vision));
            QVERIFY2(apart >= enough, qPrintable(u"%1 and %2: %3"_s.arg(i + 1).arg(j + 1).arg(apart)));
        }
    }
}

void TestTheme::paletteGivesItsTheme()
{
    QCOMPARE(&themeOf(paletteFor(darkTheme())), &darkTheme());
    QCOMPARE(&themeOf(paletteFor(lightTheme())), &lightTheme());
    QWidget widget;
    widget.setPalette(paletteFor(darkTheme()));
    QCOMPARE(&themeOf(&widget), &darkTheme());
}

void TestTheme::applyTwice()
{
    applyTheme(*qApp, ThemeChoice::Dark);
    QVERIFY(themeOf(QApplication::palette()).dark);
    const QStyle *style = QApplication::style();
    applyTheme(*qApp, ThemeChoice::Light);
    QVERIFY(!themeOf(QApplication::palette()).dark);
    QCOMPARE(QApplication::style(), style); // one style for life, or every widget polishes anew
    applyTheme(*qApp, ThemeChoice::Dark);
    applyTheme(*qApp, ThemeChoice::System); // the desktop's here is light
    QVERIFY(!themeOf(QApplication::palette()).dark);
}

/// Signs of questions and warnings belong to the theme, as everything else.
void TestTheme::signsOfDialogs()
{
    for (const auto &[choice, theme] :
        {std::pair(ThemeChoice::Dark, &darkTheme()), std::pair(ThemeChoice::Light, &lightTheme())}) {
        applyTheme(*qApp, choice);
        for (const auto &[which, color] : {std::pair(QStyle::SP_MessageBoxQuestion, theme->accent),
                 std::pair(QStyle::SP_MessageBoxWarning, theme->warning),
                 std::pair(QStyle::SP_MessageBoxCritical, theme->critical)}) {
            const QImage image = QApplication::style()->standardIcon(which).pixmap(32, 32).toImage();
            QSet<QRgb> seen;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x)
                    seen += image.pixel(x, y);
            }
            QVERIFY(seen.contains(color.rgb()));
        }
    }
}

void TestTheme::roles()
{
    const Theme &t = darkTheme();
    QCOMPARE(roleColor(t, u"critical"), t.critical);
    QCOMPARE(roleColor(t, u"series-1"), t.series[0]);
    QCOMPARE(roleColor(t, u"#102030"), QColor(0x10, 0x20, 0x30));
    for (const QStringView odd :
        {u"", u"pink?", u"series-", u"series-0", u"series--3", u"series-x", u"#12", u"#zzzzzz"})
        QCOMPARE(roleColor(t, odd), t.neutral);
    QCOMPARE(roleColor(t, u"#80102030").alpha(), 255); // never translucent
    // A later round has other colours than the first.
    const int count = int(t.series.size());
    QVERIFY(seriesColor(t, count) != seriesColor(t, 0));
    QVERIFY(seriesColor(t, 2 * count) != seriesColor(t, count));
}

void TestTheme::mixing()
{
    QCOMPARE(mixed(Qt::white, Qt::black, 0), QColor(Qt::black));
    QCOMPARE(mixed(Qt::white, Qt::black, 1), QColor(Qt::white));
    QCOMPARE(mixed(Qt::white, Qt::black, 0.5), QColor(128, 128, 128));
    QCOMPARE(mixed(Qt::white, Qt::black, 7), QColor(Qt::white));
    QVERIFY(qAbs(contrastRatio(Qt::white, Qt::black) - 21) < 0.01);
}

void TestTheme::digitsAreEquallyWide()
{
    const QFont font = numberFont(uiFont(QApplication::font()));
    const QFontMetricsF metrics(font);
    for (char16_t digit = u'1'; digit <= u'9'; ++digit)
        QCOMPARE(metrics.horizontalAdvance(QChar(digit)), metrics.horizontalAdvance(u'0'));
}

void TestTheme::marksDifferWithoutColor()
{
    QSet<int> shapes;
    QSet<QString> words;
    for (const Severity s :
        {Severity::None, Severity::Info, Severity::Warning, Severity::Error, Severity::Critical}) {
        shapes.insert(int(severityGlyph(s).shape));
        words.insert(severityGlyph(s).word);
    }
    QCOMPARE(shapes.size(), 5);
    QCOMPARE(words.size(), 5);
    shapes.clear();
    for (const AlertState s : {AlertState::Pending, AlertState::Firing, AlertState::Silenced,
             AlertState::Inhibited, AlertState::Muted, AlertState::Resolved, AlertState::Unknown})
        shapes.insert(int(alertStateGlyph(s).shape));
    QCOMPARE(shapes.size(), 7);
    shapes.clear();
    for (const QStringView role : {u"good", u"notice", u"warning", u"critical", u"unknown", u"neutral"})
        shapes.insert(int(roleGlyph(role).shape));
    QCOMPARE(shapes.size(), 6);
}

void TestTheme::stateShapesDifferWhenSmall()
{
    // In a cell of a status history a shape has nine pixels.
    QList<QImage> pictures;
    for (const QStringView role : {u"good", u"notice", u"warning", u"critical", u"unknown", u"neutral"}) {
        QImage image(9, 9, QImage::Format_Grayscale8);
        image.fill(Qt::black);
        QPainter painter(&image);
        paintShape(painter, image.rect(), roleGlyph(role).shape, Qt::white);
        painter.end();
        for (const QImage &other : pictures) {
            int apart = 0;
            for (int y = 0; y < 9; ++y) {
                for (int x = 0; x < 9; ++x)
                    apart += std::abs(qGray(image.pixel(x, y)) - qGray(other.pixel(x, y)));
            }
            QVERIFY2(apart > 255 * 6, qPrintable(role.toString() + u' ' + QString::number(apart / 255.0)));
        }
        pictures.append(image);
    }
}

void TestTheme::everyShapePaints()
{
    QList<QImage> pictures;
    for (int shape = int(Shape::Dot); shape <= int(Shape::Arc); ++shape) {
        QImage image(24, 24, QImage::Format_RGB32);
        image.fill(Qt::black);
        QPainter painter(&image);
        paintShape(painter, QRectF(4, 4, 16, 16), Shape(shape), Qt::white);
        painter.end();
        for (int i = 0; i < 24; ++i) { // stays in its box, with a pixel of air
            QCOMPARE(image.pixel(i, 1), qRgb(0, 0, 0));
            QCOMPARE(image.pixel(i, 22), qRgb(0, 0, 0));
        }
        for (const QImage &other : pictures)
            QVERIFY(other != image);
        pictures.append(image);
    }
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
