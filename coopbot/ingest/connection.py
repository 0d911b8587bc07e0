"""How connections are made: each to an address that was checked, and to no other.

The check is where the connection is made, so it holds for whatever leads there: a redirect,
robots.txt, a name that resolves differently the second time. httpx-secure does the same, but opens
a connection to the address before it is checked, which tells an outsider which ports of the private
network are open; and it resolves names itself, which tests must not.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

import httpcore
import httpx

from coopbot.errors import FetchFailed, Unavailable
from coopbot.ingest.addresses import (
    IPAddress,
    IPNetwork,
    Resolver,
    is_allowed,
    literal,
    system_resolver,
)

_MOST_ADDRESSES = 4  # of one host, tried one after the other


@dataclass(frozen=True, slots=True)
class Network:
    """The way out: what resolves names, what connects, whom to trust, what is not off limits.

    `private` lists the networks that may be asked though they are not public: an intranet, or
    loopback in tests. `tls` is the usual trust in certificate authorities unless given.
    """

    private: tuple[IPNetwork, ...] = ()
    resolve: Resolver = system_resolver
    backend: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)
    tls: ssl.SSLContext | None = None


class Guard(httpcore.AsyncNetworkBackend):
    """Connects to allowed addresses only.

    Raises FetchFailed `fetch_private` or `fetch_dns`, Unavailable `fetch_connection` or
    `fetch_timeout`.
    """

    def __init__(self, network: Network) -> None:
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection to one of the addresses of *host*, all of which must be allowed."""
        addresses = await self._addresses(host, port, timeout)
        if not all(is_allowed(address, self._network.private) for address in addresses):
            raise FetchFailed("fetch_private", host=host)
        addresses = addresses[:_MOST_ADDRESSES]
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._network.backend.connect_tcp(
                    str(address),
                    port,
                    timeout=timeout and timeout / len(addresses),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        if isinstance(failure, httpcore.ConnectTimeout):
            raise Unavailable("fetch_timeout", where=host) from failure
        raise Unavailable("fetch_connection", host=host) from failure

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks."""
        await self._network.backend.sleep(seconds)

    async def _addresses(self, host: str, port: int, seconds: float | None) -> Sequence[IPAddress]:
        address = literal(host)
        if address is not None:
            return [address]
        try:
            async with asyncio.timeout(seconds):
                found = await self._network.resolve(host, port)
        except TimeoutError as error:
            raise Unavailable("fetch_timeout", where=host) from error
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise Unavailable("fetch_dns", host=host) from error
            raise FetchFailed("fetch_dns", host=host) from error
        except (OSError, UnicodeError) as error:
            raise FetchFailed("fetch_dns", host=host) from error
        if not found:
            raise FetchFailed("fetch_dns", host=host)
        return [ip_address(text.partition("%")[0]) for text in found]


class Transport(httpx.AsyncBaseTransport):
    """HTTP/1.1 and HTTP/2 over guarded connections.

    Errors are httpcore's, and those of Guard. httpx's own transport cannot be told how to connect.
    """

    def __init__(self, network: Network) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=network.tls or httpx.create_ssl_context(),
            max_connections=None,  # to wait here would count as time the site takes
            http2=True,
            network_backend=Guard(network),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request* and return the response, its body yet to be read."""
        url = request.url
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()
