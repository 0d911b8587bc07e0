"""Archived copies: what archives answer, right and wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import pytest

from coopbot.errors import IngestError, Unavailable
from coopbot.ingest.archives import archived, parse_availability, parse_timemap

ADDRESS = "http://ancien.example/scic?a=1"
COPY = "http://web.archive.org/web/20130919044612/http://ancien.example/scic?a=1"
WAYBACK, MEMENTO = "https://w.example/available", "https://m.example/timemap/link/"
TIMEMAP = """<http://ancien.example/scic>; rel="original",
<https://m.example/timegate/http://ancien.example/scic>; rel="timegate",
<https://m.example/2008/x>; rel="first memento"; datetime="Tue, 01 Jan 2008 00:00:00 GMT",
<https://m.example/2012/a,b;c>;rel=memento;datetime="Sun, 01 Jul 2012 10:00:00 GMT" ,
<https://m.example/bad>; rel="memento"; datetime="hier",
<mailto:x>; rel="memento"; datetime="Tue, 01 Jan 2013 00:00:00 GMT",
<https://m.example/2020/x>; rel="last memento"; datetime="Wed, 01 Jan 2020 00:00:00 GMT"
"""


def availability(**closest: object) -> bytes:
    shown = {"available": True, "url": COPY, "status": "200"} | closest
    return json.dumps({"archived_snapshots": {"closest": shown}}).encode()


@pytest.mark.parametrize(
    ("body", "copy"),
    [
        (availability(), COPY),
        (availability(status="404"), None),
        (availability(available=False), None),
        (availability(url="javascript:alert(1)"), None),
        (b'{"archived_snapshots": {}}', None),
        (b"<html>Service Unavailable</html>", None),
        (b"[]", None),
        (b"null", None),
        (b"[" * 100_000, None),
        (b"", None),
    ],
)
def test_an_answer_of_the_availability_api_names_a_copy_or_none(
    body: bytes, copy: str | None
) -> None:
    assert parse_availability(body) == copy


@pytest.mark.parametrize(
    ("day", "copy"),
    [
        ("2007", "https://m.example/2008/x"),
        ("2011-05", "https://m.example/2012/a,b;c"),
        ("2019-12-31", "https://m.example/2020/x"),
        (None, "https://m.example/2020/x"),
    ],
)
def test_the_memento_closest_to_a_day_is_taken(day: str | None, copy: str) -> None:
    assert parse_timemap(TIMEMAP, day) == copy
    assert parse_timemap("<html>", day) is None


@pytest.mark.parametrize(
    ("answers", "expected", "asked"),
    [
        ({WAYBACK: availability()}, COPY, 1),
        ({MEMENTO: TIMEMAP.encode()}, "https://m.example/2012/a,b;c", 2),
        ({WAYBACK: None, MEMENTO: None}, None, 2),
        ({WAYBACK: Unavailable("fetch_broken"), MEMENTO: TIMEMAP.encode()}, "2012/a,b;c", 2),
        ({WAYBACK: Unavailable("fetch_broken"), MEMENTO: None}, Unavailable, 2),
    ],
)
def test_the_second_archive_is_asked_when_the_first_has_nothing(
    answers: Mapping[str, bytes | IngestError | None], expected: object, asked: int
) -> None:
    addresses: list[str] = []

    async def get(address: str) -> bytes | None:
        addresses.append(address)
        answer = next((a for base, a in answers.items() if address.startswith(base)), None)
        if isinstance(answer, IngestError):
            raise answer
        return answer

    look = archived(ADDRESS, "2012-05-03", get, WAYBACK, MEMENTO)
    if expected is Unavailable:
        with pytest.raises(Unavailable):
            asyncio.run(look)
    else:
        found = asyncio.run(look)
        assert found == expected or (found or "").endswith(str(expected))
    assert addresses[0] == (
        f"{WAYBACK}?url=http%3A%2F%2Fancien.example%2Fscic%3Fa%3D1&timestamp=20120503"
    )
    assert addresses[1:] == [MEMENTO + ADDRESS][: asked - 1]


def test_an_archive_left_out_of_the_settings_is_not_asked() -> None:
    async def get(address: str) -> bytes | None:
        raise AssertionError(address)

    assert asyncio.run(archived(ADDRESS, None, get, "", "")) is None
