"""What sites ask of robots is done, by RFC 9309."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from coopbot.errors import CoopbotError, FetchFailed, Unavailable
from coopbot.ingest.exchange import Limits
from coopbot.ingest.fetch import Fetcher
from coopbot.ingest.robots import MOST_BYTES, parse
from tests.ingest import site as answers
from tests.ingest.clock import FakeClock
from tests.ingest.site import Answer, Site, in_turn, page, redirect, robots, status

ALL, NONE = "User-agent: *\nAllow: /\n", "User-agent: *\nDisallow: /\n"


def on(
    routes: Mapping[str, Answer],
    act: Callable[[Site, Fetcher, FakeClock], Awaitable[None]],
    limits: Limits | None = None,
) -> None:
    async def script() -> None:
        time = FakeClock()
        async with (
            Site({"/": page("bonjour")} | dict(routes), clock=lambda: time.seconds) as site,
            site.fetcher(time, limits) as fetcher,
        ):
            await act(site, fetcher, time)

    asyncio.run(script())


def verdict(text: str | Answer, path: str = "/", limits: Limits | None = None) -> str:
    """Return "given", or the key of the error, for *path* of a site with that robots.txt."""
    found: list[str] = []

    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        try:
            await fetcher.get(site.url(path))
        except CoopbotError as error:
            found.append(error.key)
            if path == "/":
                assert path not in site.paths
        else:
            found.append("given")

    answer = robots(text) if isinstance(text, str) else text
    on({"/robots.txt": answer, path: page("bonjour")}, act, limits)
    return found[0]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        (NONE, "/", "fetch_robots"),
        ("User-agent:* # tous\nDisallow: / # tout\n", "/", "fetch_robots"),
        ("", "/", "given"),
        ("User-agent: *\nDisallow:\n", "/", "given"),
        ("User-agent: Googlebot\nDisallow: /\n", "/", "given"),
        ("User-agent: coopbot\nDisallow: /\n\nUser-agent: *\nAllow: /\n", "/", "fetch_robots"),
        ("User-agent: Coopbot\nAllow: /\n\nUser-agent: *\nDisallow: /\n", "/", "given"),
        ("User-agent: Coopbot/0.2\nDisallow: /\n", "/", "fetch_robots"),
        ("User-agent: bot\nDisallow: /\n", "/", "given"),
        ("User-agent: ecoopbot\nDisallow: /\n", "/", "given"),
        ("User-agent: Googlebot\nUser-agent: *\nDisallow: /\n", "/", "fetch_robots"),
        ("User-agent: *\nDisallow: /prive\nAllow: /prive/ouvert\n", "/prive/x", "fetch_robots"),
        ("User-agent: *\nDisallow: /prive\nAllow: /prive/ouvert\n", "/prive/ouvert", "given"),
        ("User-agent: *\nDisallow: /*.pdf$\n", "/statuts.pdf", "fetch_robots"),
        ("User-agent: *\nDisallow: /*.pdf$\n", "/statuts.pdf?v=2", "given"),
        ("User-agent: *\nDisallow: /*?imprimer\n", "/a?imprimer=1", "fetch_robots"),
        ("User-agent: *\nDisallow: /été\n", "/%C3%A9t%C3%A9", "fetch_robots"),
        ("\ufeffUser-agent: *\nDisallow: /\n", "/", "fetch_robots"),
        ("<html><body>Disallow: /</body></html>", "/", "given"),
    ],
)
def test_the_rules_for_us_are_kept(text: str, path: str, expected: str) -> None:
    assert verdict(text, path) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (status(404), "given"),
        (status(403), "given"),
        (status(401), "given"),
        (status(500), "fetch_robots_unavailable"),
        (status(503), "fetch_robots_unavailable"),
        (status(429), "fetch_robots_unavailable"),
        (status(503, retry_after="7200"), "fetch_wait"),
        (in_turn(status(503), robots(ALL)), "given"),
        (answers.cut("User-agent"), "fetch_broken"),
        (redirect("ftp://scic.example/robots.txt"), "given"),
    ],
)
def test_no_rules_allow_all_and_no_answer_forbids_all(answer: Answer, expected: str) -> None:
    assert verdict(answer) == expected


def test_a_robots_txt_that_never_comes_forbids_all() -> None:
    assert verdict(answers.silent(), limits=Limits(whole=0.2)) == "fetch_timeout"


@pytest.mark.parametrize(("hops", "expected"), [(5, "fetch_robots"), (6, "given")])
def test_five_redirects_lead_to_the_rules_and_more_to_none(hops: int, expected: str) -> None:
    steps = {f"/r{step}": redirect(f"/r{step + 1}") for step in range(1, hops)}
    routes = {"/robots.txt": redirect("/r1"), **steps, f"/r{hops}": robots(NONE)}

    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        if expected == "given":
            await fetcher.get(site.url("/"))
            return
        with pytest.raises(FetchFailed) as caught:
            await fetcher.get(site.url("/"))
        assert caught.value.key == expected

    on(routes, act)


def test_the_rules_of_each_site_on_the_way_are_kept() -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        site.routes["/"] = redirect(site.url("/but", "scop.example"))
        with pytest.raises(FetchFailed) as caught:
            await fetcher.get(site.url("/", "scic.example"))
        assert caught.value.key == "fetch_robots"
        assert [(asked.host, asked.path) for asked in site.log] == [
            ("scic.example", "/robots.txt"),
            ("scic.example", "/"),
            ("scop.example", "/robots.txt"),
        ]

    on({"//scop.example/robots.txt": robots(NONE)}, act)


def test_the_rules_are_read_once_a_day_even_for_many_at_once() -> None:
    async def act(site: Site, fetcher: Fetcher, time: FakeClock) -> None:
        await asyncio.gather(*(fetcher.get(site.url("/")) for _ in range(5)))
        await time.sleep(86_000 - time.seconds)
        await fetcher.get(site.url("/"))
        assert site.paths.count("/robots.txt") == 1
        await time.sleep(1_000)
        with pytest.raises(FetchFailed):
            await fetcher.get(site.url("/"))
        assert site.paths.count("/robots.txt") == 2
        assert site.paths.count("/") == 6

    on({"/robots.txt": in_turn(robots(ALL), robots(NONE))}, act)


def test_a_site_whose_robots_txt_fails_is_asked_again_after_some_minutes() -> None:
    async def act(site: Site, fetcher: Fetcher, time: FakeClock) -> None:
        for _visit in range(3):
            with pytest.raises(Unavailable):
                await fetcher.get(site.url("/"))
        assert site.paths == ["/robots.txt"] * 3  # the attempts of the first time
        await time.sleep(700)
        await fetcher.get(site.url("/"))

    on({"/robots.txt": in_turn(*[status(500)] * 3, robots(ALL))}, act)


@pytest.mark.parametrize(("asked", "kept"), [("5", 5), ("0.1", 1), ("86400", 30), ("beaucoup", 1)])
def test_a_crawl_delay_is_kept_within_reason(asked: str, kept: float) -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        for _visit in range(3):
            await fetcher.get(site.url("/"))
        first, *others = [visit.at for visit in site.log if visit.path == "/"]
        assert others == [first + kept, first + 2 * kept]

    on({"/robots.txt": robots(f"User-agent: *\nCrawl-delay: {asked}\n")}, act)


def test_sitemaps_are_found_there() -> None:
    async def act(site: Site, fetcher: Fetcher, _: FakeClock) -> None:
        assert await fetcher.sitemaps(site.url("/")) == ("https://scic.example/plan.xml", "/b.xml")
        assert site.paths == ["/robots.txt"]

    on({"/robots.txt": robots("Sitemap: https://scic.example/plan.xml\nsitemap: /b.xml\n")}, act)


def test_rules_after_500_kibibytes_are_not_read_and_those_before_are() -> None:
    filling = "# " + "x" * 1_000 + "\n"
    late = f"User-agent: *\nDisallow: /a\n{filling * 520}Disallow: /\n"
    assert len(late) > MOST_BYTES
    assert verdict(late) == "given"
    assert verdict(late, "/a") == "fetch_robots"
    assert parse(late.encode()).can_fetch("http://scic.example/", "Coopbot")


def test_thousands_of_robots_with_thousands_of_rules_cost_no_more_than_their_lines() -> None:
    names = "".join(f"User-agent: r{number}\n" for number in range(14_500))
    rules = "".join(f"Disallow: /{number}\n" for number in range(14_500))
    hostile = f"{names}{rules}User-agent: coopbot\nDisallow: /nous\n"
    assert len(hostile) < MOST_BYTES
    read = parse(hostile.encode())  # 210 million rules otherwise: minutes, gigabytes
    assert read.can_fetch("http://scic.example/1", "Coopbot")
    assert not read.can_fetch("http://scic.example/nous", "Coopbot")
