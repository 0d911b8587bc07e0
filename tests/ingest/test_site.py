"""The web site of the tests serves those who are not in its loop, too."""

from __future__ import annotations

import asyncio

import pytest

from coopbot.errors import FetchFailed
from tests.ingest.site import Site, page


def test_a_site_in_a_thread_answers_by_host_and_path_and_notes_what_it_was_asked() -> None:
    async def script() -> None:
        async with site.fetcher() as fetcher:
            assert (await fetcher.get(site.url("/?q=1"))).body == b"partout"
            assert (await fetcher.get(site.url("/?q=1", "scic.example"))).body == b"ici"
            with pytest.raises(FetchFailed):
                await fetcher.get(site.url("/"))

    with Site.running({"/?q=1": page("partout"), "//scic.example/?q=1": page("ici")}) as site:
        asyncio.run(script())
    assert [(asked.host, asked.path) for asked in site.log] == [
        ("localhost", "/robots.txt"),
        ("localhost", "/?q=1"),
        ("scic.example", "/robots.txt"),
        ("scic.example", "/?q=1"),
        ("localhost", "/"),
    ]
