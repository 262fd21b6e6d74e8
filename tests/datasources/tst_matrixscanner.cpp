// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include <datasources/prometheusdecode.h>

#include <QTest>

#include <bit>
#include <random>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {
QuerySpec rangeSpec() { return {{u"prom"_s}, RangeQuery{u"x"_s, {}, std::chrono::seconds(15)}}; }
PrometheusContext context(SeriesLimits limits = {}) { return {{u"prom"_s}, {u"prom"_s}, limits}; }

std::optional<ScannedMatrix> scan(const QByteArray &body, const SeriesLimits &limits = {})
{
    return scanMatrix({body.constData(), size_t(body.size())}, limits);
}

/// Bits, so that -0 is not 0 and every NaN is one NaN.
bool sameBits(double a, double b)
{
    return std::bit_cast<quint64>(a) == std::bit_cast<quint64>(b) || (a != a && b != b);
}

QString difference(const ScannedMatrix &fast, const MetricData &slow)
{
    if (fast.left != slow.left)
        return u"left %1, %2"_s.arg(fast.left).arg(slow.left);
    if (fast.series.size() != slow.series.size())
        return u"series %1, %2"_s.arg(fast.series.size()).arg(slow.series.size());
    for (size_t i = 0; i < fast.series.size(); ++i) {
        const Series &a = fast.series[i], &b = slow.series[i];
        if (!(a.labels == b.labels))
            return u"labels of series %1"_s.arg(i);
        if (a.times != b.times)
            return u"times of series %1"_s.arg(i);
        if (a.values.size() != b.values.size())
            return u"number of values of series %1"_s.arg(i);
        for (size_t k = 0; k < a.values.size(); ++k) {
            if (!sameBits(a.values[k], b.values[k]))
                return u"value %1 of series %2: %3, %4"_s.arg(k)
                    .arg(i)
                    .arg(a.values[k], 0, 'g', 17)
                    .arg(b.values[k], 0, 'g', 17);
        }
    }
    return {};
}

/// When the fast path takes a body, the general decoder must take it too and say the same.
QString compare(const QByteArray &body, const SeriesLimits &limits = {})
{
    const auto fast = scan(body, limits);
    if (!fast)
        return {};
    const auto slow = decodePrometheusGeneral(rangeSpec(), body, context(limits));
    if (!slow)
        return u"only the fast path takes it: "_s + slow.error().message;
    return difference(*fast, std::get<MetricData>(slow->data));
}

class Generator
{
public:
    explicit Generator(quint32 seed)
        : m_engine(seed)
    {
    }
    quint32 below(quint32 n) { return std::uniform_int_distribution<quint32>(0, n - 1)(m_engine); }
    quint64 bits() { return m_engine(); }

    QByteArray digits(int count)
    {
        QByteArray out;
        for (int i = 0; i < count; ++i)
            out += char('0' + below(10));
        return out;
    }
    QByteArray value()
    {
        static const QByteArrayList special = {"NaN", "+Inf", "-Inf", "0", "-0", "0.0", "-0.000", "1e+22",
            "1e-07", "5e-324", "2.2250738585072014e-308", "2.2250738585072011e-308",
            "4.9406564584124654e-324", "1.7976931348623157e+308", "9007199254740992", "9007199254740993",
            "9007199254740994.5", "18446744073709551615", "18446744073709551616", "9223372036854775808",
            "1e400", "-1e400", "1e-400", "0.30000000000000004", "123456789012345678901234567890", "0.000001",
            "7.450580596923828e-09", "0.00000000000000000000000000000001", "00012", "5.", ".5", "-", "--1",
            "1.2.3", "", "abc", "1e", "0x1p3", "8.5e-1", "72057594037927945", "100000000000000016777215",
            "1.00000000000000011102230246251565"};
        switch (below(6)) {
        case 0:
            return special[int(below(quint32(special.size())))];
        case 1:
            return digits(1 + int(below(20)));
        case 2:
            return (below(2) ? "-" : "") + digits(1 + int(below(12))) + '.' + digits(1 + int(below(20)));
        case 3:
            return "0." + QByteArray(int(below(24)), '0') + digits(1 + int(below(19)));
        case 4: {
            const double any = std::bit_cast<double>(bits() << 32 | bits());
            return QByteArray::number(any, 'g', 17);
        }
        default:
            return QByteArray::number(double(below(1'000'000)) / 997.0, 'g', 17);
        }
    }
    QByteArray time(qint64 at)
    {
        switch (below(8)) {
        case 0:
            return QByteArray::number(at) + '.' + digits(1 + int(below(10)));
        case 1:
            return QByteArray::number(double(at), 'e', 3);
        default:
            return QByteArray::number(at);
        }
    }
    QByteArray label()
    {
        static const QByteArrayList values = {
            "a", "checkout", "Zürich", "😀", "a\\\"b", "\\u00e9", "", "x y", "\\ud83d\\ude00", "0.5", "\xC3"};
        return values[int(below(values.size() - (below(30) ? 1 : 0)))];
    }
    QByteArray body()
    {
        QByteArray out = R"({"status":"success","data":{"resultType":"matrix","result":[)";
        const quint32 series = below(4);
        for (quint32 s = 0; s < series; ++s) {
            out += s ? R"(,{"metric":{)" : R"({"metric":{)";
            QByteArray name = "a";
            const quint32 labels = below(4);
            for (quint32 l = 0; l < labels; ++l) {
                name[0] = char(below(8) ? name[0] + 1 : name[0]);
                out += (l ? ",\"" : "\"") + name + "\":\"" + label() + '"';
            }
            out += R"(},"values":[)";
            qint64 at = 1'795'287'000 + below(1000);
            const quint32 points = 1 + below(6);
            for (quint32 p = 0; p < points; ++p) {
                out += (p ? ",[" : "[") + time(at) + ",\"" + value() + "\"]";
                at += below(12) ? 15 : 0;
            }
            out += "]}";
        }
        return out + (below(10) ? "]}}" : R"(]},"warnings":["w"]})");
    }

private:
    std::mt19937 m_engine;
};
} // namespace

/// The fast path agrees with the general decoder on everything it takes, and never reads out of bounds.
class TestMatrixScanner : public QObject
{
    Q_OBJECT
private slots:
    void takesRecorded_data();
    void takesRecorded();
    void leavesAlone_data();
    void leavesAlone();
    void values();
    void generated();
    void mutated();
    void truncated();
    void caps();
    void longRuns();
};

void TestMatrixScanner::takesRecorded_data()
{
    QTest::addColumn<bool>("taken");
    QTest::newRow("range.json") << true;
    QTest::newRow("range_gauge.json") << true;
    QTest::newRow("range_fractional.json") << true;
    QTest::newRow("range_scalar.json") << true;
    QTest::newRow("range_empty.json") << true;
    QTest::newRow("matrix_selector.json") << true;
    QTest::newRow("range_histogram.json") << false;
    QTest::newRow("vector.json") << false;
}

void TestMatrixScanner::takesRecorded()
{
    QFETCH(bool, taken);
    const QByteArray body = recorded::body(u"prometheus/"_s + QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(!body.isEmpty());
    QCOMPARE(scan(body).has_value(), taken);
    QCOMPARE(compare(body), QString());
}

void TestMatrixScanner::leavesAlone_data()
{
    QTest::addColumn<QByteArray>("body");
    const QByteArray head = R"({"status":"success","data":{"resultType":"matrix","result":[)";
    QTest::newRow("escape") << head + R"({"metric":{"a":"\n"},"values":[[1,"1"]]}]}})";
    QTest::newRow("duplicate label") << head + R"({"metric":{"a":"1","a":"2"},"values":[[1,"1"]]}]}})";
    QTest::newRow("unsorted labels") << head + R"({"metric":{"b":"1","a":"2"},"values":[[1,"1"]]}]}})";
    QTest::newRow("bad UTF-8") << head + "{\"metric\":{\"a\":\"\xC3(\"},\"values\":[[1,\"1\"]]}]}}";
    QTest::newRow("raw control") << head + "{\"metric\":{\"a\":\"\x01\"},\"values\":[[1,\"1\"]]}]}}";
    QTest::newRow("no values") << head + R"({"metric":{}}]}})";
    QTest::newRow("number, not string") << head + R"({"metric":{},"values":[[1,1]]}]}})";
    QTest::newRow("bare NaN") << head + R"({"metric":{},"values":[[1,NaN]]}]}})";
    QTest::newRow("leading zero") << head + R"({"metric":{},"values":[[01,"1"]]}]}})";
    QTest::newRow("milliseconds") << head + R"({"metric":{},"values":[[1795287527000,"1"]]}]}})";
    QTest::newRow("negative time") << head + R"({"metric":{},"values":[[-1,"1"]]}]}})";
    QTest::newRow("error") << QByteArray(R"({"status":"error","errorType":"bad_data","error":"x"})");
    QTest::newRow("warnings") << head + R"(]},"warnings":["w"]})";
    QTest::newRow("more behind") << head + R"(]}}x)";
    QTest::newRow("empty") << QByteArray();
}

void TestMatrixScanner::leavesAlone()
{
    QFETCH(QByteArray, body);
    QVERIFY(!scan(padded(body)));
}

void TestMatrixScanner::values()
{
    // What is drawn: order, -0, infinities, a gap for what no double holds.
    const QByteArray body = padded(R"({"status":"success","data":{"resultType":"matrix","result":[)"
                                   R"({"metric":{"__name__":"m"},"values":[[1,"-0"],[2,"+Inf"],[3,"1e400"],)"
                                   R"([4,"NaN"],[4,"9"],[5.123,"0.30000000000000004"],[6,"1e-400"]]}]}})");
    const auto fast = scan(body);
    QVERIFY(fast);
    QCOMPARE(fast->invalid, 3);
    QCOMPARE(fast->series.size(), 1U);
    const Series &series = fast->series.front();
    const SampleVector<qint64> times = {1'000'000'000, 2'000'000'000, 4'000'000'000, 5'123'000'000};
    QCOMPARE(series.times, times);
    QVERIFY(std::signbit(series.values[0]) && series.values[0] == 0);
    QVERIFY(std::isinf(series.values[1]));
    QVERIFY(std::isnan(series.values[2]));
    QVERIFY(series.values[3] == 0.1 + 0.2);
    QCOMPARE(compare(body), QString());
}

void TestMatrixScanner::generated()
{
    constexpr quint32 seed = 20261121;
    Generator generate(seed);
    int taken = 0;
    for (int i = 0; i < 20'000; ++i) {
        const QByteArray body = padded(generate.body());
        taken += scan(body).has_value();
        const QString why = compare(body);
        QVERIFY2(why.isEmpty(),
            qPrintable(u"seed %1, body %2: %3\n%4"_s.arg(seed).arg(i).arg(why, QString::fromUtf8(body))));
    }
    QVERIFY2(taken > 2'000, qPrintable(QString::number(taken))); // the comparison compares something
}

void TestMatrixScanner::mutated()
{
    Generator generate(7);
    const QByteArray original = recorded::body(u"prometheus/range_fractional.json"_s);
    static const QByteArray alphabet = "0123456789.\"[]{},:-+eNaIf\\ \n\xff\x00x";
    for (int i = 0; i < 20'000; ++i) {
        QByteArray body = original;
        for (quint32 k = 0; k <= generate.below(3); ++k) {
            const auto at = qsizetype(generate.below(quint32(body.size())));
            switch (generate.below(3)) {
            case 0:
                body[at] = alphabet[qsizetype(generate.below(quint32(alphabet.size())))];
                break;
            case 1:
                body.remove(at, 1 + generate.below(5));
                break;
            default:
                body.insert(at, alphabet[qsizetype(generate.below(quint32(alphabet.size())))]);
            }
        }
        // Exactly as much room as promised, so that a sanitizer sees one byte too far.
        const QString why = compare(padded(body));
        QVERIFY2(why.isEmpty(), qPrintable(why + u'\n' + QString::fromUtf8(body)));
    }
}

void TestMatrixScanner::truncated()
{
    const QByteArray original = recorded::body(u"prometheus/range_gauge.json"_s);
    for (qsizetype size = 0; size < original.size(); ++size) {
        const QByteArray body = padded(original.left(size));
        const bool whole = size >= original.trimmed().size();
        QCOMPARE(scan(body).has_value(), whole);
        const auto slow = decodePrometheus(rangeSpec(), body, context());
        QCOMPARE(slow.has_value(), whole);
        if (!slow)
            QVERIFY(slow.error().kind == Error::Kind::Decode);
    }
}

void TestMatrixScanner::caps()
{
    QByteArray text = R"({"status":"success","data":{"resultType":"matrix","result":[)";
    for (int s = 0; s < 10; ++s) {
        text += QByteArray(s ? "," : "") + R"({"metric":{"n":")" + QByteArray::number(s) + R"("},"values":[)"
            + R"([1,"1"],[2,"2"],[3,"3"]]})";
    }
    const QByteArray body = padded(text + "]}}");
    const SeriesLimits limits{4, 11'001, 1'000'000}, fewValues{10, 11'001, 7};
    QCOMPARE(scan(body, limits)->left, 6);
    QCOMPARE(scan(body, limits)->series.size(), 4U);
    QCOMPARE(compare(body, limits), QString());
    QCOMPARE(scan(body, fewValues)->left, 8);
    QCOMPARE(compare(body, fewValues), QString());
    const auto tooLong = decodePrometheus(rangeSpec(), body, context({10, 2, 1'000'000}));
    QVERIFY(!tooLong && tooLong.error().kind == Error::Kind::TooLarge);
    const auto cut = decodePrometheus(rangeSpec(), body, context(limits));
    QVERIFY(cut && cut->partial && !cut->warnings.empty());
}

void TestMatrixScanner::longRuns()
{
    // 11,000 steps are 11,001 points, and the room grows with them.
    QByteArray text =
        R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[)";
    for (int i = 0; i <= 11'000; ++i)
        text += QByteArray(i ? "," : "") + '[' + QByteArray::number(1'795'000'000 + i) + ",\""
            + QByteArray::number(i * 0.1) + "\"]";
    const QByteArray body = padded(text + "]}]}}");
    const auto fast = scan(body);
    QVERIFY(fast);
    QCOMPARE(fast->series.front().times.size(), 11'001U);
    QCOMPARE(compare(body), QString());
}

QTEST_APPLESS_MAIN(TestMatrixScanner)
#include "tst_matrixscanner.moc"
