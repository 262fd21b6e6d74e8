// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/freshnesspainter.h>

#include <QImage>
#include <QPainter>
#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr BootTime kNow{1000s};
const QRect kArea(10, 10, 260, 120);

Freshness stateOf(Freshness::State state, bool hasData)
{
    Freshness freshness;
    freshness.state = state;
    freshness.reason = u"timeout after 10 s"_s;
    freshness.answered = 2;
    freshness.asked = 3;
    if (hasData) {
        freshness.lastGood = BootTime{800s};
        freshness.lastGoodUtc = Timestamp(1'795'000'000s);
    }
    return freshness;
}

/// A panel whose data is a red bar, with a margin around it.
QImage ground(const Theme &theme)
{
    QImage image(280, 140, QImage::Format_RGB32);
    image.fill(Qt::magenta);
    QPainter painter(&image);
    painter.fillRect(kArea, theme.surface);
    painter.fillRect(kArea.adjusted(20, 10, -20, -10), Qt::red);
    return image;
}

QImage painted(const Freshness &freshness, const Theme &theme)
{
    QImage image = ground(theme);
    QPainter painter(&image);
    paintFreshness(painter, kArea, freshness, kNow, theme);
    return image;
}

int count(const QImage &image, QRgb color)
{
    int pixels = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            pixels += image.pixel(x, y) == color;
    }
    return pixels;
}

constexpr Freshness::State kStates[] = {Freshness::State::Never, Freshness::State::Fresh,
    Freshness::State::Refreshing, Freshness::State::Stale, Freshness::State::Error, Freshness::State::Empty,
    Freshness::State::Partial, Freshness::State::NeedsAuth, Freshness::State::Paused};

} // namespace

class TestFreshnessPainter : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void noTwoStatesLookAlike_data();
    void noTwoStatesLookAlike();
    void freshPaintsNothing();
    void staleDimsAndKeepsTheData();
    void emptyAndErrorHideWhatIsBehind();
    void staysInside();
    void readableWithoutColor();
    void badges();
    void tinyRects();
    void lettersOfAWall();
};

void TestFreshnessPainter::noTwoStatesLookAlike_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("hasData");
    for (const bool dark : {true, false}) {
        for (const bool data : {true, false})
            QTest::addRow("%s, %s", dark ? "dark" : "light", data ? "with data" : "never good")
                << dark << data;
    }
}

void TestFreshnessPainter::noTwoStatesLookAlike()
{
    QFETCH(bool, dark);
    QFETCH(bool, hasData);
    const Theme &theme = dark ? darkTheme() : lightTheme();
    QList<QImage> seen;
    for (const Freshness::State state : kStates) {
        const QImage image = painted(stateOf(state, hasData), theme);
        for (const QImage &other : seen)
            QVERIFY2(other != image, qPrintable(stateName(state)));
        seen.append(image);
    }
}

void TestFreshnessPainter::freshPaintsNothing()
{
    QCOMPARE(painted(stateOf(Freshness::State::Fresh, true), darkTheme()), ground(darkTheme()));
}

void TestFreshnessPainter::staleDimsAndKeepsTheData()
{
    const QRgb red = qRgb(255, 0, 0);
    const int before = count(ground(darkTheme()), red);
    for (const Freshness::State state : {Freshness::State::Stale, Freshness::State::Error,
             Freshness::State::NeedsAuth, Freshness::State::Paused}) {
        const int after = count(painted(stateOf(state, true), darkTheme()), red);
        QVERIFY2(after > before / 10, qPrintable(stateName(state))); // still there
        QVERIFY2(after < before * 6 / 10, qPrintable(stateName(state))); // but dimmed
    }
}

void TestFreshnessPainter::emptyAndErrorHideWhatIsBehind()
{
    // Nothing of an older picture shows through where there is no data to keep.
    for (const Freshness::State state : {Freshness::State::Never, Freshness::State::Empty,
             Freshness::State::Error, Freshness::State::NeedsAuth})
        QCOMPARE(count(painted(stateOf(state, false), darkTheme()), qRgb(255, 0, 0)), 0);
}

void TestFreshnessPainter::staysInside()
{
    const QRgb margin = QColor(Qt::magenta).rgb();
    const int around = count(ground(lightTheme()), margin);
    for (const Freshness::State state : kStates)
        QCOMPARE(count(painted(stateOf(state, true), lightTheme()), margin), around);
}

void TestFreshnessPainter::readableWithoutColor()
{
    // Drawn in grey, the states are still pairwise different.
    QList<QImage> seen;
    for (const Freshness::State state : kStates) {
        const QImage grey =
            painted(stateOf(state, true), darkTheme()).convertToFormat(QImage::Format_Grayscale8);
        QVERIFY(!seen.contains(grey));
        seen.append(grey);
    }
    QSet<int> shapes;
    for (const Freshness::State state : kStates)
        shapes.insert(int(freshnessGlyph(state).shape));
    QCOMPARE(shapes.size(), int(std::size(kStates)));
}

void TestFreshnessPainter::badges()
{
    for (const Freshness::State state : kStates) {
        QImage image(200, 24, QImage::Format_RGB32);
        image.fill(darkTheme().surface);
        const QImage before = image;
        QPainter painter(&image);
        const int width = paintFreshnessBadge(painter, image.rect(), stateOf(state, true), kNow, darkTheme());
        painter.end();
        if (state == Freshness::State::Fresh) {
            QCOMPARE(width, 0);
            QCOMPARE(image, before);
            continue;
        }
        QVERIFY(width > 10 && width <= 200);
        QVERIFY(image.copy(200 - width, 0, width, 24) != before.copy(200 - width, 0, width, 24));
        QCOMPARE(image.copy(0, 0, 200 - width, 24), before.copy(0, 0, 200 - width, 24));
    }
}

void TestFreshnessPainter::tinyRects()
{
    for (const Freshness::State state : kStates) {
        for (const QSize size : {QSize(0, 0), QSize(1, 1), QSize(5, 3), QSize(12, 40), QSize(400, 6)}) {
            QImage image(410, 60, QImage::Format_RGB32);
            image.fill(Qt::magenta);
            QPainter painter(&image);
            const QRect rect(QPoint(2, 2), size);
            paintFreshness(painter, rect, stateOf(state, true), kNow, lightTheme());
            paintFreshness(painter, rect, stateOf(state, false), kNow, lightTheme());
            painter.end();
            QCOMPARE(image.pixel(1, 1), QColor(Qt::magenta).rgb());
            QCOMPARE(image.pixel(3 + size.width(), 3 + size.height()), QColor(Qt::magenta).rgb());
        }
    }
}

/// On a wall letters are larger than any sign was meant to be.
void TestFreshnessPainter::lettersOfAWall()
{
    QImage image(kArea.size(), QImage::Format_RGB32);
    QPainter painter(&image);
    QFont font = painter.font();
    font.setPixelSize(70);
    painter.setFont(font);
    for (const Freshness::State state : kStates)
        paintFreshness(painter, kArea, stateOf(state, false), kNow, darkTheme());
    painter.fillRect(kArea, Qt::red);
    paintFreshness(painter, kArea, stateOf(Freshness::State::Error, false), kNow, darkTheme());
    painter.end();
    QVERIFY(count(image, qRgb(255, 0, 0)) < kArea.width() * kArea.height() / 100); // it is covered
}

QTEST_MAIN(TestFreshnessPainter)
#include "tst_freshnesspainter.moc"
