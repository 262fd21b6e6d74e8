// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/numbertext.h>

#include <fast_float/fast_float.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace bw {

namespace {
constexpr qint64 kNsPerSecond = 1'000'000'000;
constexpr qint64 kMaxSeconds = std::numeric_limits<qint64>::max() / kNsPerSecond - 1;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// True when the mantissa has a digit that is not 0: a result of 0 is then an underflow.
bool saysNonZero(std::string_view text)
{
    for (char c : text) {
        if (c == 'e' || c == 'E')
            return false;
        if (c >= '1' && c <= '9')
            return true;
    }
    return false;
}

SecondsText secondsFromDouble(double seconds)
{
    if (!(std::abs(seconds) < static_cast<double>(kMaxSeconds)))
        return {SecondsText::State::OutOfReach, 0};
    const double whole = std::floor(seconds);
    const qint64 ns = static_cast<qint64>(std::llround((seconds - whole) * 1e9));
    return {SecondsText::State::Ok, static_cast<qint64>(whole) * kNsPerSecond + ns};
}

/// Reads exactly `count` digits; advances `text`.
std::optional<int> digits(std::string_view &text, size_t count)
{
    if (text.size() < count)
        return std::nullopt;
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
        if (!isDigit(text[i]))
            return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool skip(std::string_view &text, char wanted)
{
    if (text.empty() || text.front() != wanted)
        return false;
    text.remove_prefix(1);
    return true;
}

/// The rest of a fraction after its point, as nanoseconds; at least one digit.
std::optional<qint64> fraction(std::string_view &text)
{
    qint64 ns = 0, scale = kNsPerSecond / 10;
    size_t count = 0;
    while (count < text.size() && isDigit(text[count])) {
        ns += (text[count] - '0') * scale;
        scale /= 10;
        ++count;
    }
    if (count == 0)
        return std::nullopt;
    text.remove_prefix(count);
    return ns;
}

/// "Z" or "+hh:mm", in seconds east of UTC, up to the end of the text.
std::optional<int> zoneOffset(std::string_view text)
{
    if (text == "Z" || text == "z")
        return 0;
    const bool west = !text.empty() && text.front() == '-';
    if (!skip(text, west ? '-' : '+'))
        return std::nullopt;
    const auto hours = digits(text, 2);
    if (!hours || !skip(text, ':'))
        return std::nullopt;
    const auto minutes = digits(text, 2);
    if (!minutes || !text.empty() || *hours > 23 || *minutes > 59)
        return std::nullopt;
    return (west ? -1 : 1) * (*hours * 3600 + *minutes * 60);
}
} // namespace

SampleText readSample(std::string_view text)
{
    using State = SampleText::State;
    if (text == "NaN")
        return {State::Ok, std::numeric_limits<double>::quiet_NaN()};
    const bool plus = !text.empty() && text.front() == '+';
    if (plus)
        text.remove_prefix(1);
    if (text == "Inf")
        return {State::Ok, std::numeric_limits<double>::infinity()};
    if (text == "-Inf" && !plus)
        return {State::Ok, -std::numeric_limits<double>::infinity()};
    // The library also reads "nan(…)" and "infinity" in any case, which no server sends.
    const size_t first = !text.empty() && text.front() == '-' && !plus ? 1 : 0;
    if (text.size() <= first || !(isDigit(text[first]) || text[first] == '.'))
        return {};
    double value = 0;
    const auto read = fast_float::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size())
        return {};
    if (std::isinf(value) || (value == 0 && saysNonZero(text)))
        return {State::OutOfRange, 0};
    return {State::Ok, value};
}

SecondsText readSeconds(std::string_view number)
{
    using State = SecondsText::State;
    while (!number.empty()
        && (number.back() == ' ' || number.back() == '\n' || number.back() == '\r' || number.back() == '\t'))
        number.remove_suffix(1); // raw tokens carry the white space behind them
    std::string_view rest = number;
    const bool negative = skip(rest, '-');
    if (rest.empty() || !isDigit(rest.front()) || (rest.size() > 1 && rest[0] == '0' && isDigit(rest[1])))
        return {};
    qint64 seconds = 0;
    for (; !rest.empty() && isDigit(rest.front()); rest.remove_prefix(1))
        seconds = std::min(seconds * 10 + (rest.front() - '0'), kMaxSeconds + 1);
    qint64 ns = 0;
    if (skip(rest, '.')) {
        const auto part = fraction(rest);
        if (!part)
            return {};
        ns = *part;
    }
    if (rest.empty()) {
        if (seconds > kMaxSeconds)
            return {State::OutOfReach, 0};
        const qint64 total = seconds * kNsPerSecond + ns;
        return {State::Ok, negative ? -total : total};
    }
    if (rest.front() != 'e' && rest.front() != 'E')
        return {};
    double value = 0;
    const auto read = fast_float::from_chars(number.data(), number.data() + number.size(), value);
    if (read.ec != std::errc() || read.ptr != number.data() + number.size())
        return {};
    return secondsFromDouble(value);
}

std::optional<qint64> nsFromRfc3339(std::string_view text)
{
    using namespace std::chrono;
    const auto y = digits(text, 4);
    if (!y || !skip(text, '-'))
        return std::nullopt;
    const auto mo = digits(text, 2);
    if (!mo || !skip(text, '-'))
        return std::nullopt;
    const auto d = digits(text, 2);
    if (!d || !(skip(text, 'T') || skip(text, 't') || skip(text, ' ')))
        return std::nullopt;
    const auto h = digits(text, 2);
    if (!h || !skip(text, ':'))
        return std::nullopt;
    const auto mi = digits(text, 2);
    if (!mi || !skip(text, ':'))
        return std::nullopt;
    const auto s = digits(text, 2);
    if (!s)
        return std::nullopt;
    qint64 ns = 0;
    if (skip(text, '.')) {
        const auto part = fraction(text);
        if (!part)
            return std::nullopt;
        ns = *part;
    }
    const auto offset = zoneOffset(text);
    const year_month_day date{year{*y}, month{unsigned(*mo)}, day{unsigned(*d)}};
    if (!offset || !date.ok() || *h > 23 || *mi > 59 || *s > 60)
        return std::nullopt;
    const qint64 total =
        qint64(sys_days(date).time_since_epoch().count()) * 86'400 + *h * 3600 + *mi * 60 + *s - *offset;
    if (std::abs(total) > kMaxSeconds)
        return std::nullopt;
    return total * kNsPerSecond + ns;
}

} // namespace bw
