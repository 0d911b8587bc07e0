"""No way into the private network, however an address is written or reached.

The site stands on 127.0.0.1; the fetcher may ask the public internet only. What is asked for never
leads to a connection, which the network under the guard would note.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn

import httpcore
import pytest

from coopbot.errors import FetchFailed, Unavailable
from coopbot.ingest.addresses import Resolver, is_allowed, system_resolver
from coopbot.ingest.connection import Network
from coopbot.ingest.exchange import Limits
from coopbot.ingest.fetch import Fetcher
from tests.ingest.clock import FakeClock
from tests.ingest.site import LOOPBACK, Site, page, redirect, trust

PUBLIC = "93.184.215.14"
NAMES: Mapping[str, Sequence[str]] = {
    "public.example": [PUBLIC],
    "public.example.": [PUBLIC],
    "loopback.example": ["127.0.0.1"],
    "loopback6.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "intranet.example": ["10.1.2.3"],
    "one-of-two.example": [PUBLIC, "192.168.1.1"],
    "zone.example": ["fe80::1%eth0"],
    "metadata.google.internal": ["169.254.169.254"],
    "router": ["192.168.0.1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
}


def table() -> Iterator[tuple[str, str]]:
    """Yield each form of private_addresses.txt with the reason to refuse it."""
    text = Path(__file__).with_name("private_addresses.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            reason, *forms = line.split(" ")
            yield from ((form, reason) for form in forms)


HERE = [form for form, reason in table() if reason == "here"]
WHY = {form: "fetch_private" if reason == "here" else reason for form, reason in table()}


class Dialled(httpcore.AsyncNetworkBackend):
    """Notes what is connected to; everything that is public leads to the site."""

    def __init__(self, site: Site) -> None:
        self.addresses: list[str] = []
        self._site = site
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,  # noqa: ARG002
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        self.addresses.append(host)
        return await self._network.connect_tcp("127.0.0.1", self._site.port, timeout)

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


async def by_table(host: str, _port: int) -> Sequence[str]:
    try:
        return NAMES[host]
    except KeyError as error:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from error


def fetcher(network: Network) -> Fetcher:
    return Fetcher(network=network, clock=FakeClock().clock)


async def outcome(
    url: str, routes: Mapping[str, str], resolve: Resolver = by_table
) -> tuple[str, list[str], list[str]]:
    """Return why *url* was refused, which addresses were connected to, what the site was asked."""
    async with Site({path: redirect(to) for path, to in routes.items()}) as site:
        network = Dialled(site)
        with pytest.raises(FetchFailed) as caught:
            async with fetcher(Network((), resolve, network, trust())) as public:
                await public.get(url.replace("PORT", str(site.port)))
        return caught.value.key, network.addresses, site.paths


def test_the_table_has_at_least_sixty_forms_of_private_addresses() -> None:
    assert list(WHY.values()).count("fetch_private") >= 100


@pytest.mark.parametrize("form", WHY)
def test_no_form_of_a_private_address_is_connected_to(form: str) -> None:
    assert asyncio.run(outcome(f"http://{form}:PORT/", {})) == (WHY[form], [], [])


@pytest.mark.parametrize("form", WHY)
def test_no_redirect_leads_to_one(form: str) -> None:
    refused = outcome("http://public.example:PORT/", {"/": f"http://{form}/secret"})
    reason = WHY[form]
    assert asyncio.run(refused) == (reason, [PUBLIC], ["/robots.txt", "/"])


@pytest.mark.parametrize("form", HERE)
def test_with_the_option_the_same_forms_do_lead_to_this_machine(form: str) -> None:
    async def script() -> None:
        async with Site({"/": page("ici")}) as site:
            network = Network(LOOPBACK, by_table, tls=trust())
            async with fetcher(network) as local:
                assert (await local.get(site.url("/", host=form))).body == b"ici"

    asyncio.run(script())


@pytest.mark.parametrize("scheme", ["ftp", "file", "gopher", "javascript", "data", "dict", "ws"])
def test_only_http_is_asked_for(scheme: str) -> None:
    for url in (f"{scheme}://public.example/", f"{scheme}:///etc/passwd", f"{scheme}:x"):
        assert asyncio.run(outcome(url, {})) == ("fetch_not_http", [], [])
        redirected = asyncio.run(outcome("http://public.example/", {"/": url}))
        assert redirected == ("fetch_not_http", [PUBLIC], ["/robots.txt", "/"])


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "scic.example", "/page", "//scic.example", "http:", "http://", "http:///page"),
        *("http://a b.example/", "http://a.example:0/", "http://a.example:65536/", "http://a:b/"),
        *("http://a.example/\n2", f"http://{'a' * 64}.example/", "http://\ud800.example/"),
        *("http://a.example/\ud800", "a" * 70_000, f"http://{'a.' * 130}example/"),
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_what_is_no_address_is_said_to_be_none(text: str) -> None:
    assert asyncio.run(outcome(text, {})) == ("fetch_not_http", [], [])


def test_robots_txt_that_leads_into_the_private_network_is_not_followed() -> None:
    refused = outcome("http://public.example/", {"/robots.txt": "http://10.0.0.1/robots.txt"})
    assert asyncio.run(refused) == ("fetch_private", [PUBLIC], ["/robots.txt"])


def test_a_name_that_resolves_differently_the_second_time_is_refused_then() -> None:
    async def script() -> None:
        answers = [[PUBLIC], ["127.0.0.1"]]

        async def rebinding(_host: str, _port: int) -> Sequence[str]:
            return answers.pop(0)

        routes = {"/robots.txt": page("", connection="close"), "/": page("secret")}
        async with Site(routes) as site:
            network = Dialled(site)
            with pytest.raises(FetchFailed) as caught:
                async with fetcher(Network((), rebinding, network, trust())) as public:
                    await public.get("http://rebinding.example/")
            assert caught.value.key == "fetch_private"
            assert answers == []
            assert network.addresses == [PUBLIC]
            assert site.paths == ["/robots.txt"]

    asyncio.run(script())


def test_the_connection_goes_to_the_very_address_that_was_checked() -> None:
    async def script() -> None:
        async with Site({"/": page("public")}) as site:
            network = Dialled(site)
            async with fetcher(Network((), by_table, network, trust())) as public:
                assert (await public.get("http://public.example./")).body == b"public"
                await public.get(f"http://{PUBLIC}/")
                await public.get("http://[64:ff9b::5db8:d70e]/")
            assert set(network.addresses) == {PUBLIC, "64:ff9b::5db8:d70e"}

    asyncio.run(script())


def test_the_next_address_of_a_host_is_tried_when_one_does_not_connect() -> None:
    async def script() -> None:
        async def two(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.2", "127.0.0.1"]

        local = fetcher(Network(LOOPBACK, two, tls=trust()))
        async with Site({"/": page("ici")}) as site, local:
            assert (await local.get(site.url("/", "two.example"))).body == b"ici"

    asyncio.run(script())


def test_the_addresses_of_a_host_share_the_time_to_connect() -> None:
    class Blackhole(httpcore.AsyncNetworkBackend):
        async def connect_tcp(
            self, *_: object, timeout: float | None = None, **__: object
        ) -> NoReturn:
            assert timeout is not None
            given.append(timeout)
            raise httpcore.ConnectTimeout

    async def many(_host: str, _port: int) -> Sequence[str]:
        return [f"93.184.215.{number}" for number in range(20)]

    async def script() -> None:
        network, limits = Network((), many, Blackhole(), trust()), Limits(connect=8, attempts=1)
        async with Fetcher(network=network, limits=limits, clock=FakeClock().clock) as public:
            with pytest.raises(Unavailable) as caught:
                await public.get("http://scic.example/")
        assert caught.value.key == "fetch_timeout"

    given: list[float] = []
    asyncio.run(script())
    assert len(given) > 1
    assert sum(given) == 8


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), FetchFailed),
        (socket.gaierror(socket.EAI_AGAIN, "later"), Unavailable),
        (UnicodeError("label too long"), FetchFailed),
        (None, FetchFailed),
    ],
)
def test_a_host_that_is_not_found_is_said_to_be_so(
    error: Exception | None, kind: type[FetchFailed]
) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        if error:
            raise error
        return []

    async def script() -> None:
        async with fetcher(Network((), resolve, tls=trust())) as public:
            with pytest.raises(FetchFailed) as caught:
                await public.get("http://nowhere.example/")
        assert caught.value.key == "fetch_dns"
        assert type(caught.value) is kind

    asyncio.run(script())


def test_the_system_finds_this_machine_without_a_name_server() -> None:
    assert asyncio.run(system_resolver("127.0.0.1", 80)) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "address",
    f"8.8.8.8 {PUBLIC} 172.32.0.1 192.169.0.1 100.128.0.1 2606:4700::1111 2a00::1"
    " 64:ff9b::8.8.8.8 ::ffff:8.8.8.8".split(),
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(ip_address(address))
