"""What a fetch gives, and what it says when it gives nothing."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from itertools import pairwise
from typing import TypeVar

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from coopbot import __version__
from coopbot.errors import FetchFailed, Unavailable
from coopbot.ingest.connection import Network
from coopbot.ingest.exchange import Limits
from coopbot.ingest.fetch import Fetcher, user_agent
from coopbot.ingest.records import NotModified, Page, Validators
from coopbot.ingest.web_address import web_address
from tests.ingest import site as answers
from tests.ingest.clock import START, FakeClock
from tests.ingest.http2 import Http2Server
from tests.ingest.site import Answer, Site, in_turn, page, redirect, status

T = TypeVar("T")
Act = Callable[[Site, Fetcher, FakeClock], Awaitable[T]]


def on(routes: Mapping[str, Answer], act: Act[T], **limits: float) -> T:
    """Return what *act* does with a site of *routes* and a fetcher, on one clock."""

    async def script() -> T:
        time = FakeClock()
        bounds = Limits(**limits)  # type: ignore[arg-type]
        async with (
            Site(routes, clock=lambda: time.seconds) as site,
            site.fetcher(time, bounds) as fetcher,
        ):
            return await act(site, fetcher, time)

    return asyncio.run(script())


def fetched(routes: Mapping[str, Answer], path: str = "/", **limits: float) -> Page:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> Page:
        return await fetcher.get(site.url(path))

    return on(routes, act, **limits)


def failure(routes: Mapping[str, Answer], path: str = "/", **limits: float) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetched(routes, path, **limits)
    return caught.value


def test_a_page_comes_as_it_was_sent() -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        found = await fetcher.get(f" {site.url('/été?q=1')}#fin ")
        assert found == Page(
            requested=f" {site.url('/été?q=1')}#fin ",
            url=site.url("/%C3%A9t%C3%A9?q=1"),
            body=b"\xe9t\xe9",
            content_type="text/html; charset=latin-1",
            retrieved="2026-11-23",
            validators=Validators('W/"1"', "hier"),
        )

    latin = page(b"\xe9t\xe9", "text/html; charset=latin-1", etag='W/"1"', last_modified="hier")
    on({"/%C3%A9t%C3%A9?q=1": latin}, act)


def test_the_site_is_told_who_asks_and_in_which_language() -> None:
    async def act(site: Site, _: Fetcher, time: FakeClock) -> None:
        contact = "https://avise.example/robot"
        async with Fetcher(contact, network=site.network(), clock=time.clock) as fetcher:
            await fetcher.get(site.url("/"))
        for asked in site.log:
            assert asked.headers["User-Agent"] == f"Coopbot/{__version__} (+{contact})"
            assert asked.headers["Accept-Language"].startswith("fr")
            assert "Cookie" not in asked.headers

    on({"/": page("")}, act)
    assert user_agent(None).startswith(f"Coopbot/{__version__} (")


def test_a_page_that_did_not_change_is_not_sent_again() -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        first = await fetcher.get(site.url("/vieux"))
        again = await fetcher.get(site.url("/vieux"), first.validators)
        modified = format_datetime(START, usegmt=True)
        validators = Validators('"a"', modified)
        assert again == NotModified(first.requested, first.url, "2026-11-23", validators)
        assert site.log[-1].headers["If-None-Match"] == '"a"'
        assert site.log[-1].headers["If-Modified-Since"] == modified
        changed = await fetcher.get(site.url("/"), Validators('"b"'))
        assert isinstance(changed, Page)
        assert changed.body == first.body

    on({"/": answers.cached("bonjour", '"a"'), "/vieux": redirect("/")}, act)


@pytest.mark.parametrize("etag", ['"été"', '"a\nHost: autre"', ""])
def test_a_validator_that_no_header_may_hold_is_not_sent(etag: str) -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        found = await fetcher.get(site.url("/"), Validators(etag))
        assert isinstance(found, Page)
        assert "If-None-Match" not in site.log[-1].headers

    on({"/": page("")}, act)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_to_another_host_and_scheme(code: int) -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        site.routes["//a.example/"] = redirect(site.url("/b?x=é", "b.example"), code)
        found = await fetcher.get(site.url("/", "a.example"))
        assert (found.url, found.body) == (site.url("/b?x=%C3%A9", "b.example"), b"enfin")

    on({"/b?x=%C3%A9": page("enfin")}, act)


@pytest.mark.parametrize("most", [0, 3])
def test_redirects_are_followed_up_to_a_number(most: int) -> None:
    steps = {f"/{step}": redirect(str(step + 1)) for step in range(most + 1)}
    arrived = fetched(steps | {f"/{most}": page("enfin")}, "/0", redirects=most)
    assert arrived.body == b"enfin"
    assert failure(steps | {f"/{most + 1}": page("enfin")}, "/0", redirects=most).key == (
        "fetch_redirects"
    )


@pytest.mark.parametrize(
    "loop", [{"/": redirect("/")}, {"/": redirect("/a"), "/a": redirect("/b"), "/b": redirect("/")}]
)
def test_a_loop_is_noticed_when_it_closes(loop: dict[str, Answer]) -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.get(site.url("/"))
        assert caught.value.key == "fetch_redirects"
        assert site.paths == ["/robots.txt", *loop]

    on(loop, act)


def test_a_site_that_redirects_to_see_whether_cookies_are_kept_gives_its_page() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.cookies.get("vu") == "1":
            return web.Response(text="bienvenue")
        return web.Response(status=302, headers={"Location": "/", "Set-Cookie": "vu=1"})

    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        assert (await fetcher.get(site.url("/"))).body == b"bienvenue"
        await fetcher.get(site.url("/autre"))
        assert "Cookie" not in site.log[-1].headers

    on({"/": answer, "/autre": page("")}, act)


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (status(404), "fetch_missing"),
        (status(410), "fetch_missing"),
        (status(401), "fetch_denied"),
        (status(403), "fetch_denied"),
        (status(418), "fetch_status"),
        (status(500), "fetch_status"),
        (status(304), "fetch_status"),
        (status(302), "fetch_status"),
        (redirect("ftp://scic.example/"), "fetch_not_http"),
        (redirect("http://u:p@scic.example/"), "fetch_credentials"),
        (answers.endless(b"x" * 100_000, 0), "fetch_too_large"),
        (page("x" * 1_000_001), "fetch_too_large"),
        (answers.bomb(2_000_000), "fetch_too_large"),
        (answers.cut("coupé"), "fetch_broken"),
        (answers.garbage(b"SSH-2.0-OpenSSH\r\n"), "fetch_broken"),
        (answers.garbage(b""), "fetch_broken"),
        (page(b"pas du gzip", content_encoding="gzip"), "fetch_broken"),
        (page(gzip.compress(b"coupe" * 99)[:-9], content_encoding="gzip"), "fetch_broken"),
        (page("brotli", content_encoding="br"), "fetch_broken"),
    ],
)
def test_each_cause_of_failure_has_its_sentence(answer: Answer, key: str) -> None:
    error = failure({"/": answer}, size=1_000_000)
    assert error.key == key
    assert error.text("fr") != error.text("en")


@pytest.mark.parametrize("answer", [answers.silent(), answers.endless()])
def test_an_answer_that_does_not_end_is_left(answer: Answer) -> None:
    assert failure({"/": answer}, whole=0.3).key == "fetch_timeout"


def test_a_refused_connection_has_its_sentence() -> None:
    async def script() -> None:
        async with Site({}) as site:
            url = site.url("/")
        fetcher = Fetcher(network=site.network(), clock=FakeClock().clock)
        async with fetcher:
            with pytest.raises(Unavailable) as caught:
                await fetcher.get(url)
        assert caught.value.key == "fetch_connection"

    asyncio.run(script())


def test_a_host_that_never_connects_has_its_sentence() -> None:
    async def never(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    async def script() -> None:
        limits = Limits(connect=0.05)
        fetcher = Fetcher(network=Network(resolve=never), limits=limits, clock=FakeClock().clock)
        async with fetcher:
            with pytest.raises(Unavailable) as caught:
                await fetcher.get("http://scic.example/")
        assert caught.value.key == "fetch_timeout"

    asyncio.run(script())


def test_a_certificate_nobody_vouches_for_has_its_sentence_and_one_vouched_for_serves() -> None:
    async def script() -> None:
        async with Site({"/": page("chiffré")}, tls=answers.identity()) as site:
            async with site.fetcher() as trusting:
                assert (await trusting.get(site.url("/", "scic.example"))).url.startswith("https")
                with pytest.raises(FetchFailed) as wrong_name:
                    await trusting.get(site.url("/", "scop.elsewhere"))
            network = Network(answers.LOOPBACK, answers.everything_here)
            async with Fetcher(network=network, clock=FakeClock().clock) as usual:
                with pytest.raises(FetchFailed) as unknown:
                    await usual.get(site.url("/"))
            for caught, reason in ((wrong_name, "Hostname mismatch"), (unknown, "self-signed")):
                assert caught.value.key == "fetch_tls"
                assert reason in caught.value.text("fr")

    asyncio.run(script())


def test_https_asked_of_a_site_without_it_has_its_sentence() -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.get(site.url("/").replace("http:", "https:"))
        assert caught.value.key == "fetch_tls"

    on({}, act)


def test_http_2_is_spoken_with_who_speaks_it() -> None:
    async def script() -> None:
        async with Http2Server(b"<p>deux") as server:
            network = Network(answers.LOOPBACK, answers.everything_here, tls=answers.trust())
            async with Fetcher(network=network, clock=FakeClock().clock) as fetcher:
                url = f"https://scic.example:{server.port}/"
                pages = await asyncio.gather(*(fetcher.get(url) for _ in range(3)))
            assert {found.body for found in pages} == {b"<p>deux"}
            assert server.connections == 1
            assert server.requests == 4  # robots.txt and three times the page

    asyncio.run(script())


@pytest.mark.parametrize(
    ("code", "header", "again"),
    [
        (429, "7", 8),
        (503, "0", 2),
        (503, "Mon, 23 Nov 2026 12:01:00 GMT", 60),
        (429, "Mon, 23 Nov 2026 12:00:30 -0000", 30),
        (503, "Mon, 23 Nov 2020 12:00:00 GMT", 2),
        (503, "bientôt", 2),
        (500, None, 2),
        (408, None, 2),
    ],
)
def test_a_site_that_cannot_now_is_asked_again_when_it_says(
    code: int, header: str | None, again: float
) -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        assert (await fetcher.get(site.url("/"))).body == b"enfin"
        assert [(asked.path, asked.at) for asked in site.log] == [
            ("/robots.txt", 0),
            ("/", 1),
            ("/", again),
        ]

    headers = {} if header is None else {"retry_after": header}
    on({"/": in_turn(status(code, **headers), page("enfin"))}, act)


def test_waits_double_from_attempt_to_attempt_and_end() -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        with pytest.raises(Unavailable):
            await fetcher.get(site.url("/"))
        times = [asked.at for asked in site.log if asked.path == "/"]
        assert [later - sooner for sooner, later in pairwise(times)] == [1.0, 2.0, 4.0]

    on({"/": status(503)}, act, attempts=4)


def test_a_site_that_wants_us_away_for_long_is_left_alone_until_then() -> None:
    async def act(site: Site, fetcher: Fetcher, time: FakeClock) -> None:
        for _ in range(2):
            with pytest.raises(Unavailable) as caught:
                await fetcher.get(site.url("/"))
            assert caught.value.key == "fetch_wait"
            assert caught.value.retry_after == pytest.approx(3600, abs=1)
        assert site.paths == ["/robots.txt", "/"]
        assert (await fetcher.get(site.url("/", "autre.example"))).body == b"ici"
        await time.sleep(3600)
        assert (await fetcher.get(site.url("/"))).body == b"ici"

    async def for_one_host(request: web.Request) -> web.StreamResponse:
        return await (away if request.host.startswith("localhost") else page("ici"))(request)

    away = in_turn(status(429, retry_after="3600"), page("ici"))
    on({"/": for_one_host}, act)


def test_what_ends_badly_once_is_asked_again_and_what_never_ends_is_not() -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        assert (await fetcher.get(site.url("/"))).body == b"enfin"
        with pytest.raises(FetchFailed) as caught:
            await fetcher.get(site.url("/sans-fin"))
        assert not isinstance(caught.value, Unavailable)
        assert site.paths == ["/robots.txt", "/", "/", "/sans-fin"]

    routes = {"/": in_turn(answers.cut("cou"), page("enfin")), "/sans-fin": answers.endless()}
    on(routes, act, whole=1.0)


def test_a_pause_longer_than_the_time_out_is_asked_again_and_given_up() -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        with pytest.raises(Unavailable) as caught:
            await fetcher.get(site.url("/"))
        assert caught.value.key == "fetch_timeout"
        assert site.paths == ["/robots.txt", "/", "/"]

    on({"/": answers.endless(pause=60)}, act, read=0.5, attempts=2)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_page_is_unpacked(pack: Callable[[bytes], bytes]) -> None:
    text = "Créer une Scic. ".encode() * 20_000
    encoding = "gzip" if pack is gzip.compress else "deflate"
    assert fetched({"/": page(pack(text), content_encoding=encoding)}).body == text


def test_a_page_as_large_as_allowed_is_taken_and_one_byte_more_is_not() -> None:
    body = b"<p>" + b"a" * 9_999_997
    assert fetched({"/": page(body)}).body == body
    assert failure({"/": page(body + b"a")}).key == "fetch_too_large"
    packed = page(gzip.compress(body + b"a", 1), content_encoding="gzip")
    assert failure({"/": packed}).key == "fetch_too_large"


def test_a_bomb_of_a_gigabyte_takes_no_more_memory_than_a_page_may() -> None:
    answer = answers.bomb(1_000_000_000)

    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> int:
        await fetcher.get(site.url("/"))
        tracemalloc.start()
        try:
            with pytest.raises(FetchFailed):
                await fetcher.get(site.url("/bombe"))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # twice the cap, while the pieces are put together, and what the server holds
    assert on({"/": page(""), "/bombe": answer}, act) < 30_000_000


def test_a_bomb_that_unpacks_into_nothing_ends_too() -> None:
    nothing = gzip.compress(b"", mtime=0) * 10_000
    assert failure({"/": page(nothing, content_encoding="gzip")}, size=50_000).key == "fetch_broken"


@given(st.text())
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for candidate in (text, f"http://{text}", f"http://scic.example/{text}"):
        try:
            url = web_address(candidate)
        except FetchFailed as error:
            sentence = error.text("fr")
        else:
            sentence = str(url)
            assert url.scheme in ("http", "https")
            assert web_address(str(url)) == url
        assert sentence.isprintable()
