"""A page's HTML to an Article, or the reason why not.

html ── tree ──> element tree ── metadata ──> title, author, date, site
                      │ boilerplate
                      └── recipes, opinions ──> blocks ── refusals ── markdown ──> body
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from coopbot.article import Article, clean_text
from coopbot.errors import Refused
from coopbot.ingest import boilerplate, metadata, opinions, recipes, refusals
from coopbot.ingest.duplicates import canonical_address
from coopbot.ingest.front_matter import field_line
from coopbot.ingest.markdown import Block, blocks, plain, render
from coopbot.ingest.metadata import Metadata
from coopbot.ingest.recipes import Recipe
from coopbot.ingest.tree import check_text, parse


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as it came, but for scripts; what it says of itself; what its article seems to be."""

    tree: Any
    about: Metadata
    blocks: list[Block]


def extract(
    html: str,
    url: str | None,
    *,
    retrieved: str,
    careful: bool = False,
    languages: Sequence[str] = ("fr",),
    sites: Mapping[str, Recipe] | None = None,
) -> Article:
    """Return the article on the page *html*, which *url* answered on the date *retrieved*.

    Its body is Markdown without the title. It is kept when its text is in one of *languages*, or in
    any if there are none. *careful* is slower and a little more often right, see `opinions.best`.
    *sites* are the recipes by host, by default those shipped.

    Raises Refused for what is not an article worth keeping.
    """
    page = read_page(html, url, retrieved=retrieved, careful=careful, sites=sites)
    about, text = page.about, plain(page.blocks)
    refusals.check_text(page.tree, url, about, text)
    language = refusals.check_language(text, languages)
    title = field_line(about.title)
    if title is None:
        raise Refused("refused_no_title")
    return Article(
        title=title,
        body=render(page.blocks),
        url=canonical_address(url, about.canonical) if url else None,
        site=field_line(about.site),
        author=field_line(about.author),
        published=about.published,
        retrieved=retrieved,
        language=language or about.declared_language or "und",
        licence=about.licence,
    )


def read_page(
    html: str,
    url: str | None,
    *,
    retrieved: str,
    careful: bool = False,
    sites: Mapping[str, Recipe] | None = None,
) -> ReadPage:
    """Return what is on a page, whether it is worth keeping or not; see `extract`.

    Raises Refused for HTML that cannot be read.
    """
    tree = parse(html)
    nodes = metadata.json_ld(tree)
    boilerplate.drop_code(tree)
    check_text(tree)
    about = metadata.read(tree, nodes, url, retrieved)
    recipe = recipes.recipe_for(url, recipes.shipped() if sites is None else sites)
    if recipe is None:
        found = _article_blocks(deepcopy(tree), about, careful=careful)
    else:
        found, about = _by_recipe(html, recipe, about, retrieved, careful=careful)
    return ReadPage(tree, about, found)


def _article_blocks(tree: Any, about: Metadata, *, careful: bool) -> list[Block]:
    """Return the blocks of the article on the page *tree*, which loses what is around it."""
    boilerplate.prune(tree)
    found = opinions.best(tree, about.title, careful=careful)
    if len(plain(found)) < refusals.LEAST_CHARACTERS and about.text and about.free is not False:
        # a page drawn by scripts may still tell machines what it says
        told = [Block("paragraph", line) for line in about.text.split("\n")]
        return max(found, told, key=lambda opinion: len(plain(opinion)))
    return found


def _by_recipe(
    html: str, recipe: Recipe, about: Metadata, retrieved: str, *, careful: bool
) -> tuple[list[Block], Metadata]:
    """Return what *recipe* finds, and *about* with its title and date."""
    prepared = recipes.prepare(clean_text(html), recipe)
    about = replace(
        about,
        title=metadata.one_line(prepared.title) or about.title,
        published=metadata.date_in(prepared.date, retrieved) or about.published,
    )
    tree = parse(prepared.html)
    boilerplate.drop_code(tree)
    if prepared.found:
        return boilerplate.trim(blocks(tree), about.title), about
    return _article_blocks(tree, about, careful=careful), about
