// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/cache/resultcodec.h>

#include <store/cache/archive.h>

#include <QtEndian>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace archive {

static_assert(Q_BYTE_ORDER == Q_LITTLE_ENDIAN, "samples are written as they lie in memory");

// Declared first: they refer to each other inside the templates above.
template<typename A> void io(A &a, Labels &value);
template<typename A> void io(A &a, DatasourceId &value);
template<typename A> void io(A &a, TimeRange &value);
template<typename A> void io(A &a, MemberReport &value);
template<typename A> void io(A &a, Alert &value);
template<typename A> void io(A &a, SilenceMatcher &value);
template<typename A> void io(A &a, Silence &value);
template<typename A> void io(A &a, AlertGroup &value);
template<typename A> void io(A &a, HistogramBucket &value);
template<typename A> void io(A &a, HistogramSample &value);
template<typename A> void io(A &a, Series &value);
template<typename A> void io(A &a, Exemplar &value);
template<typename A> void io(A &a, MetricMetadata &value);
template<typename A> void io(A &a, Rule &value);
template<typename A> void io(A &a, RuleGroup &value);
template<typename A> void io(A &a, OwnItem &value);

template<typename A> void io(A &a, Labels &value)
{
    const size_t size = a.count(value.size(), 2);
    if constexpr (A::reading) {
        std::vector<Labels::Pair> pairs;
        for (size_t i = 0; i < size && a.ok(); ++i) {
            auto &pair = pairs.emplace_back();
            all(a, pair.first, pair.second);
        }
        value = Labels::fromPairs(std::move(pairs));
    } else {
        for (const Labels::Pair &pair : value.pairs()) {
            Labels::Pair copy = pair;
            all(a, copy.first, copy.second);
        }
    }
}

template<typename A> void io(A &a, DatasourceId &value) { io(a, value.id); }
template<typename A> void io(A &a, TimeRange &value) { all(a, value.begin, value.end); }

template<typename A> void io(A &a, MemberReport &value)
{
    all(a, value.member, value.startsAt, value.updatedAt);
}

template<typename A> void io(A &a, Alert &value)
{
    all(a, value.key.source.id, value.key.fingerprint);
    ioEnum(a, value.state, AlertState::Unknown);
    ioEnum(a, value.alertClass, AlertClass::Page);
    ioEnum(a, value.severity, Severity::Critical);
    all(a, value.labels, value.annotations, value.startsAt, value.updatedAt, value.endsAt, value.generatorUrl,
        value.receivers, value.silencedBy, value.inhibitedBy, value.mutedBy, value.members,
        value.membersAsked);
}

template<typename A> void io(A &a, SilenceMatcher &value)
{
    all(a, value.name, value.value, value.isRegex, value.isEqual);
}

template<typename A> void io(A &a, Silence &value)
{
    all(a, value.id, value.state, value.matchers, value.startsAt, value.endsAt, value.updatedAt,
        value.createdBy, value.comment);
}

template<typename A> void io(A &a, AlertGroup &value) { all(a, value.labels, value.receiver, value.alerts); }

template<typename A> void io(A &a, HistogramBucket &value)
{
    all(a, value.lower, value.upper, value.count, value.bounds);
}

template<typename A> void io(A &a, HistogramSample &value)
{
    all(a, value.time, value.count, value.sum, value.buckets);
}

/// Times of a panel lie on a grid: the first one and the step say them all. Others follow as differences.
template<typename A> void ioTimes(A &a, SampleVector<qint64> &times)
{
    const size_t size = times.size();
    if (size == 0)
        return;
    io(a, times[0]);
    quint64 step = size > 1 ? quint64(times[1]) - quint64(times[0]) : 1;
    bool regular = true;
    if constexpr (!A::reading) {
        for (size_t i = 1; i < size; ++i)
            regular = regular && quint64(times[i]) - quint64(times[i - 1]) == step;
    }
    all(a, regular, step);
    for (size_t i = 1; i < size && a.ok(); ++i) {
        quint64 difference = step;
        if (!regular) {
            if constexpr (!A::reading)
                difference = quint64(times[i]) - quint64(times[i - 1]);
            io(a, difference);
        }
        if constexpr (A::reading) {
            times[i] = qint64(quint64(times[i - 1]) + difference);
            if (times[i] <= times[i - 1])
                a.fail();
        }
    }
}

template<typename A> void io(A &a, Series &value)
{
    io(a, value.labels);
    const size_t size = a.count(value.times.size(), sizeof(double));
    if constexpr (A::reading) {
        value.times.resize(size);
        value.values.resize(size);
    }
    a.raw(value.values.data(), qsizetype(size * sizeof(double)));
    ioTimes(a, value.times);
    io(a, value.histograms);
}

template<typename A> void io(A &a, Exemplar &value)
{
    all(a, value.series, value.labels, value.value, value.time);
}

template<typename A> void io(A &a, MetricMetadata &value)
{
    all(a, value.metric, value.type, value.help, value.unit);
}

template<typename A> void io(A &a, Rule &value)
{
    ioEnum(a, value.type, Rule::Type::Recording);
    all(a, value.name, value.query, value.labels, value.annotations, value.health, value.lastError,
        value.state, value.forDuration, value.evaluationTime, value.lastEvaluation, value.alerts);
}

template<typename A> void io(A &a, RuleGroup &value)
{
    all(a, value.name, value.file, value.interval, value.evaluationTime, value.lastEvaluation, value.rules);
}

template<typename A> void io(A &a, OwnItem &value)
{
    all(a, value.id, value.at, value.title, value.text, value.kind, value.state, value.labels, value.value);
}

// What is asked.
template<typename A> void io(A &a, InstantQuery &body) { all(a, body.expression, body.at); }
template<typename A> void io(A &a, RangeQuery &body) { all(a, body.expression, body.range, body.step); }
template<typename A> void io(A &a, ExemplarQuery &body) { all(a, body.expression, body.range); }
template<typename A> void io(A &a, LabelQuery &body) { all(a, body.label, body.matches, body.range); }
template<typename A> void io(A &a, SeriesQuery &body) { all(a, body.matches, body.range); }
template<typename A> void io(A &a, MetadataQuery &body) { io(a, body.metric); }
template<typename A> void io(A &a, RulesQuery &body) { io(a, body.type); }
template<typename A> void io(A &, AlertsQuery &) { }
template<typename A> void io(A &, AlertGroupsQuery &) { }
template<typename A> void io(A &, SilencesQuery &) { }
template<typename A> void io(A &, StatusQuery &) { }
template<typename A> void io(A &a, OwnDataQuery &body) { all(a, body.topic, body.range); }

template<typename A> void io(A &a, TraceId &id) { all(a, id.high, id.low); }
template<typename A> void io(A &a, TraceSearch &body)
{
    QStringList keys = body.attributes.keys(), values = body.attributes.values();
    all(a, body.service, body.operation, keys, values, body.minDuration, body.maxDuration, body.errorsOnly,
        body.traceql, body.range, body.limit);
    if constexpr (A::reading) {
        for (qsizetype i = 0; i < std::min(keys.size(), values.size()); ++i)
            body.attributes.insert(keys[i], values[i]);
    }
}
template<typename A> void io(A &a, TraceById &body) { all(a, body.trace, body.hint); }
template<typename A> void io(A &a, TraceNamesQuery &body) { io(a, body.service); }
template<typename A> void io(A &a, DependencyQuery &body) { io(a, body.range); }

// What came.
template<typename A> void io(A &a, MetricData &data)
{
    ioEnum(a, data.shape, MetricData::Shape::String);
    all(a, data.series, data.text, data.textTime, data.left);
}
template<typename A> void io(A &a, ExemplarSet &data) { io(a, data.exemplars); }
template<typename A> void io(A &a, LabelValues &data) { io(a, data.values); }
template<typename A> void io(A &a, LabelSets &data) { io(a, data.sets); }
template<typename A> void io(A &a, MetadataSet &data) { io(a, data.entries); }
template<typename A> void io(A &a, RuleGroups &data) { io(a, data.groups); }
template<typename A> void io(A &a, ServerStatus &data)
{
    all(a, data.product, data.version, data.startedAt, data.clusterStatus, data.clusterPeers, data.notes);
}
template<typename A> void io(A &a, OwnItems &data) { all(a, data.items, data.note); }
template<typename A> void io(A &a, ServiceShare &share) { all(a, share.service, share.spans, share.errors); }
template<typename A> void io(A &a, TraceSummary &one)
{
    all(a, one.id, one.rootService, one.rootOperation, one.start, one.duration, one.spans, one.errors,
        one.services, one.failedService, one.failedOperation, one.exceptionType, one.failedSpan);
}
template<typename A> void io(A &a, TraceSummaries &data) { all(a, data.traces, data.note); }
template<typename A> void io(A &a, Dependency &edge)
{
    all(a, edge.parent, edge.child, edge.calls, edge.errors);
}
template<typename A> void io(A &a, Dependencies &data) { io(a, data.edges); }
/// A whole trace is not kept: it holds the answer's bytes, up to 256 MiB.
template<typename A> void io(A &a, Trace &) { a.fail(); }

/// Makes the alternative with this index; false when there is none.
template<typename Variant, size_t I = 0> bool emplaceAt(Variant &variant, size_t index)
{
    if constexpr (I < std::variant_size_v<Variant>) {
        if (index != I)
            return emplaceAt<Variant, I + 1>(variant, index);
        variant.template emplace<I>();
        return true;
    }
    return false;
}

template<typename A, typename Variant> void ioVariant(A &a, Variant &value)
{
    quint64 index = value.index();
    io(a, index);
    if constexpr (A::reading) {
        if (!a.ok() || !emplaceAt(value, size_t(index)))
            return a.fail();
    }
    std::visit([&](auto &alternative) { io(a, alternative); }, value);
}

} // namespace archive

namespace {

// Raise it with any change of what is written: older bytes are then simply not read any more.
constexpr char kVersion = 1;
constexpr qsizetype kHead = 1 + qsizetype(sizeof(quint64));

/// FNV-1a; finds damage of the disk, not intent.
quint64 checksumOf(QByteArrayView bytes)
{
    quint64 hash = 0xcbf29ce484222325;
    for (const char c : bytes)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

template<typename A> void ioResult(A &a, QueryResult &result, QueryData &data, bool &empty)
{
    archive::io(a, result.spec.source);
    archive::ioVariant(a, result.spec.body);
    archive::all(a, result.fetchedAt, empty, result.warnings, result.took, result.bytes);
    archive::ioVariant(a, data);
}

} // namespace

QByteArray withChecksum(QByteArray bytes)
{
    if (bytes.size() >= kHead)
        qToLittleEndian(checksumOf(QByteArrayView(bytes).sliced(kHead)), bytes.data() + 1);
    return bytes;
}

QByteArray encodeResult(const QueryResult &result)
{
    archive::Writer writer;
    bool empty = result.freshness.state == Freshness::State::Empty
        || (result.freshness.state == Freshness::State::Stale && result.freshness.lastGoodEmpty);
    static const QueryData none;
    // The Writer shares its functions with the Reader, hence the casts; it changes nothing.
    ioResult(writer, const_cast<QueryResult &>(result),
        const_cast<QueryData &>(result.data ? *result.data : none), empty);
    return withChecksum(QByteArray(1, kVersion) + QByteArray(kHead - 1, '\0') + writer.take());
}

QueryResult asKept(QueryResult result)
{
    const bool empty = result.freshness.state == Freshness::State::Empty
        || (result.freshness.state == Freshness::State::Stale && result.freshness.lastGoodEmpty);
    result.freshness = {};
    result.freshness.state = Freshness::State::Stale;
    result.freshness.lastGoodUtc = result.fetchedAt;
    result.freshness.lastGoodEmpty = empty;
    result.freshness.reason = u"kept from before, not asked yet"_s;
    result.skew = {};
    return result;
}

Result<QueryResult> decodeResult(const QByteArray &bytes)
{
    const auto refuse = [] { return fail(Error::Kind::Decode, u"a kept answer cannot be read"_s); };
    if (bytes.size() < kHead || bytes[0] != kVersion)
        return refuse();
    const QByteArrayView body = QByteArrayView(bytes).sliced(kHead);
    if (qFromLittleEndian<quint64>(bytes.constData() + 1) != checksumOf(body))
        return refuse();
    archive::Reader reader(body);
    QueryResult result;
    auto data = std::make_shared<QueryData>();
    bool empty = false;
    ioResult(reader, result, *data, empty);
    if (!reader.ok() || !reader.atEnd())
        return refuse();
    result.data = std::move(data);
    result.freshness.state = empty ? Freshness::State::Empty : Freshness::State::Fresh;
    return asKept(std::move(result));
}

} // namespace bw
