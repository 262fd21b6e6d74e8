// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampleresults.h"

#include <store/cache/resultcodec.h>

#include <QRandomGenerator>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestResultCodec : public QObject
{
    Q_OBJECT
private slots:
    void everyKindComesBack_data();
    void everyKindComesBack();
    void samplesComeBackBitByBit();
    void alertsComeBackWhole();
    void emptyIsRemembered();
    void isCompact();
    void anyBytesAreAValueOrAnError();
    void hugeCountsAreRefused();
};

void TestResultCodec::everyKindComesBack_data()
{
    QTest::addColumn<int>("index");
    const auto all = sample::all();
    for (int i = 0; i < int(all.size()); ++i)
        QTest::newRow(qPrintable(describe(all[size_t(i)].spec) + u" #%1"_s.arg(i))) << i;
}

void TestResultCodec::everyKindComesBack()
{
    QFETCH(int, index);
    const QueryResult kept = sample::all()[size_t(index)];
    const QByteArray bytes = encodeResult(kept);
    const auto loaded = decodeResult(bytes);
    QVERIFY(loaded);
    QCOMPARE(loaded->spec, kept.spec);
    QCOMPARE(identityOf(loaded->spec), identityOf(kept.spec));
    QCOMPARE(loaded->fetchedAt, kept.fetchedAt);
    QCOMPARE(loaded->warnings, kept.warnings);
    QCOMPARE(loaded->bytes, kept.bytes);
    QVERIFY(loaded->data);
    QCOMPARE(loaded->data->index(), kept.data->index());
    QCOMPARE(loaded->freshness.state, Freshness::State::Stale);
    QCOMPARE(loaded->freshness.lastGoodUtc, std::optional(kept.fetchedAt));
    QVERIFY(!loaded->freshness.lastGood);
    // Every member is in the bytes: the same ones come from what was read.
    QueryResult again = *loaded;
    QCOMPARE(encodeResult(again), bytes);
}

void TestResultCodec::samplesComeBackBitByBit()
{
    const QueryResult kept = sample::matrix();
    const auto loaded = decodeResult(encodeResult(kept));
    QVERIFY(loaded);
    const auto *before = dataAs<MetricData>(kept), *after = dataAs<MetricData>(*loaded);
    QVERIFY(after);
    QCOMPARE(after->left, 7);
    QCOMPARE(after->series.size(), before->series.size());
    for (size_t i = 0; i < before->series.size(); ++i) {
        const Series &a = before->series[i], &b = after->series[i];
        QVERIFY(a.labels == b.labels);
        QVERIFY(a.times == b.times);
        QVERIFY(a.values.size() == b.values.size());
        QVERIFY(std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(double)) == 0);
        QVERIFY(a.histograms == b.histograms);
    }
}

void TestResultCodec::alertsComeBackWhole()
{
    const QueryResult kept = sample::all()[8];
    const auto loaded = decodeResult(encodeResult(kept));
    QVERIFY(loaded);
    const auto *alerts = dataAs<std::vector<Alert>>(*loaded);
    QVERIFY(alerts);
    QVERIFY(*alerts == *dataAs<std::vector<Alert>>(kept));
}

void TestResultCodec::emptyIsRemembered()
{
    const auto all = sample::all();
    QVERIFY(decodeResult(encodeResult(all[1]))->freshness.lastGoodEmpty);
    QVERIFY(!decodeResult(encodeResult(all[0]))->freshness.lastGoodEmpty);
    // Also when what is kept was loaded from the cache itself.
    QVERIFY(decodeResult(encodeResult(*decodeResult(encodeResult(all[1]))))->freshness.lastGoodEmpty);
}

void TestResultCodec::isCompact()
{
    MetricData data;
    data.shape = MetricData::Shape::Matrix;
    for (int i = 0; i < 20; ++i)
        data.series.push_back(sample::series(u"service-%1"_s.arg(i), 500, true));
    const QByteArray bytes = encodeResult(sample::result({{u"p"_s}, RangeQuery{}}, std::move(data)));
    // Values take eight bytes each; everything else is little.
    QVERIFY2(bytes.size() < 20 * 500 * 8 + 2000, qPrintable(QString::number(bytes.size())));
}

void TestResultCodec::anyBytesAreAValueOrAnError()
{
    QRandomGenerator random(20261121);
    int refused = 0, read = 0;
    for (const QueryResult &kept : sample::all()) {
        const QByteArray good = encodeResult(kept);
        for (int round = 0; round < 1500; ++round) {
            QByteArray bytes = good;
            for (quint32 change = random.bounded(4u); change < 4; ++change) {
                if (bytes.size() <= 9)
                    break;
                const qsizetype at = 9 + qsizetype(random.bounded(quint32(bytes.size() - 9)));
                switch (random.bounded(4)) {
                case 0:
                    bytes[at] = char(random.bounded(256));
                    break;
                case 1:
                    bytes[at] = char(0xff);
                    break;
                case 2:
                    bytes.truncate(at);
                    break;
                default:
                    bytes.insert(at, char(random.bounded(256)));
                }
            }
            // With the old checksum nothing is believed; with a right one the decoder itself has to stand.
            if (bytes != good)
                QVERIFY(!decodeResult(bytes));
            const auto loaded = decodeResult(withChecksum(bytes));
            (loaded ? read : refused) += 1;
            if (const auto *data = loaded ? dataAs<MetricData>(*loaded) : nullptr) {
                for (const Series &series : data->series) {
                    QCOMPARE(series.times.size(), series.values.size());
                    QVERIFY(std::is_sorted(series.times.begin(), series.times.end()));
                }
            }
        }
    }
    // Both happen, or the test proves nothing.
    QVERIFY(refused > 1000);
    QVERIFY(read > 1000);
    for (qsizetype size = 0; size < 9; ++size)
        QVERIFY(!decodeResult(QByteArray(size, '\1')));
}

void TestResultCodec::hugeCountsAreRefused()
{
    const QByteArray good = encodeResult(sample::result({{u"p"_s}, InstantQuery{u"x"_s, {}}}, MetricData{}));
    const QByteArray huge = QByteArray("\xff").repeated(8) + '\x0f';
    const auto claiming = [&](qsizetype at) {
        return decodeResult(withChecksum(good.first(at) + huge + good.sliced(at + 1)));
    };
    // Wherever a count of nearly 2^60 stands, nothing is reserved for it: reading ends at once.
    for (qsizetype at = 9; at < good.size(); ++at)
        std::ignore = claiming(at);
    // The number of series, before the text (two bytes), its time and what was left.
    QVERIFY(!claiming(good.size() - 5));
}

QTEST_GUILESS_MAIN(TestResultCodec)
#include "tst_resultcodec.moc"
