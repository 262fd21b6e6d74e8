// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace bw {

/// True for localhost, 127.0.0.0/8 and ::1 (without brackets), where nothing leaves the machine. Names are
/// not looked up; "x.localhost" is a name like any other, since not every resolver keeps it at home.
bool isLoopbackHost(const QString &host);
/// Loopback, and addresses of private (RFC 1918, RFC 4193) and link-local networks.
bool isPrivateHost(const QString &host);

} // namespace bw
