"""Which addresses of the network may be asked: those of the public internet, and those allowed.

Curators paste addresses in a chat; none of them may lead to the machine itself, to the network it
stands in, or to a cloud provider's metadata service.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network
# Gives the numeric addresses of a host name, best first. Raises OSError (socket.gaierror).
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

# What `is_global` lets pass, in some Python or in all of them, and is no public host.
_NEVER_PUBLIC: tuple[IPNetwork, ...] = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "224.0.0.0/4",  # multicast
        "2001::/23",  # Teredo and other protocols, RFC 2928: tunnels to an IPv4 address
        "2002::/16",  # 6to4, RFC 7526: tunnels to an IPv4 address
        "3fff::/20",  # documentation, RFC 9637
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291, 2.4: whatever else IPv6 has is no public host
_NAT64 = IPv6Network(
    "64:ff9b::/96"
)  # RFC 6052: the network translates to the IPv4 in the last bits
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the addresses of *host* as the operating system finds them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def literal(host: str) -> IPAddress | None:
    """Return the address that *host* spells out, or None if it is a name to resolve.

    Reads all that browsers and C libraries read: 127.1, 2130706433, 0x7f.0.0.1, 0177.0.0.1
    (https://url.spec.whatwg.org/#concept-ipv4-parser). `localhost` and the names below it are this
    machine, whatever a name server says (RFC 6761, 6.3). Raises ValueError for what is neither an
    address nor a name.
    """
    host = host.lower().removesuffix(".")
    if ":" in host:
        return ip_address(host.partition("%")[0])  # the zone says which cable, not which host
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise ValueError(f"not a host name: {host!r}")
    if host.rpartition(".")[2] == "localhost":
        return IPv4Address("127.0.0.1")
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError as error:
        raise ValueError(f"not an IPv4 address: {host!r}") from error


def is_allowed(address: IPAddress, private: Sequence[IPNetwork] = ()) -> bool:
    """Tell whether *address* may be asked: it is public, or within *private*."""
    target = _translated(address)
    if any(target in network for network in private):
        return True
    if target.version == 6 and target not in _GLOBAL_UNICAST:
        return False
    return target.is_global and not any(target in network for network in _NEVER_PUBLIC)


def _translated(address: IPAddress) -> IPAddress:
    """Return the IPv4 address to which a connection to *address* goes, else *address*."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(address.packed[-4:])
    return address
