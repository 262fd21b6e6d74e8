// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/queryspec.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Writes fields with their lengths, so that no two different specs give the same bytes.
class KeyWriter
{
public:
    explicit KeyWriter(bool withTimes)
        : m_withTimes(withTimes)
    {
    }
    KeyWriter &text(const QString &value)
    {
        const QByteArray bytes = value.toUtf8();
        m_out += QByteArray::number(bytes.size()) + ':' + bytes;
        return *this;
    }
    KeyWriter &texts(const QStringList &values)
    {
        m_out += '[' + QByteArray::number(values.size());
        for (const QString &value : values)
            text(value);
        return *this;
    }
    KeyWriter &number(qint64 value)
    {
        m_out += '#' + QByteArray::number(value);
        return *this;
    }
    KeyWriter &time(const std::optional<Timestamp> &value)
    {
        if (m_withTimes)
            m_out += value ? '@' + QByteArray::number(value->time_since_epoch().count()) : QByteArray("@-");
        return *this;
    }
    KeyWriter &range(const std::optional<TimeRange> &value)
    {
        if (!value)
            return time(std::nullopt);
        return time(value->begin).time(value->end);
    }
    QByteArray take() { return std::move(m_out); }

private:
    QByteArray m_out;
    bool m_withTimes;
};

struct BodyWriter
{
    KeyWriter &out;
    void operator()(const InstantQuery &body) const
    {
        out.text(body.expression).time(body.at);
        stats(body.stats);
    }
    void operator()(const RangeQuery &body) const
    {
        out.text(body.expression).number(body.step.count()).range(body.range);
        stats(body.stats);
    }
    /// Another answer, and so another question; keys of usual ones stay as they are.
    void stats(bool wanted) const
    {
        if (wanted)
            out.text(u"stats"_s);
    }
    void operator()(const ExemplarQuery &body) const { out.text(body.expression).range(body.range); }
    void operator()(const LabelQuery &body) const
    {
        out.text(body.label).texts(body.matches).range(body.range);
    }
    void operator()(const SeriesQuery &body) const { out.texts(body.matches).range(body.range); }
    void operator()(const MetadataQuery &body) const { out.text(body.metric); }
    void operator()(const RulesQuery &body) const { out.text(body.type); }
    void operator()(const AlertsQuery &) const { }
    void operator()(const AlertGroupsQuery &) const { }
    void operator()(const SilencesQuery &) const { }
    void operator()(const StatusQuery &) const { }
    void operator()(const OwnDataQuery &body) const { out.text(body.topic).range(body.range); }
    void operator()(const TraceSearch &body) const
    {
        out.text(body.service)
            .text(body.operation)
            .texts(body.attributes.keys())
            .texts(body.attributes.values());
        out.number(body.minDuration.value_or(Nanoseconds(-1)).count());
        out.number(body.maxDuration.value_or(Nanoseconds(-1)).count());
        out.number(body.errorsOnly).text(body.traceql).number(body.limit).range(body.range);
    }
    void operator()(const TraceById &body) const { out.text(body.trace.toHex()).range(body.hint); }
    void operator()(const TraceNamesQuery &body) const { out.text(body.service); }
    void operator()(const DependencyQuery &body) const { out.range(body.range); }
};

struct BodyName
{
    QString operator()(const InstantQuery &) const { return u"instant"_s; }
    QString operator()(const RangeQuery &) const { return u"range"_s; }
    QString operator()(const ExemplarQuery &) const { return u"exemplars"_s; }
    QString operator()(const LabelQuery &body) const
    {
        return body.label.isEmpty() ? u"labels"_s : u"label_values"_s;
    }
    QString operator()(const SeriesQuery &) const { return u"series"_s; }
    QString operator()(const MetadataQuery &) const { return u"metadata"_s; }
    QString operator()(const RulesQuery &) const { return u"rules"_s; }
    QString operator()(const AlertsQuery &) const { return u"alerts"_s; }
    QString operator()(const AlertGroupsQuery &) const { return u"alert_groups"_s; }
    QString operator()(const SilencesQuery &) const { return u"silences"_s; }
    QString operator()(const StatusQuery &) const { return u"status"_s; }
    QString operator()(const OwnDataQuery &) const { return u"own"_s; }
    QString operator()(const TraceSearch &) const { return u"traces"_s; }
    QString operator()(const TraceById &) const { return u"trace"_s; }
    QString operator()(const TraceNamesQuery &body) const
    {
        return body.service.isEmpty() ? u"trace_services"_s : u"trace_operations"_s;
    }
    QString operator()(const DependencyQuery &) const { return u"dependencies"_s; }
};

struct BodyText
{
    QString operator()(const InstantQuery &body) const
    {
        return body.at ? u"at=%1 %2"_s.arg(isoUtc(*body.at), body.expression) : body.expression;
    }
    QString operator()(const RangeQuery &body) const
    {
        return u"step=%1 %2"_s.arg(promDuration(body.step), body.expression);
    }
    QString operator()(const ExemplarQuery &body) const { return body.expression; }
    QString operator()(const LabelQuery &body) const
    {
        return (QStringList{body.label} + body.matches).join(u' ').trimmed();
    }
    QString operator()(const SeriesQuery &body) const { return body.matches.join(u' '); }
    QString operator()(const MetadataQuery &body) const { return body.metric; }
    QString operator()(const RulesQuery &body) const { return body.type; }
    QString operator()(const AlertsQuery &) const { return {}; }
    QString operator()(const AlertGroupsQuery &) const { return {}; }
    QString operator()(const SilencesQuery &) const { return {}; }
    QString operator()(const StatusQuery &) const { return {}; }
    QString operator()(const OwnDataQuery &body) const { return body.topic; }
    QString operator()(const TraceSearch &body) const
    {
        if (!body.traceql.isEmpty())
            return body.traceql;
        QStringList parts{body.service, body.operation};
        for (auto at = body.attributes.begin(); at != body.attributes.end(); ++at)
            parts += at.key() + u'=' + at.value();
        if (body.minDuration)
            parts += u">"_s + promDuration(*body.minDuration);
        if (body.maxDuration)
            parts += u"<"_s + promDuration(*body.maxDuration);
        if (body.errorsOnly)
            parts += u"errors"_s;
        parts.removeAll(QString());
        return parts.join(u' ');
    }
    QString operator()(const TraceById &body) const { return body.trace.toHex(); }
    QString operator()(const TraceNamesQuery &body) const { return body.service; }
    QString operator()(const DependencyQuery &) const { return {}; }
};

QByteArray written(const QuerySpec &spec, bool withTimes)
{
    KeyWriter out(withTimes);
    out.text(spec.source.id).text(std::visit(BodyName{}, spec.body));
    std::visit(BodyWriter{out}, spec.body);
    return out.take();
}

} // namespace

QByteArray keyOf(const QuerySpec &spec) { return written(spec, true); }

QByteArray identityOf(const QuerySpec &spec) { return written(spec, false); }

QString describe(const QuerySpec &spec)
{
    const QStringList parts{
        spec.source.id, std::visit(BodyName{}, spec.body), std::visit(BodyText{}, spec.body)};
    return parts.join(u' ').simplified();
}

} // namespace bw
