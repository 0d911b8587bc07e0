"""What travels between the steps of taking something in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask later whether a page changed (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered, as it came.

    `requested` is the address asked for, `url` the one that answered after redirects.
    `content_type` is the header's value; `body` the bytes after content decoding, at most the
    size cap. `retrieved` is an ISO 8601 date.
    """

    requested: str
    url: str
    body: bytes
    content_type: str | None
    retrieved: str
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class NotModified:
    """What an address answered when it still is as it was at the last visit (304)."""

    requested: str
    url: str
    retrieved: str
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that names an article elsewhere: an entry of a feed, a bookmark, a link.

    What it says of the article besides its address is used where the page itself says nothing.
    `published` and `modified` are ISO 8601 dates.
    """

    url: str
    title: str | None = None
    excerpt: str | None = None
    published: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class FeedReference:
    """A feed that names articles: an entry of somebody's list of feeds."""

    url: str
    title: str | None = None
    homepage: str | None = None
    tags: tuple[str, ...] = ()
