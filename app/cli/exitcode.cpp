// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/exitcode.h>

namespace bw {

namespace {

int severity(ExitCode code)
{
    switch (code) {
    case ExitCode::Done:
        return 0;
    case ExitCode::Negative:
        return 1;
    case ExitCode::CannotKnow:
        return 2;
    case ExitCode::Timeout:
        return 3;
    case ExitCode::Refused:
        return 4;
    case ExitCode::UnknownOutcome:
        return 5;
    case ExitCode::NotDurable:
        return 6;
    case ExitCode::Usage:
        return 7;
    case ExitCode::Cancelled:
        return 8;
    }
    return 0;
}

} // namespace

ExitCode worse(ExitCode a, ExitCode b) { return severity(a) >= severity(b) ? a : b; }

ExitCode exitCodeOf(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Cancelled:
        return ExitCode::Cancelled;
    case Error::Kind::Timeout:
        return ExitCode::Timeout;
    case Error::Kind::Invalid:
    case Error::Kind::NotFound:
        return ExitCode::Usage;
    case Error::Kind::Refused:
        return ExitCode::Refused;
    case Error::Kind::Storage:
        return ExitCode::NotDurable;
    case Error::Kind::Network:
    case Error::Kind::Tls:
    case Error::Kind::Auth:
    case Error::Kind::Http:
    case Error::Kind::TooLarge:
    case Error::Kind::Decode:
    case Error::Kind::Overload:
    case Error::Kind::Process:
    case Error::Kind::Internal:
        return ExitCode::CannotKnow;
    }
    return ExitCode::CannotKnow;
}

} // namespace bw
