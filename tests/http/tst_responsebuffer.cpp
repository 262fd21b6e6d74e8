// SPDX-License-Identifier: GPL-3.0-or-later
#include <http/responsebuffer.h>

#include <QRandomGenerator>
#include <QTest>

#include <zlib.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using Problem = ResponseBuffer::Problem;

namespace {

QByteArray gzipped(const QByteArray &plain, int level = 1)
{
    z_stream stream{};
    deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(plain.size()))), '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(plain.constData()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.truncate(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return out;
}

/// Text that packs about 4:1, like numbers in JSON do.
QByteArray sampleText(qsizetype size)
{
    static const QByteArray whole = [] {
        QRandomGenerator random(7);
        QByteArray text;
        while (text.size() < (4 << 20))
            text += "[1795287527.5,\"" + QByteArray::number(random.generate() % 1000) + "\"],";
        return text;
    }();
    return whole.first(size);
}

bool feed(ResponseBuffer &buffer, const QByteArray &data, qsizetype piece)
{
    for (qsizetype at = 0; at < data.size(); at += piece) {
        const QByteArray part = data.mid(at, piece);
        if (!buffer.append(part.constData(), static_cast<size_t>(part.size())))
            return false;
    }
    return true;
}

} // namespace

class TestResponseBuffer : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void collects_data();
    void collects();
    void padding_data();
    void padding();
    void capIsExact_data();
    void capIsExact();
    void claimedLength();
    void bombIsStoppedEarly();
    void honestRatioPasses();
    void encodings_data();
    void encodings();
    void damaged_data();
    void damaged();
    void cutStreamIsIncomplete();
    void severalMembers();
    void isReusable();
};

void TestResponseBuffer::collects_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<qsizetype>("piece");
    QTest::addColumn<bool>("packed");
    for (const qsizetype size : {0, 1, 63, 4096, 65536, 65537, 1 << 20, 3'000'001}) {
        for (const qsizetype piece : {1000, 16384, 262144}) {
            QTest::addRow("%lld plain by %lld", qlonglong(size), qlonglong(piece)) << size << piece << false;
            QTest::addRow("%lld gzip by %lld", qlonglong(size), qlonglong(piece)) << size << piece << true;
        }
    }
    QTest::newRow("byte by byte") << qsizetype(5000) << qsizetype(1) << true;
}

void TestResponseBuffer::collects()
{
    QFETCH(qsizetype, size);
    QFETCH(qsizetype, piece);
    QFETCH(bool, packed);
    const QByteArray text = sampleText(size);
    const QByteArray wire = packed ? gzipped(text) : text;
    ResponseBuffer buffer;
    buffer.begin({.bytes = 8 << 20});
    QVERIFY(buffer.setEncoding(packed ? "gzip" : ""));
    QVERIFY(feed(buffer, wire, piece));
    QVERIFY(buffer.isComplete());
    QCOMPARE(buffer.received(), wire.size());
    QCOMPARE(buffer.decoded(), size);
    QVERIFY(buffer.take() == text);
}

void TestResponseBuffer::padding_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<bool>("announced");
    for (const qsizetype size : {0, 1, 100, 16320, 16384, 65536, 1 << 20})
        QTest::addRow("%lld", qlonglong(size)) << size << false;
    QTest::newRow("announced") << qsizetype(70'000) << true;
    QTest::newRow("announced, at the cap") << qsizetype(1 << 20) << true;
}

void TestResponseBuffer::padding()
{
    QFETCH(qsizetype, size);
    QFETCH(bool, announced);
    ResponseBuffer buffer;
    buffer.begin({.bytes = 1 << 20});
    if (announced)
        QVERIFY(buffer.expect(size));
    QVERIFY(feed(buffer, QByteArray(size, 'x'), 16384));
    const QByteArray body = buffer.take();
    QCOMPARE(body.size(), size);
    QVERIFY(body.capacity() >= size + ResponseBuffer::kPadding);
    const QByteArray moved = body; // as it travels to the parser: sharing keeps the room
    QVERIFY(moved.capacity() >= size + ResponseBuffer::kPadding);
}

void TestResponseBuffer::capIsExact_data()
{
    QTest::addColumn<bool>("packed");
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<bool>("fits");
    for (const bool packed : {false, true}) {
        QTest::addRow("%s, at the cap", packed ? "gzip" : "plain") << packed << qsizetype(100'000) << true;
        QTest::addRow("%s, one more", packed ? "gzip" : "plain") << packed << qsizetype(100'001) << false;
    }
}

void TestResponseBuffer::capIsExact()
{
    QFETCH(bool, packed);
    QFETCH(qsizetype, size);
    QFETCH(bool, fits);
    const QByteArray text = sampleText(size);
    ResponseBuffer buffer;
    buffer.begin({.bytes = 100'000});
    QVERIFY(buffer.setEncoding(packed ? "gzip" : "identity"));
    QCOMPARE(feed(buffer, packed ? gzipped(text) : text, 10'000), fits);
    QCOMPARE(buffer.problem(), fits ? Problem::None : Problem::TooLarge);
    QCOMPARE(buffer.take().size(), fits ? size : 0);
}

void TestResponseBuffer::claimedLength()
{
    ResponseBuffer buffer;
    buffer.begin({.bytes = 64 << 20});
    QVERIFY(buffer.expect(64 << 20)); // allowed, but a claim is not worth 64 MiB of memory
    buffer.append("x", 1);
    QVERIFY(buffer.take().capacity() < (5 << 20));
    buffer.begin({.bytes = 1000});
    QVERIFY(!buffer.expect(1001));
    QCOMPARE(buffer.problem(), Problem::TooLarge);
}

void TestResponseBuffer::bombIsStoppedEarly()
{
    const QByteArray bomb = gzipped(QByteArray(64 << 20, '\0'), 6);
    QVERIFY(bomb.size() < 100'000);
    ResponseBuffer buffer;
    buffer.begin({.bytes = 64 << 20});
    QVERIFY(buffer.setEncoding("gzip"));
    QVERIFY(!feed(buffer, bomb, bomb.size())); // all in one piece: what is judged is what was used of it
    QCOMPARE(buffer.problem(), Problem::Ratio);
    QVERIFY(!buffer.append("x", 1));
}

void TestResponseBuffer::honestRatioPasses()
{
    // 60:1, as a long run of equal samples packs.
    QByteArray text;
    for (int n = 0; text.size() < (6 << 20); ++n)
        text += "[" + QByteArray::number(1'795'287'500 + n / 8) + ",\"1\"],";
    const QByteArray wire = gzipped(text, 6);
    QVERIFY(text.size() > 30 * wire.size() && text.size() < 100 * wire.size());
    ResponseBuffer buffer;
    buffer.begin({.bytes = 32 << 20});
    QVERIFY(buffer.setEncoding("gzip"));
    QVERIFY(feed(buffer, wire, 262144));
    QVERIFY(buffer.take() == text);
}

void TestResponseBuffer::encodings_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("known");
    for (const char *name : {"", "identity", "gzip", "GZIP", " gzip ", "x-gzip"})
        QTest::addRow("'%s'", name) << QByteArray(name) << true;
    for (const char *name : {"br", "zstd", "deflate", "compress", "gzip, gzip", "gzip,br", "gzip gzip", "gz"})
        QTest::addRow("'%s'", name) << QByteArray(name) << false;
}

void TestResponseBuffer::encodings()
{
    QFETCH(QByteArray, name);
    ResponseBuffer buffer;
    buffer.begin({});
    QTEST(buffer.setEncoding(name), "known");
    QCOMPARE(buffer.problem() == Problem::Encoding, !buffer.append("\x1f", 1));
}

void TestResponseBuffer::damaged_data()
{
    QTest::addColumn<QByteArray>("wire");
    QByteArray flipped = gzipped(sampleText(5000));
    flipped[flipped.size() / 2] = static_cast<char>(~flipped[flipped.size() / 2]);
    QByteArray wrongSum = gzipped("hello");
    wrongSum[wrongSum.size() - 5] = static_cast<char>(~wrongSum[wrongSum.size() - 5]);
    QTest::newRow("flipped byte") << flipped;
    QTest::newRow("wrong checksum") << wrongSum;
    QTest::newRow("not gzip") << QByteArray("{\"status\":\"success\"}");
    QTest::newRow("something behind it") << gzipped("hello") + "x";
    QTest::newRow("zlib framing") << QByteArray("\x78\x9c\x03\x00\x00\x00\x00\x01", 8);
}

void TestResponseBuffer::damaged()
{
    QFETCH(QByteArray, wire);
    ResponseBuffer buffer;
    buffer.begin({});
    QVERIFY(buffer.setEncoding("gzip"));
    QVERIFY(!feed(buffer, wire, wire.size()));
    QCOMPARE(buffer.problem(), Problem::Encoding);
    QVERIFY(!buffer.isComplete());
}

void TestResponseBuffer::cutStreamIsIncomplete()
{
    const QByteArray wire = gzipped(sampleText(5000));
    for (const qsizetype kept : {qsizetype(1), qsizetype(9), wire.size() / 2, wire.size() - 1}) {
        ResponseBuffer buffer;
        buffer.begin({});
        QVERIFY(buffer.setEncoding("gzip"));
        QVERIFY(feed(buffer, wire.left(kept), 100));
        QVERIFY(!buffer.isComplete());
    }
}

void TestResponseBuffer::severalMembers()
{
    ResponseBuffer buffer;
    buffer.begin({});
    QVERIFY(buffer.setEncoding("gzip"));
    QVERIFY(feed(buffer, gzipped("one ") + gzipped("") + gzipped("two"), 7));
    QVERIFY(buffer.isComplete());
    QCOMPARE(buffer.take(), QByteArray("one two"));
}

void TestResponseBuffer::isReusable()
{
    ResponseBuffer buffer;
    for (int round = 0; round < 3; ++round) {
        buffer.begin({.bytes = 100});
        QVERIFY(buffer.setEncoding("gzip"));
        QVERIFY(feed(buffer, gzipped("hello"), 3));
        QCOMPARE(buffer.take(), QByteArray("hello"));
        buffer.begin({.bytes = 100});
        QVERIFY(!feed(buffer, QByteArray(101, 'x'), 50)); // a failure leaves nothing behind
        buffer.begin({.bytes = 100});
        QVERIFY(feed(buffer, "plain", 5));
        QCOMPARE(buffer.take(), QByteArray("plain"));
    }
}

QTEST_APPLESS_MAIN(TestResponseBuffer)
#include "tst_responsebuffer.moc"
