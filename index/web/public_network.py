"""Connections that lead to public addresses only, and end in time.

A host is resolved once for each connection, every address it has is checked, and the connection is made to one of
those very addresses: a name that answers differently the next time changes nothing. The host's name stays what the
certificate is checked against.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import httpcore

from index.errors import Unreachable

if TYPE_CHECKING:
    import ssl

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Looks up a host: its name and the port to its numeric addresses."""

_MAPPED_IPV4 = [ipaddress.IPv6Network(net) for net in ("::/96", "64:ff9b::/96")]
_UNICAST = ipaddress.IPv6Network("2000::/3")
# Set aside since, or not known to this Python's own lists.
_SPECIAL = [ipaddress.ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")]


def is_public(address: IPAddress) -> bool:
    """Say whether an address is one of the public internet, whatever form it is written in."""
    inner = _inside(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    if any(address in network for network in _SPECIAL if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolve(host: str, port: int) -> list[str]:
    """Look up a host as the system does.

    Raises:
        OSError: it has no address.
    """
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class GuardedBackend(httpcore.NetworkBackend):
    """Makes the connections of an `httpcore.ConnectionPool`; `until` is when all reading and writing ends.

    Raises (from a request of the pool):
        Unreachable: the host has no address, or one that is not allowed.
    """

    def __init__(self, resolve: Resolve, allowed: Callable[[IPAddress], bool]) -> None:
        self.until = float("inf")
        self._resolve = resolve
        self._allowed = allowed
        self._inner = httpcore.SyncBackend()

    def left(self, timeout: float | None) -> float:
        """Tell how many seconds the next step may take; `timeout` bounds it further.

        Raises:
            httpcore.ReadTimeout: none is left.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host at an address that was checked."""
        *others, last = self._checked(host, port)
        for address in others:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(self, address: str, port: int, timeout: float | None, *rest: Any) -> httpcore.NetworkStream:
        return _TimedStream(self._inner.connect_tcp(address, port, self.left(timeout), *rest), self)

    def _checked(self, host: str, port: int) -> Sequence[str]:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"cannot be reached: the host {host} is not known; check its spelling") from error
        for address in found:
            if not self._allowed(ipaddress.ip_address(address)):
                at = "" if address == host else f" at {address},"
                raise Unreachable(f"is not fetched: {host} is{at} not on the public internet; save the page as a file")
        if not found:
            raise Unreachable(f"cannot be reached: the host {host} has no address; check its spelling")
        return found


class _TimedStream(httpcore.NetworkStream):
    """A connection of which no step goes on past the end that the backend sets."""

    def __init__(self, inner: httpcore.NetworkStream, backend: GuardedBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: "ssl.SSLContext", server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        return _TimedStream(inner, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _inside(address: IPAddress) -> ipaddress.IPv4Address | None:
    """Find the IPv4 address that an IPv6 address stands for: mapped, compatible, 6to4 or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if any(address in network for network in _MAPPED_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
