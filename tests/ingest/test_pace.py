"""No host is asked more often, or by more at once, than it can bear."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from aiohttp import web

from coopbot.ingest.clock import Clock
from coopbot.ingest.exchange import Limits
from coopbot.ingest.pace import Pace
from tests.ingest.clock import FakeClock
from tests.ingest.site import Site, counted, page, redirect, robots


@pytest.mark.parametrize("interval", [1.0, 2.5])
def test_requests_to_a_host_are_an_interval_apart_however_many_are_wanted(interval: float) -> None:
    async def script() -> list[float]:
        time = FakeClock()
        limits = Limits(interval=interval, concurrency=1)
        async with (
            Site({"/": page("")}, clock=lambda: time.seconds) as site,
            site.fetcher(time, limits) as fetcher,
        ):
            await asyncio.gather(*(fetcher.get(site.url("/")) for _ in range(20)))
            return [asked.at for asked in site.log]

    times = asyncio.run(script())
    assert len(times) == 21
    assert {later - sooner for sooner, later in pairwise(times)} == {interval}


def test_redirects_and_robots_txt_count_as_requests() -> None:
    async def script() -> list[tuple[str, float]]:
        time = FakeClock()
        routes = {"/robots.txt": robots(""), "/a": redirect("/b"), "/b": page("")}
        async with (
            Site(routes, clock=lambda: time.seconds) as site,
            site.fetcher(time) as fetcher,
        ):
            await fetcher.get(site.url("/a"))
            return [(asked.path, asked.at) for asked in site.log]

    assert asyncio.run(script()) == [("/robots.txt", 0.0), ("/a", 1.0), ("/b", 2.0)]


def test_hosts_do_not_wait_for_each_other() -> None:
    async def script() -> list[float]:
        time = FakeClock()
        async with (
            Site({"/": page("")}, clock=lambda: time.seconds) as site,
            site.fetcher(time, Limits(interval=0)) as fetcher,
        ):
            hosts = [f"{number}.example" for number in range(10)]
            await asyncio.gather(*(fetcher.get(site.url("/", host)) for host in hosts))
            return time.slept

    assert asyncio.run(script()) == []


@pytest.mark.parametrize("concurrency", [1, 2, 4])
def test_a_host_answers_no_more_at_once_than_allowed_and_as_many(concurrency: int) -> None:
    async def script() -> list[int]:
        seen: list[int] = []
        full = asyncio.Event()

        async def arrived(now: int) -> None:
            seen.append(now)
            if now == concurrency:
                full.set()
            await full.wait()  # all places are taken before the first one is free

        limits = Limits(interval=0, concurrency=concurrency)
        routes = {"/": counted(page(""), arrived)}
        async with Site(routes) as site, site.fetcher(limits=limits) as fetcher:
            await asyncio.gather(*(fetcher.get(site.url("/")) for _ in range(12)))
        return seen

    seen = asyncio.run(script())
    assert len(seen) == 12
    assert max(seen) == concurrency


def test_who_waits_already_waits_on_when_the_host_asks_for_a_pause() -> None:
    async def script() -> list[float]:
        time = FakeClock()
        pace: Pace
        starts: list[float] = []

        async def sleep(seconds: float) -> None:
            if time.seconds == 0:  # the pause is asked for while the second one waits
                pace.hold("scic.example", 60)
            await time.sleep(seconds)

        pace = Pace(Clock(lambda: time.seconds, time.now, sleep), interval=1, concurrency=3)

        async def visit() -> None:
            async with pace.turn("scic.example"):
                starts.append(time.seconds)

        await asyncio.gather(*(visit() for _ in range(3)))
        return starts

    assert asyncio.run(script()) == [0, 60, 61]


def test_a_request_that_fails_or_is_given_up_leaves_its_place() -> None:
    async def script() -> None:
        answered = 0

        async def answer(_: web.Request) -> web.StreamResponse:
            nonlocal answered
            answered += 1
            if answered == 1:
                await asyncio.Event().wait()
            return web.Response()

        limits = Limits(concurrency=1)
        async with Site({"/": answer}) as site, site.fetcher(limits=limits) as fetcher:
            first = asyncio.create_task(fetcher.get(site.url("/")))
            while not answered:
                await asyncio.sleep(0.001)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            await fetcher.get(site.url("/"))

    asyncio.run(script())
