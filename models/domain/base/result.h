// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <tl/expected.hpp>

namespace bw {

/// Why something could not be done, as data. The retry policy reads `kind`, the person on call reads
/// `message`, the log and the tooltip read `detail`. A plain value; crosses threads freely.
struct Error
{
    enum class Kind {
        Cancelled, ///< nobody wants the answer any more
        Timeout,
        Network, ///< refused, reset, name not found
        Tls,
        Auth, ///< 401, 403, or a secret that cannot be read
        Http, ///< a status that is none of the others; `code` has it
        TooLarge, ///< a cap on bytes, ratio, depth or rows was hit
        Decode, ///< the answer is not what this kind of server sends
        Invalid, ///< what we were asked to do makes no sense: bad query, bad file
        NotFound,
        Refused, ///< not allowed by a gate or by the read-only mode
        Overload, ///< 429, 503: the server asks us to slow down
        Storage,
        Process,
        Internal
    };
    Kind kind = Kind::Internal;
    QString message; ///< one sentence: what, where, what happens next
    QString detail; ///< already redacted
    int code = 0; ///< HTTP status, CURLcode, SQLite extended code or exit status; 0 when none applies
    int retryAfterMs = 0; ///< what the server asked for; 0 when it asked for nothing

    /// True when the same request may succeed later without anybody changing anything.
    bool retryable() const;
    bool operator==(const Error &) const = default;
};

template<typename T = void> using Result = tl::expected<T, Error>;

[[nodiscard]] tl::unexpected<Error> fail(
    Error::Kind kind, QString message, QString detail = {}, int code = 0);

/// Stable lower-case name of a kind ("timeout", "auth", …) for JSON and logs.
QString kindName(Error::Kind kind);

} // namespace bw
