"""Where the article is on the pages of sites whose markup somebody has looked at (`recipes.toml`).

The selectors are those of soupsieve (https://facelessuser.github.io/soupsieve/selectors/).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from coopbot.ingest.soup import soup_of


@dataclass(frozen=True, slots=True)
class Recipe:
    """CSS selectors for the pages of a site, all of them optional."""

    content: str | None = None
    drop: tuple[str, ...] = ()
    title: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a recipe found on a page: its HTML without what is dropped, title and date as written.

    `found` tells whether the HTML is the article alone.
    """

    html: str
    found: bool
    title: str | None
    date: str | None


@cache
def shipped() -> Mapping[str, Recipe]:
    """Return the recipes of `recipes.toml` by host, read once."""
    source = files(__package__).joinpath("recipes.toml").read_text(encoding="utf-8")
    return {
        host: Recipe(**{**values, "drop": tuple(values.get("drop", ()))})
        for host, values in tomllib.loads(source).items()
    }


def recipe_for(url: str | None, recipes: Mapping[str, Recipe]) -> Recipe | None:
    """Return the recipe for the host of *url* or the nearest host above it, None without one."""
    host = (urlsplit(url).hostname or "") if url else ""
    labels = host.split(".")
    names = (".".join(labels[start:]) for start in range(len(labels)))
    return next((recipes[name] for name in names if name in recipes), None)


def prepare(html: str, recipe: Recipe) -> Prepared:
    """Return *html* as *recipe* has it.

    Give it only HTML that `tree.parse` has passed.
    """
    soup = soup_of(html)
    title = soup.select_one(recipe.title) if recipe.title else None
    date = soup.select_one(recipe.date) if recipe.date else None
    written = None
    if date is not None:
        stated = (date.get(name) for name in ("datetime", "content", "title"))
        written = next((str(value) for value in stated if value), date.get_text(" ", strip=True))
    for selector in recipe.drop:
        for element in soup.select(selector):
            element.extract()
    content = soup.select_one(recipe.content) if recipe.content else None
    return Prepared(
        html=str(soup if content is None else content),
        found=content is not None,
        title=title.get_text(" ", strip=True) if title is not None else None,
        date=written,
    )
