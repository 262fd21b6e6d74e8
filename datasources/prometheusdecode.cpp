// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/numbertext.h>
#include <datasources/prometheusdecode.h>
#include <datasources/prometheusflavour.h>
#include <datasources/prometheusmetrics.h>
#include <datasources/prometheusrules.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
using Answer = Datasource::Answer;

/// What surrounds every answer of the API.
struct Envelope
{
    QString status, errorType, error;
    std::vector<Untrusted> warnings, infos;
    bool partial = false;
};

Result<void> readTexts(od::Value value, std::vector<Untrusted> &out)
{
    return od::eachItem(value, [&](size_t, od::Value item) -> Result<void> {
        Untrusted text;
        Result<void> read = od::into(od::text(item), text);
        out.push_back(std::move(text));
        return read;
    });
}

Result<QueryData> readLabelValues(od::Value data)
{
    LabelValues out;
    if (Result<void> read = readTexts(data, out.values); !read)
        return tl::unexpected(std::move(read.error()));
    return out;
}

Result<QueryData> readLabelSets(od::Value data, int limit, int &left)
{
    LabelSets out;
    TextCache cache;
    const auto one = [&](size_t index, od::Value item) -> Result<void> {
        Result<Labels> labels = readLabels(item, cache);
        if (!labels)
            return tl::unexpected(std::move(labels.error()));
        if (int(index) < limit)
            out.sets.push_back(std::move(*labels));
        else
            ++left;
        return {};
    };
    if (Result<void> read = od::eachItem(data, one); !read)
        return tl::unexpected(std::move(read.error()));
    return out;
}

Result<QueryData> readMetadata(od::Value data)
{
    MetadataSet out;
    const auto one = [&](std::string_view metric, od::Value list) -> Result<void> {
        return od::eachItem(list, [&](size_t, od::Value item) -> Result<void> {
            MetricMetadata entry{Untrusted(od::toQString(metric)), {}, {}, {}};
            const auto field = [&entry](std::string_view key, od::Value value) -> Result<void> {
                if (key == "type")
                    return od::into(od::text(value), entry.type);
                if (key == "help")
                    return od::into(od::text(value), entry.help);
                return key == "unit" ? od::into(od::text(value), entry.unit) : Result<void>();
            };
            Result<void> read = od::eachField(item, field);
            out.entries.push_back(std::move(entry));
            return read;
        });
    };
    if (Result<void> read = od::eachField(data, one); !read)
        return tl::unexpected(std::move(read.error()));
    return out;
}

Result<void> readExemplar(od::Value item, Exemplar &out, bool &valid)
{
    TextCache cache;
    return od::eachField(item, [&](std::string_view key, od::Value value) -> Result<void> {
        if (key == "labels")
            return od::into(readLabels(value, cache), out.labels);
        if (key == "value") {
            const Result<std::string_view> text = od::text(value);
            if (!text)
                return tl::unexpected(text.error());
            const SampleText sample = readSample(*text);
            if (sample.state == SampleText::State::NotANumber)
                return od::bad(u": not a number"_s);
            valid = valid && sample.state == SampleText::State::Ok;
            out.value = sample.value;
        }
        if (key == "timestamp") {
            const Result<std::string_view> text = od::numberText(value);
            if (!text)
                return tl::unexpected(text.error());
            const SecondsText time = readSeconds(*text);
            if (time.state == SecondsText::State::NotANumber)
                return od::bad(u": not a time in seconds"_s);
            valid = valid && time.state == SecondsText::State::Ok;
            out.time = time.ns;
        }
        return {};
    });
}

Result<QueryData> readExemplars(od::Value data, int &invalid)
{
    ExemplarSet out;
    TextCache cache;
    const auto one = [&](size_t, od::Value item) -> Result<void> {
        Labels series;
        const size_t first = out.exemplars.size();
        Result<void> read = od::eachField(item, [&](std::string_view key, od::Value value) -> Result<void> {
            if (key == "seriesLabels")
                return od::into(readLabels(value, cache), series);
            if (key != "exemplars")
                return {};
            return od::eachItem(value, [&](size_t, od::Value inner) -> Result<void> {
                Exemplar exemplar;
                bool valid = true;
                Result<void> done = readExemplar(inner, exemplar, valid);
                if (valid)
                    out.exemplars.push_back(std::move(exemplar));
                else
                    ++invalid;
                return done;
            });
        });
        for (size_t i = first; i < out.exemplars.size(); ++i)
            out.exemplars[i].series = series;
        return read;
    };
    if (Result<void> read = od::eachItem(data, one); !read)
        return tl::unexpected(std::move(read.error()));
    return out;
}

/// Reads `data` as what the question asked for.
class DataReader
{
public:
    DataReader(const QuerySpec &spec, const PrometheusContext &context, const std::stop_token &stop)
        : m_spec(spec)
        , m_context(context)
        , m_stop(stop)
    {
    }
    int invalid = 0, left = 0;
    QueryCost cost; ///< beside the data

    Result<QueryData> read(od::Value data)
    {
        return std::visit([&](const auto &query) { return readFor(query, data); }, m_spec.body);
    }

private:
    Result<QueryData> metrics(od::Value data)
    {
        MetricReader reader(m_context.limits, m_stop);
        if (Result<void> done = reader.read(data); !done)
            return tl::unexpected(std::move(done.error()));
        invalid = reader.invalid();
        MetricData out = reader.take();
        left = out.left;
        return out;
    }
    Result<QueryData> readFor(const InstantQuery &, od::Value data) { return metrics(data); }
    Result<QueryData> readFor(const RangeQuery &, od::Value data) { return metrics(data); }
    Result<QueryData> readFor(const ExemplarQuery &, od::Value data) { return readExemplars(data, invalid); }
    Result<QueryData> readFor(const LabelQuery &, od::Value data) { return readLabelValues(data); }
    Result<QueryData> readFor(const SeriesQuery &, od::Value data)
    {
        return readLabelSets(data, m_context.limits.series * 5, left);
    }
    Result<QueryData> readFor(const MetadataQuery &, od::Value data) { return readMetadata(data); }
    Result<QueryData> readFor(const RulesQuery &, od::Value data)
    {
        Result<RuleGroups> rules = readRules(data, m_context, m_stop);
        if (!rules)
            return tl::unexpected(std::move(rules.error()));
        return QueryData(std::move(*rules));
    }
    Result<QueryData> readFor(const AlertsQuery &, od::Value data)
    {
        Result<std::vector<Alert>> alerts = readOwnAlerts(data, m_context, m_stop);
        if (!alerts)
            return tl::unexpected(std::move(alerts.error()));
        return QueryData(std::move(*alerts));
    }
    Result<QueryData> readFor(const StatusQuery &, od::Value data)
    {
        Result<ServerStatus> status = readBuildInfo(data);
        if (!status)
            return tl::unexpected(std::move(status.error()));
        return QueryData(std::move(*status));
    }
    template<typename Other> Result<QueryData> readFor(const Other &, od::Value)
    {
        return fail(Error::Kind::Refused, u"a Prometheus has no answer of this kind"_s);
    }

    const QuerySpec &m_spec;
    const PrometheusContext &m_context;
    const std::stop_token &m_stop;
};

/// Says in words what was left out; whoever sees the answer must be able to tell.
void noteLosses(Answer &answer, int invalid, int left)
{
    if (invalid > 0)
        answer.warnings.push_back(Untrusted(
            u"%1 samples left out: beyond what a double holds, or out of time order"_s.arg(invalid)));
    if (left > 0)
        answer.warnings.push_back(Untrusted(u"%1 more series not shown: over the limit"_s.arg(left)));
    answer.partial = answer.partial || invalid > 0 || left > 0;
}

Answer fromScan(ScannedMatrix scan)
{
    MetricData data;
    data.shape = MetricData::Shape::Matrix;
    data.series = std::move(scan.series);
    data.left = scan.left;
    Answer answer{std::move(data), {}, false};
    noteLosses(answer, scan.invalid, scan.left);
    return answer;
}

Result<void> readEnvelope(
    od::Value root, Envelope &envelope, DataReader &reader, std::optional<QueryData> &data)
{
    return od::eachField(root, [&](std::string_view key, od::Value value) -> Result<void> {
        if (key == "status")
            return od::into(od::text(value), envelope.status);
        if (key == "data") {
            if (envelope.status == u"error" || od::isNull(value))
                return {};
            Result<QueryData> read = reader.read(value);
            if (!read)
                return tl::unexpected(std::move(read.error()));
            data = std::move(*read);
            return {};
        }
        if (key == "errorType")
            return od::into(od::text(value), envelope.errorType);
        if (key == "error")
            return od::into(od::text(value), envelope.error);
        if (key == "warnings")
            return readTexts(value, envelope.warnings);
        if (key == "infos")
            return readTexts(value, envelope.infos);
        if (key == "stats")
            return readCost(value, reader.cost);
        if (key == "isPartial")
            return od::into(od::boolean(value), envelope.partial);
        return {};
    });
}

/// Figures are kept when they were asked for, and when there are any.
void takeCost(const QuerySpec &spec, const QueryCost &beside, MetricData &data)
{
    const auto *instant = std::get_if<InstantQuery>(&spec.body);
    const auto *range = std::get_if<RangeQuery>(&spec.body);
    if (!data.cost && !(beside == QueryCost()))
        data.cost = beside;
    if (!(instant && instant->stats) && !(range && range->stats))
        data.cost.reset();
}

/// Lists that a server may leave out when they are empty.
std::optional<QueryData> emptyList(const QuerySpec &spec)
{
    if (std::holds_alternative<LabelQuery>(spec.body))
        return LabelValues{};
    if (std::holds_alternative<SeriesQuery>(spec.body))
        return LabelSets{};
    if (std::holds_alternative<ExemplarQuery>(spec.body))
        return ExemplarSet{};
    return std::nullopt;
}
} // namespace

Error prometheusError(const QString &type, const QString &text, int status)
{
    using Kind = Error::Kind;
    Kind kind = Kind::Http;
    if (type == u"bad_data" || type == u"execution" || status == 400 || status == 422)
        kind = Kind::Invalid;
    else if (type == u"timeout" || type == u"canceled" || status == 408)
        kind = Kind::Timeout;
    else if (type == u"too_many_requests" || status == 429 || status == 503)
        kind = Kind::Overload;
    else if (type == u"not_found" || status == 404)
        kind = Kind::NotFound;
    else if (status == 401 || status == 403)
        kind = Kind::Auth;
    // A 200 with an error inside would otherwise look like a good status.
    const int code = status >= 200 && status < 300 ? 0 : status;
    const QString words = text.isEmpty() ? u"the server reports an error without text"_s : text.left(1000);
    return {kind, words, type.isEmpty() ? QString() : u"errorType "_s + type.left(80), code, 0};
}

Result<Answer> decodePrometheus(const QuerySpec &spec, const QByteArray &body,
    const PrometheusContext &context, const std::stop_token &stop)
{
    if (std::holds_alternative<RangeQuery>(spec.body)) {
        const QByteArray safe = padded(body);
        if (auto scan = scanMatrix({safe.constData(), size_t(safe.size())}, context.limits, stop))
            return fromScan(std::move(*scan));
    }
    return decodePrometheusGeneral(spec, body, context, stop);
}

Result<Answer> decodePrometheusGeneral(const QuerySpec &spec, const QByteArray &body,
    const PrometheusContext &context, const std::stop_token &stop)
{
    if (stop.stop_requested())
        return fail(Error::Kind::Cancelled, u"no longer wanted"_s);
    Envelope envelope;
    DataReader reader(spec, context, stop);
    std::optional<QueryData> data;
    Result<void> read = od::readDocument(
        body, {}, [&](od::Value root) { return readEnvelope(root, envelope, reader, data); });
    if (!read)
        return tl::unexpected(std::move(read.error()));
    if (envelope.status == u"error")
        return tl::unexpected(prometheusError(envelope.errorType, envelope.error, 200));
    if (envelope.status != u"success")
        return fail(Error::Kind::Decode, u"not a Prometheus answer: it has no status"_s, bodyExcerpt(body));
    if (!data)
        data = emptyList(spec);
    if (!data)
        return fail(Error::Kind::Decode, u"the answer has no data"_s, bodyExcerpt(body));
    if (auto *metrics = std::get_if<MetricData>(&*data))
        takeCost(spec, reader.cost, *metrics);
    Answer answer{std::move(*data), std::move(envelope.warnings), envelope.partial};
    if (envelope.partial)
        answer.warnings.push_back(Untrusted(u"the server says that this is a partial answer"_s));
    answer.partial = !answer.warnings.empty();
    answer.warnings.insert(answer.warnings.end(), envelope.infos.begin(), envelope.infos.end());
    noteLosses(answer, reader.invalid, reader.left);
    return answer;
}

} // namespace bw
