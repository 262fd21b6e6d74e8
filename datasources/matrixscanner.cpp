// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled with -O3 in every build type: this loop sees each byte of each range answer.
#include <datasources/matrixscanner.h>
#include <datasources/numbertext.h>

#include <fast_float/fast_float.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace bw {

namespace {
static_assert(std::endian::native == std::endian::little, "the word tricks below read little-endian");

constexpr quint64 kOnes = 0x0101010101010101ULL;
constexpr std::array<double, 23> kPowers = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::array<quint64, 9> kTens = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
/// Samples to make room for before the first series has shown how many there are.
constexpr size_t kFirstRoom = 512;

quint64 load8(const char *at)
{
    quint64 word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// How many of eight bytes, from the first, are decimal digits.
int leadingDigits(quint64 word)
{
    // A digit is 0x30…0x39: adding 6 must leave the high half 3 as well. Carries only run to later bytes,
    // and only out of bytes that are no digits themselves.
    const quint64 low = word & (kOnes * 0xF0), high = (word + kOnes * 0x06) & (kOnes * 0xF0);
    const quint64 wrong = (low ^ (kOnes * 0x30)) | (high ^ (kOnes * 0x30));
    return wrong == 0 ? 8 : std::countr_zero(wrong) / 8;
}

/// The value of eight digits, the first one the most significant.
quint64 eightDigits(quint64 word)
{
    word -= kOnes * '0';
    word = word * 10 + (word >> 8);
    constexpr quint64 mask = 0x000000FF000000FFULL, m1 = 0x000F424000000064ULL, m2 = 0x0000271000000001ULL;
    return (((word & mask) * m1) + (((word >> 16) & mask) * m2)) >> 32;
}

/// A run of digits appended to `mantissa`; returns how many. Reads up to 8 bytes at a time.
inline int takeDigits(const char *&at, quint64 &mantissa)
{
    const char *const start = at;
    quint64 word = load8(at);
    int count = leadingDigits(word);
    while (count == 8) {
        mantissa = mantissa * kTens[8] + eightDigits(word);
        at += 8;
        if (at - start > 32)
            return int(at - start); // whoever sends that is read the slow way
        word = load8(at);
        count = leadingDigits(word);
    }
    if (count < 4) {
        for (; count > 0; --count, word >>= 8)
            mantissa = mantissa * 10 + (word & 0x0F), ++at;
    } else {
        // Shift the digits to the end of the word and fill the front with zeros.
        const int bits = (8 - count) * 8;
        const quint64 shifted = (word << bits) | ((kOnes * '0') >> (64 - bits));
        mantissa = mantissa * kTens[size_t(count)] + eightDigits(shifted);
        at += count;
    }
    return int(at - start);
}

/// The text of a time in the first series, with its comma: the other series mostly have the same times.
struct Stamp
{
    const char *text;
    qint64 ns;
    std::ptrdiff_t length; ///< 8 to 16
};

class Scanner
{
public:
    Scanner(std::string_view body, const SeriesLimits &limits, const std::stop_token &stop)
        : m_at(body.data())
        , m_end(body.data() + body.size())
        , m_limits(limits)
        , m_kept(limits)
        , m_stop(stop)
    {
    }

    bool run()
    {
        if (!literal(R"({"status":"success",)"))
            return false;
        literal(R"("isPartial":false,)"); // VictoriaMetrics
        if (!literal(R"("data":{"resultType":"matrix","result":[)"))
            return false;
        if (!byte(']')) {
            do {
                if (m_stop.stop_requested() || !series())
                    return false;
            } while (byte(','));
            if (!byte(']'))
                return false;
        }
        if (!literal("}}"))
            return false;
        while (m_at < m_end && (*m_at == '\n' || *m_at == ' ' || *m_at == '\r' || *m_at == '\t'))
            ++m_at;
        return m_at == m_end;
    }
    ScannedMatrix take() { return {std::move(m_kept.series), m_kept.left, m_invalid}; }

private:
    bool byte(char wanted)
    {
        if (m_at >= m_end || *m_at != wanted)
            return false;
        ++m_at;
        return true;
    }
    bool literal(std::string_view text)
    {
        if (size_t(m_end - m_at) < text.size() || std::memcmp(m_at, text.data(), text.size()) != 0)
            return false;
        m_at += text.size();
        return true;
    }

    /// A string without escapes and control characters, valid as UTF-8.
    bool text(std::string_view &out)
    {
        if (!byte('"'))
            return false;
        const char *const start = m_at;
        bool ascii = true;
        for (; m_at < m_end && *m_at != '"'; ++m_at) {
            const auto c = static_cast<unsigned char>(*m_at);
            if (c < 0x20 || c == '\\')
                return false;
            ascii = ascii && c < 0x80;
        }
        if (m_at >= m_end)
            return false;
        out = {start, size_t(m_at - start)};
        ++m_at;
        return ascii || simdjson::validate_utf8(out.data(), out.size());
    }

    /// Label names must ascend, as Prometheus sorts them: so none comes twice.
    bool labels(Labels &out)
    {
        if (!literal(R"({"metric":{)"))
            return false;
        std::vector<Labels::Pair> pairs;
        std::string_view last;
        if (!byte('}')) {
            do {
                std::string_view name, value;
                if (!text(name) || !byte(':') || !text(value) || (!pairs.empty() && name <= last))
                    return false;
                last = name;
                pairs.emplace_back(Untrusted(QString::fromUtf8(name.data(), qsizetype(name.size()))),
                    Untrusted(QString::fromUtf8(value.data(), qsizetype(value.size()))));
            } while (byte(','));
            if (!byte('}'))
                return false;
        }
        out = Labels::fromPairs(std::move(pairs));
        return true;
    }

    /// The time of sample `index` and its comma.
    bool time(size_t index, qint64 &ns)
    {
        if (index < m_stamps.size()) {
            const Stamp &like = m_stamps.data()[index];
            const auto tail = like.length - 8; // two words that overlap cover the whole text
            if (m_at + like.length < m_end && load8(m_at) == load8(like.text)
                && load8(m_at + tail) == load8(like.text + tail)) {
                ns = like.ns;
                m_at += like.length;
                return true;
            }
        }
        const char *const start = m_at;
        if (!readTime(ns) || !byte(','))
            return false;
        const auto length = m_at - start;
        if (m_isFirst && index == m_stamps.size() && length >= 8 && length <= 16)
            m_stamps.push_back({start, ns, length});
        return true;
    }

    /// Whole seconds with up to nine decimals.
    bool readTime(qint64 &ns)
    {
        quint64 seconds = 0;
        const char *const start = m_at;
        const int whole = takeDigits(m_at, seconds);
        if (whole == 0 || whole > 10 || (*start == '0' && whole > 1))
            return false;
        constexpr quint64 reach = 9'223'372'035;
        if (seconds > reach)
            return false;
        ns = qint64(seconds) * 1'000'000'000;
        if (*m_at != '.')
            return true;
        ++m_at;
        quint64 part = 0;
        const int count = takeDigits(m_at, part);
        if (count == 0 || count > 9)
            return false;
        ns += qint64(part * (count == 9 ? 1 : kTens[8 - size_t(count)] * 10));
        return true;
    }

    /// Anything but a plain decimal with up to 19 digits. 1: a value, 0: to be left out, -1: no number.
    int slowValue(const char *start, double &value)
    {
        const auto *close = static_cast<const char *>(std::memchr(start, '"', size_t(m_end - start)));
        if (!close)
            return -1;
        m_at = close;
        const SampleText read = readSample({start, size_t(close - start)});
        value = read.value;
        switch (read.state) {
        case SampleText::State::Ok:
            return 1;
        case SampleText::State::OutOfRange:
            return 0;
        case SampleText::State::NotANumber:
            break;
        }
        return -1;
    }

    /// Up to the closing quote, which stays. Returns as slowValue().
    int value(double &out)
    {
        const char *const start = m_at;
        const char *at = start;
        const bool negative = *at == '-';
        at += negative;
        quint64 mantissa = 0;
        int used = takeDigits(at, mantissa), decimals = 0;
        if (used == 0 || at >= m_end)
            return slowValue(start, out);
        if (*at == '.') {
            ++at;
            const char *const point = at;
            if (mantissa == 0) {
                used = 0;
                while (*at == '0' && at < m_end) // they cost no digits of the mantissa
                    ++at;
            }
            used += takeDigits(at, mantissa);
            decimals = int(std::min<std::ptrdiff_t>(at - point, 1000));
            if (decimals == 0)
                return slowValue(start, out);
        }
        if (*at != '"' || used > 19)
            return slowValue(start, out);
        m_at = at;
        double result;
        if (mantissa <= (1ULL << 53) && decimals <= 22) {
            // Both are exact doubles, so one division rounds once (Clinger).
            result = double(mantissa) / kPowers[size_t(decimals)];
        } else {
            const auto exact =
                fast_float::compute_float<fast_float::binary_format<double>>(-decimals, mantissa);
            if (exact.power2 <= 0 || mantissa == 0)
                return slowValue(start, out); // ambiguous, subnormal or zero
            result = std::bit_cast<double>(exact.mantissa | (quint64(exact.power2) << 52));
        }
        out = negative ? -result : result;
        return 1;
    }

    bool series()
    {
        Series series;
        if (!labels(series.labels) || !literal(R"(,"values":[)"))
            return false;
        size_t room = m_expected;
        series.times.resize(room);
        series.values.resize(room);
        qint64 *times = series.times.data();
        double *values = series.values.data();
        size_t count = 0, points = 0;
        qint64 last = 0;
        do {
            if (m_at + 2 > m_end || *m_at != '[')
                return false;
            ++m_at;
            qint64 at;
            double v = 0;
            if (!time(points, at) || !byte('"'))
                return false;
            const int read = m_at < m_end ? value(v) : -1;
            if (read < 0 || m_at + 2 > m_end || m_at[0] != '"' || m_at[1] != ']')
                return false;
            m_at += 2;
            if (++points > size_t(m_limits.points))
                return false; // the general decoder words the error
            if (read == 0 || (count > 0 && at <= last)) {
                ++m_invalid;
                continue;
            }
            if (count == room) {
                room *= 2;
                series.times.resize(room);
                series.values.resize(room);
                times = series.times.data();
                values = series.values.data();
            }
            times[count] = last = at;
            values[count++] = v;
        } while (byte(','));
        if (!literal("]}"))
            return false;
        m_isFirst = false;
        keep(std::move(series), count);
        return true;
    }

    void keep(Series series, size_t count)
    {
        m_expected = std::max<size_t>(count, 1);
        series.times.resize(count);
        series.values.resize(count);
        if (series.times.capacity() > count + count / 4 + 16) {
            series.times.shrink_to_fit();
            series.values.shrink_to_fit();
        }
        m_kept.add(std::move(series));
    }

    const char *m_at, *const m_end;
    const SeriesLimits &m_limits;
    SeriesKeeper m_kept;
    const std::stop_token &m_stop;
    size_t m_expected = kFirstRoom; ///< the series of one answer are mostly of one length
    std::vector<Stamp> m_stamps;
    bool m_isFirst = true;
    int m_invalid = 0;
};
} // namespace

std::optional<ScannedMatrix> scanMatrix(
    std::string_view body, const SeriesLimits &limits, const std::stop_token &stop)
{
    Scanner scanner(body, limits, stop);
    if (!scanner.run())
        return std::nullopt;
    return scanner.take();
}

} // namespace bw
