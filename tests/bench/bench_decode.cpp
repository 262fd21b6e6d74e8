// SPDX-License-Identifier: GPL-3.0-or-later
// Range answers to columns of doubles: ours against V8 (JSON.parse, Number, Float64Array) and nlohmann (DOM
// and SAX), on an answer of 3 MB with whole (G1) and with fractional timestamps (G1b); and the instructions
// ours takes for a byte (G1c), counted by callgrind.
//
//     bench_decode               prints one JSON line a figure; peers that are not installed are null
//     bench_decode --callgrind   decodes once and ends: what callgrind looks at
#include <datasources/jsonguard.h>
#include <datasources/prometheusdecode.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <functional>
#include <optional>
#include <random>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr int kSeries = 83, kPoints = 1200;

/// What rate() gives: doubles with all their digits.
QByteArray makeBody(bool fractional)
{
    std::mt19937 engine(20261121);
    std::uniform_real_distribution<double> step(-1, 1);
    QByteArray out = R"({"status":"success","data":{"resultType":"matrix","result":[)";
    for (int s = 0; s < kSeries; ++s) {
        out += QByteArray(s ? "," : "")
            + R"({"metric":{"code":"200","handler":"/api/v1/items","instance":"host-)" + QByteArray::number(s)
            + R"(:9100","job":"shop"},"values":[)";
        double value = 50;
        for (int p = 0; p < kPoints; ++p) {
            value = std::abs(value + step(engine));
            out += QByteArray(p ? "," : "") + '[' + QByteArray::number(1'795'200'000 + p * 15)
                + (fractional ? ".123" : "") + ",\"" + QByteArray::number(value / 15, 'g', 17) + "\"]";
        }
        out += "]}";
    }
    return padded(out + "]}}");
}

struct Total
{
    qint64 samples = 0;
    double sum = 0;
};
/// The same for every variant, so that nobody wins by leaving something out.
bool isSame(const Total &a, const Total &b)
{
    return a.samples == b.samples && std::abs(a.sum - b.sum) <= 1e-9 * std::abs(a.sum);
}

Total ours(const QByteArray &body)
{
    const QuerySpec spec{{u"p"_s}, RangeQuery{}};
    const auto answer = decodePrometheus(spec, body, {{u"p"_s}, {u"p"_s}, {}});
    Total total;
    if (!answer)
        return total;
    for (const Series &series : std::get<MetricData>(answer->data).series) {
        total.samples += qint64(series.values.size());
        for (double value : series.values)
            total.sum += value;
    }
    return total;
}

struct Columns
{
    std::vector<double> times, values;
};
Total totalOf(const Columns &columns)
{
    Total total{qint64(columns.values.size()), 0};
    for (double value : columns.values)
        total.sum += value;
    return total;
}
double toDouble(const std::string &text)
{
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

Total nlohmannDom(const QByteArray &body)
{
    const auto root = nlohmann::json::parse(body.begin(), body.end(), nullptr, false);
    Columns columns;
    for (const auto &series : root.at("data").at("result")) {
        for (const auto &sample : series.at("values")) {
            columns.times.push_back(sample.at(0).get<double>());
            columns.values.push_back(toDouble(sample.at(1).get_ref<const std::string &>()));
        }
    }
    return totalOf(columns);
}

struct SaxColumns : nlohmann::json_sax<nlohmann::json>
{
    Columns columns;
    bool inSample = false;
    bool time(double value)
    {
        inSample = true;
        columns.times.push_back(value);
        return true;
    }
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t v) override { return time(double(v)); }
    bool number_unsigned(number_unsigned_t v) override { return time(double(v)); }
    bool number_float(number_float_t v, const string_t &) override { return time(v); }
    bool string(string_t &v) override
    {
        if (inSample)
            columns.values.push_back(toDouble(v));
        inSample = false;
        return true;
    }
    bool binary(binary_t &) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t &) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &) override
    {
        return false;
    }
};
Total nlohmannSax(const QByteArray &body)
{
    SaxColumns sax;
    nlohmann::json::sax_parse(body.begin(), body.end(), &sax);
    return totalOf(sax.columns);
}

struct Timed
{
    double ms = 0;
    Total total;
};
Timed timed(const std::function<Total(const QByteArray &)> &decode, const QByteArray &body, int runs)
{
    Timed out;
    std::vector<double> taken;
    for (int i = 0; i < runs + 3; ++i) {
        QElapsedTimer timer;
        timer.start();
        out.total = decode(body);
        if (i >= 3)
            taken.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    std::nth_element(taken.begin(), taken.begin() + std::ptrdiff_t(taken.size() / 2), taken.end());
    out.ms = taken[taken.size() / 2];
    return out;
}

std::optional<Timed> v8(const QByteArray &body)
{
    const QString node = QStandardPaths::findExecutable(u"node"_s);
    const QTemporaryDir directory;
    const QString file = directory.filePath(u"body.json"_s);
    QFile out(file);
    if (node.isEmpty() || !out.open(QIODevice::WriteOnly) || out.write(body) != body.size())
        return std::nullopt;
    out.close();
    QProcess process;
    process.start(node, {QFileInfo(QString::fromUtf8(__FILE__)).dir().filePath(u"decode_peer.js"_s), file});
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        return std::nullopt;
    const QJsonObject answer = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    return Timed{
        answer[u"ms"_s].toDouble(), {qint64(answer[u"samples"_s].toDouble()), answer[u"sum"_s].toDouble()}};
}

void print(
    const char *name, const char *unit, double value, const char *peer, std::optional<double> peerValue)
{
    if (peerValue)
        std::printf(
            R"({"name": "%s", "value": %.4g, "unit": "%s", "peer": "%s", "peer_value": %.4g, "ratio": %.3g})"
            "\n",
            name, value, unit, peer, *peerValue, *peerValue / value);
    else
        std::printf(
            R"({"name": "%s", "value": %.4g, "unit": "%s", "peer": "%s", "peer_value": null, "ratio": null})"
            "\n",
            name, value, unit, peer);
    std::fflush(stdout);
}

/// Instructions callgrind counts inside decodePrometheus, for one byte of the body.
std::optional<double> instructionsPerByte(qsizetype bytes)
{
    const QString valgrind = QStandardPaths::findExecutable(u"valgrind"_s);
    if (valgrind.isEmpty())
        return std::nullopt;
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(valgrind,
        {u"--tool=callgrind"_s, u"--callgrind-out-file=/dev/null"_s, u"--collect-atstart=no"_s,
            u"--toggle-collect=bw::decodePrometheus(*"_s, QCoreApplication::applicationFilePath(),
            u"--callgrind"_s});
    if (!process.waitForFinished(120'000))
        return std::nullopt;
    static const QRegularExpression collected(u"Collected : (\\d+)"_s);
    const auto match = collected.match(QString::fromUtf8(process.readAll()));
    if (!match.hasMatch())
        return std::nullopt;
    return match.captured(1).toDouble() / double(bytes);
}

bool compare(const QByteArray &body, const char *name, bool withNlohmann)
{
    const Timed mine = timed(ours, body, 31);
    bool good = mine.total.samples == kSeries * kPoints;
    const auto peer = [&](const char *peerName, const std::optional<Timed> &other) {
        good = good && (!other || isSame(mine.total, other->total));
        print(name, "ms", mine.ms, peerName, other ? std::optional(other->ms) : std::nullopt);
    };
    peer("node JSON.parse + Number", v8(body));
    if (withNlohmann) {
        peer("nlohmann DOM", timed(nlohmannDom, body, 7));
        peer("nlohmann SAX", timed(nlohmannSax, body, 7));
    }
    print((QByteArray(name) + ".throughput").constData(), "MB/s", double(body.size()) / 1e3 / mine.ms, "none",
        std::nullopt);
    return good;
}
} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QByteArray whole = makeBody(false);
    if (application.arguments().contains(u"--callgrind"_s))
        return ours(whole).samples == kSeries * kPoints ? 0 : 1;
    bool good = compare(whole, "decode.range", true);
    good = compare(makeBody(true), "decode.range_fractional", true) && good;
    if (const auto perByte = instructionsPerByte(whole.size()))
        print("decode.instructions", "instructions/byte", *perByte, "none", std::nullopt);
    if (!good)
        std::fprintf(stderr, "the decoders disagree: the figures mean nothing\n");
    return good ? 0 : 1;
}
