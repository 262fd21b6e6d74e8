// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <http/httptransport.h>

namespace bw {

/// Looks at status, content type and body before anybody decodes: nothing when the body is worth decoding
/// as the answer of a `product` ("Prometheus"), else the Error. An error page, a login page and an empty
/// body are never data. Error bodies are read whatever their status: Prometheus' envelope, Alertmanager's
/// JSON string and {code, message}, plain text. Retry-After is in retryAfterMs. Pure; any thread.
[[nodiscard]] Result<void> classifyAnswer(const HttpResponse &response, const QString &product);

/// Milliseconds the server asks us to wait: seconds, or a date relative to its own Date header (`now`
/// without one); at least 1 s, at most 10 min. 0 without the header or when it is neither.
int retryAfterMs(const HttpResponse &response, Timestamp now);

/// "Sun, 06 Nov 1994 08:49:37 GMT" of Date and Retry-After; nullopt for anything else.
std::optional<Timestamp> parseHttpDate(const QByteArray &text);

} // namespace bw
