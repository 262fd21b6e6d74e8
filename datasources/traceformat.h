// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>

namespace bw {

enum class TraceFormat : quint8 { Unknown, Otlp, Jaeger, Zipkin };
QString formatName(TraceFormat format); ///< "OTLP", …

/// Looks at the first keys of a document. `what` says in words what it is: "Zipkin spans", "a search answer
/// of Tempo", "OTLP metrics". Unknown for everything that holds no spans. Reads no further than it must.
struct RecognisedFormat
{
    TraceFormat format = TraceFormat::Unknown;
    QString what;
    bool isBroken = false; ///< no JSON up to where the format shows
};
RecognisedFormat recogniseFormat(const QByteArray &body);

/// Decode when the body is clearly something else than `format`. A broken one passes: the decoder says where.
[[nodiscard]] Result<void> expectFormat(const QByteArray &body, TraceFormat format);

} // namespace bw
