// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <memory>

struct z_stream_s;

namespace bw {

/// Collects the body of one answer: inflates gzip, counts decoded bytes against a cap and their ratio to
/// what was received, and keeps room behind the end for parsers that read ahead. Not thread-safe; each
/// transfer owns one and reuses it.
class ResponseBuffer
{
public:
    static constexpr qsizetype kPadding = 64; ///< readable bytes behind the end, as simdjson wants
    struct Caps
    {
        qint64 bytes = 8 << 20; ///< of the decoded body
        int ratio = 100; ///< decoded : received …
        qint64 ratioAfter = 1 << 20; ///< … judged beyond this many decoded bytes
    };
    enum class Problem {
        None,
        TooLarge, ///< more than Caps::bytes
        Ratio, ///< decoded grows faster than any honest answer
        Encoding, ///< the gzip data is damaged, or the encoding is none we asked for
        Memory
    };

    ResponseBuffer();
    ~ResponseBuffer();
    ResponseBuffer(const ResponseBuffer &) = delete;
    ResponseBuffer &operator=(const ResponseBuffer &) = delete;

    /// Empty again, for the next answer.
    void begin(const Caps &caps);
    /// `encoding` is the Content-Encoding header: empty, "identity", "gzip" or "x-gzip". Anything else, and
    /// any stack of them, is Problem::Encoding.
    bool setEncoding(const QByteArray &encoding);
    /// Content-Length as the server claims it: refused beyond the cap, otherwise reserved up to 4 MiB.
    bool expect(qint64 contentLength);
    /// Adds received bytes. False: stop the transfer, problem() says why. Never throws.
    bool append(const char *data, size_t size) noexcept;
    /// True when nothing is missing; false when the compressed stream was cut.
    bool isComplete() const;

    Problem problem() const { return m_problem; }
    qint64 received() const { return m_received; } ///< bytes on the wire
    qint64 decoded() const { return m_body.size(); }
    /// The decoded body, at least kPadding bytes of capacity behind its end.
    QByteArray take();

private:
    struct EndInflate
    {
        void operator()(z_stream_s *stream) const;
    };
    bool stop(Problem problem);
    void grow(qint64 more);
    bool appendPlain(const char *data, size_t size);
    bool appendGzip(const char *data, size_t size);
    bool inflateSome(qint64 consumedBefore, size_t size);

    Caps m_caps;
    QByteArray m_body;
    qint64 m_received = 0;
    Problem m_problem = Problem::None;
    bool m_gzip = false, m_memberOpen = false;
    std::unique_ptr<z_stream_s, EndInflate> m_stream;
};

} // namespace bw
