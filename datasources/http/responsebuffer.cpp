// SPDX-License-Identifier: GPL-3.0-or-later
#include <http/responsebuffer.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include <zlib.h>

namespace bw {

namespace {
constexpr qint64 kFirstReserve = 16 << 10;
constexpr qint64 kMaxReserve = 4 << 20; // a claim is not worth more memory than this before bytes arrive
constexpr qint64 kInflateStep = 64 << 10;
constexpr int kGzipWindow = MAX_WBITS + 16; // + 16: gzip framing only, no raw deflate
} // namespace

void ResponseBuffer::EndInflate::operator()(z_stream_s *stream) const
{
    inflateEnd(stream);
    delete stream;
}

ResponseBuffer::ResponseBuffer() = default;
ResponseBuffer::~ResponseBuffer() = default;

void ResponseBuffer::begin(const Caps &caps)
{
    m_caps = caps;
    m_body = {};
    m_received = 0;
    m_problem = Problem::None;
    m_gzip = m_memberOpen = false;
}

bool ResponseBuffer::stop(Problem problem)
{
    m_problem = problem;
    m_body = {};
    return false;
}

bool ResponseBuffer::setEncoding(const QByteArray &encoding)
{
    const QByteArray name = encoding.trimmed().toLower();
    if (name.isEmpty() || name == "identity")
        return true;
    if (name != "gzip" && name != "x-gzip")
        return stop(Problem::Encoding);
    if (!m_stream) {
        auto fresh = std::make_unique<z_stream_s>();
        std::memset(fresh.get(), 0, sizeof(z_stream_s));
        if (inflateInit2(fresh.get(), kGzipWindow) != Z_OK)
            return stop(Problem::Memory);
        m_stream.reset(fresh.release());
    } else {
        inflateReset(m_stream.get());
    }
    m_gzip = true;
    return true;
}

bool ResponseBuffer::expect(qint64 contentLength)
{
    if (contentLength > m_caps.bytes)
        return stop(Problem::TooLarge);
    if (contentLength > 0 && !m_gzip)
        m_body.reserve(std::min(contentLength, kMaxReserve) + kPadding);
    return true;
}

/// Room for `more` bytes and the padding. Doubles, so that the copies stay linear in the size.
void ResponseBuffer::grow(qint64 more)
{
    const qint64 needed = m_body.size() + more + kPadding;
    if (needed <= m_body.capacity())
        return;
    const qint64 doubled = std::min<qint64>(2 * m_body.capacity(), m_caps.bytes + kPadding);
    m_body.reserve(std::max({needed, doubled, kFirstReserve}));
}

bool ResponseBuffer::append(const char *data, size_t size) noexcept
{
    if (m_problem != Problem::None)
        return false;
    try {
        const bool good = m_gzip ? appendGzip(data, size) : appendPlain(data, size);
        m_received += static_cast<qint64>(size);
        return good;
    } catch (const std::bad_alloc &) {
        return stop(Problem::Memory);
    }
}

bool ResponseBuffer::appendPlain(const char *data, size_t size)
{
    const auto more = static_cast<qint64>(size);
    if (m_body.size() + more > m_caps.bytes)
        return stop(Problem::TooLarge);
    grow(more);
    const qsizetype at = m_body.size();
    m_body.resize(at + more); // within the capacity: no copy, no zero fill
    std::memcpy(m_body.data() + at, data, size);
    return true;
}

bool ResponseBuffer::appendGzip(const char *data, size_t size)
{
    m_stream->next_in = reinterpret_cast<Bytef *>(const_cast<char *>(data));
    m_stream->avail_in = static_cast<uInt>(size);
    bool more = size > 0;
    while (more) {
        // A gzip answer may be several members in a row; anything else behind a member is damage.
        if (!m_memberOpen) {
            if (*m_stream->next_in != 0x1f)
                return stop(Problem::Encoding);
            inflateReset(m_stream.get());
            m_memberOpen = true;
        }
        if (!inflateSome(m_received, size))
            return false;
        // A full output buffer may hide bytes that zlib still holds.
        more = m_stream->avail_in > 0 || (m_memberOpen && m_stream->avail_out == 0);
    }
    return true;
}

bool ResponseBuffer::inflateSome(qint64 consumedBefore, size_t size)
{
    const qint64 left = m_caps.bytes - m_body.size();
    const qint64 step = std::min(kInflateStep, left + 1); // + 1 shows that the cap would be passed
    grow(step);
    const qsizetype at = m_body.size();
    m_body.resize(at + step);
    m_stream->next_out = reinterpret_cast<Bytef *>(m_body.data() + at);
    m_stream->avail_out = static_cast<uInt>(step);
    const int code = inflate(m_stream.get(), Z_NO_FLUSH);
    m_body.resize(at + step - m_stream->avail_out);

    if (code == Z_STREAM_END)
        m_memberOpen = false;
    else if (code != Z_OK && code != Z_BUF_ERROR)
        return stop(code == Z_MEM_ERROR ? Problem::Memory : Problem::Encoding);
    if (m_body.size() > m_caps.bytes)
        return stop(Problem::TooLarge);
    const qint64 consumed = consumedBefore + static_cast<qint64>(size) - m_stream->avail_in;
    if (m_body.size() > m_caps.ratioAfter && m_body.size() > m_caps.ratio * consumed)
        return stop(Problem::Ratio);
    return true;
}

bool ResponseBuffer::isComplete() const { return m_problem == Problem::None && !m_memberOpen; }

QByteArray ResponseBuffer::take()
{
    grow(0);
    return std::exchange(m_body, {});
}

} // namespace bw
