// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/numbertext.h>

#include <QTest>

#include <bit>
#include <cmath>
#include <limits>

using namespace bw;

/// Numbers and times as servers write them.
class TestNumberText : public QObject
{
    Q_OBJECT
private slots:
    void samples_data();
    void samples();
    void seconds_data();
    void seconds();
    void rfc3339_data();
    void rfc3339();
};

namespace {
constexpr double kInf = std::numeric_limits<double>::infinity();
using S = SampleText::State;
using T = SecondsText::State;
std::string_view view(const QByteArray &text) { return {text.constData(), size_t(text.size())}; }
} // namespace

void TestNumberText::samples_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("state");
    QTest::addColumn<double>("value");
    const auto row = [](const char *text, S state, double value = 0) {
        QTest::newRow(*text ? text : "(empty)") << QByteArray(text) << int(state) << value;
    };
    row("1", S::Ok, 1);
    row("0.25", S::Ok, 0.25);
    row("1e+22", S::Ok, 1e22);
    row("1e-07", S::Ok, 1e-7);
    row("+Inf", S::Ok, kInf);
    row("Inf", S::Ok, kInf);
    row("-Inf", S::Ok, -kInf);
    row("NaN", S::Ok, std::nan(""));
    row("-0", S::Ok, -0.0);
    row("0", S::Ok, 0.0);
    row("+1.5", S::Ok, 1.5);
    row("9007199254740993", S::Ok, 9007199254740992.0);
    row("9223372036854775808", S::Ok, 9223372036854775808.0);
    row("5e-324", S::Ok, 5e-324);
    row("1.7976931348623157e+308", S::Ok, std::numeric_limits<double>::max());
    row("12345678901234567890123", S::Ok, 1.2345678901234568e22);
    row("1e400", S::OutOfRange);
    row("-1e400", S::OutOfRange);
    row("1e-400", S::OutOfRange);
    row("0e-400", S::Ok, 0);
    row("0.000e5", S::Ok, 0);
    row("", S::NotANumber);
    row("-", S::NotANumber);
    row("+", S::NotANumber);
    row("+-1", S::NotANumber);
    row("+-Inf", S::NotANumber);
    row("1,5", S::NotANumber);
    row("0x10", S::NotANumber);
    row("nan", S::NotANumber);
    row("nan(7)", S::NotANumber);
    row("infinity", S::NotANumber);
    row("1 ", S::NotANumber);
    row(" 1", S::NotANumber);
    row("null", S::NotANumber);
}

void TestNumberText::samples()
{
    QFETCH(QByteArray, text);
    QFETCH(int, state);
    QFETCH(double, value);
    const SampleText read = readSample(view(text));
    QCOMPARE(int(read.state), state);
    if (read.state != S::Ok)
        return;
    if (std::isnan(value))
        QVERIFY(std::isnan(read.value));
    else // bits, so that -0 is not 0
        QCOMPARE(std::bit_cast<quint64>(read.value), std::bit_cast<quint64>(value));
}

void TestNumberText::seconds_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("state");
    QTest::addColumn<qint64>("ns");
    const auto row = [](const char *text, T state, qint64 ns = 0) {
        QTest::newRow(*text ? text : "(empty)") << QByteArray(text) << int(state) << ns;
    };
    row("1795287527", T::Ok, 1795287527000000000LL);
    row("1795287527.5", T::Ok, 1795287527500000000LL);
    row("1795287527.123", T::Ok, 1795287527123000000LL);
    row("1795287527.123456789", T::Ok, 1795287527123456789LL);
    row("1795287527.1234567899", T::Ok, 1795287527123456789LL);
    row("1795287527 ", T::Ok, 1795287527000000000LL);
    row("0", T::Ok, 0);
    row("-1.5", T::Ok, -1500000000LL);
    row("1.795e9", T::Ok, 1795000000000000000LL);
    row("1795287527000", T::OutOfReach); // milliseconds
    row("1795287527000000000", T::OutOfReach); // nanoseconds
    row("99999999999999999999999", T::OutOfReach);
    row("1e300", T::OutOfReach);
    row("1e400", T::OutOfReach);
    row("01", T::NotANumber);
    row("1.", T::NotANumber);
    row(".5", T::NotANumber);
    row("1.2.3", T::NotANumber);
    row("1e", T::NotANumber);
    row("", T::NotANumber);
    row("NaN", T::NotANumber);
}

void TestNumberText::seconds()
{
    QFETCH(QByteArray, text);
    QFETCH(int, state);
    QFETCH(qint64, ns);
    const SecondsText read = readSeconds(view(text));
    QCOMPARE(int(read.state), state);
    if (read.state == T::Ok)
        QCOMPARE(read.ns, ns);
}

void TestNumberText::rfc3339_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("ok");
    QTest::addColumn<qint64>("ns");
    const auto row = [](const char *text, bool ok, qint64 ns = 0) {
        QTest::newRow(*text ? text : "(empty)") << QByteArray(text) << ok << ns;
    };
    row("1970-01-01T00:00:00Z", true, 0);
    row("2026-11-21T14:02:11.943Z", true, 1795269731943000000LL);
    row("2026-11-21T14:02:11.943123456Z", true, 1795269731943123456LL);
    row("2026-11-21T14:02:11+02:00", true, 1795262531000000000LL);
    row("2026-11-21T14:02:11.5-01:30", true, 1795275131500000000LL);
    row("2024-02-29T00:00:00Z", true, 1709164800000000000LL);
    row("1969-12-31T23:59:59Z", true, -1000000000LL);
    row("0001-01-01T00:00:00Z", false); // Go's zero time
    row("9999-12-31T23:59:59Z", false);
    row("2023-02-29T00:00:00Z", false);
    row("2026-11-21", false);
    row("2026-11-21T14:02:11", false);
    row("2026-11-21T25:02:11Z", false);
    row("2026-11-21T14:02:11.Z", false);
    row("2026-11-21T14:02:11Zx", false);
    row("", false);
}

void TestNumberText::rfc3339()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, ok);
    QFETCH(qint64, ns);
    const auto read = nsFromRfc3339(view(text));
    QCOMPARE(read.has_value(), ok);
    if (ok)
        QCOMPARE(*read, ns);
}

QTEST_APPLESS_MAIN(TestNumberText)
#include "tst_numbertext.moc"
