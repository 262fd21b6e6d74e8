// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/result.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

bool Error::retryable() const
{
    switch (kind) {
    case Kind::Timeout:
    case Kind::Network:
    case Kind::Overload:
        return true;
    case Kind::Http:
        return code == 408 || code == 425 || code == 500 || code == 502 || code == 504;
    default:
        return false;
    }
}

tl::unexpected<Error> fail(Error::Kind kind, QString message, QString detail, int code)
{
    return tl::unexpected(
        Error{.kind = kind, .message = std::move(message), .detail = std::move(detail), .code = code});
}

QString kindName(Error::Kind kind)
{
    switch (kind) {
    case Error::Kind::Cancelled:
        return u"cancelled"_s;
    case Error::Kind::Timeout:
        return u"timeout"_s;
    case Error::Kind::Network:
        return u"network"_s;
    case Error::Kind::Tls:
        return u"tls"_s;
    case Error::Kind::Auth:
        return u"auth"_s;
    case Error::Kind::Http:
        return u"http"_s;
    case Error::Kind::TooLarge:
        return u"too_large"_s;
    case Error::Kind::Decode:
        return u"decode"_s;
    case Error::Kind::Invalid:
        return u"invalid"_s;
    case Error::Kind::NotFound:
        return u"not_found"_s;
    case Error::Kind::Refused:
        return u"refused"_s;
    case Error::Kind::Overload:
        return u"overload"_s;
    case Error::Kind::Storage:
        return u"storage"_s;
    case Error::Kind::Process:
        return u"process"_s;
    case Error::Kind::Internal:
        break;
    }
    return u"internal"_s;
}

} // namespace bw
