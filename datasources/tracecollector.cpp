// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/tracecollector.h>

#include <algorithm>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr qint64 kMostNs = 1LL << 62;

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

char upper(char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; }

bool isHere(const char *at, std::string_view needle)
{
    size_t i = 0;
    while (i < needle.size() && lower(at[i]) == needle[i])
        ++i;
    return i == needle.size();
}

/// Whether `text` contains `needle`, which is in lower case and plain ASCII, in any case.
bool contains(std::string_view text, std::string_view needle)
{
    if (text.size() < needle.size())
        return false;
    const char *at = text.data();
    const char *const last = text.data() + (text.size() - needle.size());
#if defined(__SSE2__)
    // Sixteen places at once, by the first and the last letter.
    const auto both = [](const char *from, char letter) {
        const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
        return _mm_or_si128(
            _mm_cmpeq_epi8(x, _mm_set1_epi8(letter)), _mm_cmpeq_epi8(x, _mm_set1_epi8(upper(letter))));
    };
    for (; last - at >= 15; at += 16) {
        const __m128i ends =
            _mm_and_si128(both(at, needle.front()), both(at + needle.size() - 1, needle.back()));
        for (auto left = unsigned(_mm_movemask_epi8(ends)); left != 0; left &= left - 1) {
            if (isHere(at + std::countr_zero(left), needle))
                return true;
        }
    }
#endif
    for (; at <= last; ++at) {
        if (isHere(at, needle))
            return true;
    }
    return false;
}

/// The longest run of ASCII in `needle`, in lower case: folding the case of the rest needs more than bytes.
std::string plainPart(QByteArrayView needle)
{
    std::string best, run;
    for (const char c : needle) {
        if (static_cast<unsigned char>(c) < 0x80)
            run += lower(c);
        else
            run.clear();
        if (run.size() > best.size())
            best = run;
    }
    return best;
}

struct HexTable
{
    qint8 digit[256];
};
constexpr HexTable kHex = [] {
    HexTable out{};
    for (qint8 &digit : out.digit)
        digit = -1;
    for (int i = 0; i < 10; ++i)
        out.digit['0' + i] = qint8(i);
    for (int i = 0; i < 6; ++i)
        out.digit['a' + i] = out.digit['A' + i] = qint8(10 + i);
    return out;
}();

/// Sixteen digits; false for anything else.
bool readHex16(const char *text, quint64 &out)
{
    quint64 value = 0;
    int signs = 0;
    for (int i = 0; i < 16; ++i) {
        const int digit = kHex.digit[static_cast<unsigned char>(text[i])];
        signs |= digit;
        value = value << 4 | quint64(digit & 15);
    }
    out = value;
    return signs >= 0;
}

std::optional<TraceId> readHex(std::string_view text)
{
    if (text.empty() || text.size() > 32)
        return std::nullopt;
    TraceId id;
    for (const char c : text) {
        const int digit = kHex.digit[static_cast<unsigned char>(c)];
        if (digit < 0)
            return std::nullopt;
        id.high = id.high << 4 | id.low >> 60;
        id.low = id.low << 4 | quint64(digit);
    }
    return id;
}

std::optional<TraceId> readBase64(std::string_view text)
{
    QByteArray plain(text.data(), qsizetype(text.size()));
    plain.replace('-', '+').replace('_', '/');
    while (plain.endsWith('='))
        plain.chop(1);
    const auto read = QByteArray::fromBase64Encoding(plain, QByteArray::AbortOnBase64DecodingErrors);
    if (!read || (read.decoded.size() != 8 && read.decoded.size() != 16))
        return std::nullopt;
    TraceId id;
    for (const char c : read.decoded) {
        id.high = id.high << 8 | id.low >> 56;
        id.low = id.low << 8 | static_cast<unsigned char>(c);
    }
    return id;
}

bool isBase64Length(size_t size) { return size == 11 || size == 12 || size == 22 || size == 24; }
std::optional<TraceId> readId(std::string_view text, bool base64)
{
    return base64 && isBase64Length(text.size()) ? readBase64(text) : readHex(text);
}
} // namespace

qint32 SpanBytes::addContext()
{
    m_contexts.emplace_back();
    return qint32(m_contexts.size()) - 1;
}
void SpanBytes::setResource(qint32 context, std::string_view bytes)
{
    m_contexts[size_t(context)].resource = rangeOf(bytes);
}
void SpanBytes::setScope(qint32 context, std::string_view bytes)
{
    m_contexts[size_t(context)].scope = rangeOf(bytes);
}
qint32 SpanBytes::addSpan(std::string_view bytes, qint32 context)
{
    m_spans.push_back({rangeOf(bytes), context});
    return qint32(m_spans.size()) - 1;
}

std::string_view SpanBytes::resource(int source) const
{
    const qint32 context = m_spans[size_t(source)].context;
    return context < 0 ? std::string_view() : view(m_contexts[size_t(context)].resource);
}
std::string_view SpanBytes::scope(int source) const
{
    const qint32 context = m_spans[size_t(source)].context;
    return context < 0 ? std::string_view() : view(m_contexts[size_t(context)].scope);
}

bool SpanBytes::mayMention(int source, QByteArrayView needle) const
{
    const std::string plain = plainPart(needle);
    if (plain.empty())
        return true;
    for (const std::string_view part : {span(source), resource(source), scope(source)}) {
        // An escape may stand for anything.
        if (contains(part, plain) || part.find('\\') != part.npos)
            return true;
    }
    return false;
}

qint64 SpanBytes::bytes() const
{
    return m_body.capacity() + qint64(m_spans.capacity() * sizeof(Entry))
        + qint64(m_contexts.capacity() * sizeof(Context));
}

int TraceCollector::traceOf(const TraceId &id)
{
    if (m_last >= 0 && m_traces[size_t(m_last)].id == id)
        return m_last;
    const auto [at, isNew] = m_index.try_emplace(id, int(m_traces.size()));
    if (isNew)
        m_traces.emplace_back().id = id;
    return m_last = at->second;
}

bool TraceCollector::mayGoOn(JsonCursor &json, size_t pending, const std::stop_token &stop)
{
    const qint64 count = m_spans + qint64(pending);
    if (count >= m_limits.spans) {
        m_isFull = true;
        return json.fail("too many spans", Error::Kind::TooLarge);
    }
    return (count & 1023) != 0 || !stop.stop_requested()
        || json.fail("no longer wanted", Error::Kind::Cancelled);
}

Error TraceCollector::explain(Error error) const
{
    if (m_isFull)
        error.message = u"more than %L1 spans, which is as many as are read"_s.arg(m_limits.spans);
    return error;
}

std::vector<Trace> TraceCollector::finish(const std::shared_ptr<const SpanDetails> &details)
{
    std::vector<Trace> out;
    out.reserve(m_traces.size());
    for (Entry &entry : m_traces) {
        if (entry.builder.size() > 0)
            out.push_back(entry.builder.finish(entry.id, details));
    }
    m_traces.clear();
    m_index.clear();
    m_last = -1;
    return out;
}

std::optional<TraceId> readTraceId(std::string_view text, bool base64)
{
    const std::optional<TraceId> id = readId(text, base64);
    return id && !id->isNull() ? id : std::nullopt;
}
std::optional<SpanId> readSpanId(std::string_view text, bool base64)
{
    quint64 quick = 0;
    if (text.size() == 16 && readHex16(text.data(), quick))
        return quick;
    const std::optional<TraceId> id = readId(text, base64);
    return id ? std::optional(id->low) : std::nullopt;
}

void setTimes(SpanRecord &span, std::optional<qint64> start, std::optional<qint64> duration, qint64 scale)
{
    span.hasTime = start && *start > 0 && *start <= kMostNs / scale;
    span.start = span.hasTime ? *start * scale : 0;
    const bool known = duration && *duration >= 0 && *duration <= kMostNs / scale;
    span.duration = known && span.hasTime ? *duration * scale : span.hasTime ? -1 : 0;
}

} // namespace bw
