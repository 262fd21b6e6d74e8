// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/tracefile.h>
#include <datasources/traceformat.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

Result<TraceFile> readTraceFile(const QByteArray &bytes, const TraceLimits &limits)
{
    // Some editors write a byte order mark, which servers never do.
    const QByteArray body = bytes.startsWith("\xEF\xBB\xBF") ? bytes.mid(3) : bytes;
    const RecognisedFormat found = recogniseFormat(body);
    Result<DecodedTraces> read = found.format == TraceFormat::Jaeger ? decodeJaeger(body, limits)
        : found.format == TraceFormat::Zipkin                        ? decodeZipkin(body, limits)
        : found.format == TraceFormat::Otlp || found.isBroken
        ? decodeOtlp(body, limits)
        : Result<DecodedTraces>(fail(Error::Kind::Decode,
            u"this is %1; a trace file holds OTLP, Jaeger or Zipkin JSON"_s.arg(found.what)));
    if (!read)
        return tl::unexpected(std::move(read.error()));
    if (read->traces.empty())
        return fail(Error::Kind::Decode, u"this is %1: it holds no spans"_s.arg(found.what));
    return TraceFile{formatName(found.format), std::move(read->traces), std::move(read->warnings)};
}

} // namespace bw
