// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QString>

#include <chrono>

namespace bw {

/// What is known about a transfer that did not finish, in terms of this program.
struct TransferFacts
{
    enum class Phase { Resolve, Connect, Handshake, Wait, Body };
    QString endpoint; ///< id as configured, leads every message
    QString server; ///< "https://host:port"
    QString proxy; ///< address without credentials; empty when none is in between
    Phase phase = Phase::Resolve;
    bool stalled = false; ///< stopped by the low-speed rule, not by the deadline
    long verifyResult = 0; ///< of the certificate chain, OpenSSL's X509_V_ERR_…
    long osError = 0; ///< errno of a failed connect
    long proxyStatus = 0; ///< of a CONNECT that was refused
    qint64 received = 0, expected = -1; ///< body bytes; -1: unknown
    std::chrono::milliseconds elapsed{0}, connectDeadline{0};
    QString detail; ///< libcurl's own words, plain text
};

/// The one place that knows libcurl's codes. `code` is a CURLcode (an int, so that this header is free of
/// libcurl's) and never CURLE_OK. The message says what and where; `Error::code` keeps the CURLcode.
Error errorFromCurl(int code, const TransferFacts &facts);

} // namespace bw
