// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/hosts.h>

#include <arpa/inet.h>

#include <optional>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// In host order. Four decimal numbers only: "127.1" and "0x7f000001" are refused, as libcurl's and Qt's
/// readings of them need not agree.
std::optional<quint32> ipv4(const QString &host)
{
    in_addr address{};
    if (inet_pton(AF_INET, host.toLatin1().constData(), &address) != 1)
        return std::nullopt;
    return ntohl(address.s_addr);
}

std::optional<in6_addr> ipv6(const QString &host)
{
    in6_addr address{};
    if (inet_pton(AF_INET6, host.section(u'%', 0, 0).toLatin1().constData(), &address) != 1)
        return std::nullopt;
    return address;
}

} // namespace

bool isLoopbackHost(const QString &host)
{
    if (host.compare("localhost"_L1, Qt::CaseInsensitive) == 0)
        return true;
    if (const auto address = ipv4(host))
        return *address >> 24 == 127;
    const auto address = ipv6(host);
    return address && IN6_IS_ADDR_LOOPBACK(&*address);
}

bool isPrivateHost(const QString &host)
{
    if (isLoopbackHost(host))
        return true;
    if (const auto address = ipv4(host))
        return *address >> 24 == 10 || *address >> 20 == 0xac1 || *address >> 16 == 0xc0a8
            || *address >> 16 == 0xa9fe;
    const auto address = ipv6(host);
    return address && ((address->s6_addr[0] & 0xfe) == 0xfc || IN6_IS_ADDR_LINKLOCAL(&*address));
}

} // namespace bw
