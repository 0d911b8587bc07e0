"""Pearltrees' RDF export: collections (trees), and what is kept in them (pearls).

A PagePearl is a page of the web; a RefPearl puts one collection into another; an AliasPearl leads
to a collection that somebody else keeps. Pearltrees calls its terms differently from one year to
the next (namespaces with http or https, titles as dcterms or pt): only local names are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coopbot.errors import Refused
from coopbot.ingest.front_matter import one_line
from coopbot.ingest.importers.making import make_reference
from coopbot.ingest.importers.safe_xml import parse_xml, text_of
from coopbot.ingest.records import Reference

if TYPE_CHECKING:
    from lxml.etree import _Element

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DEEPEST = 20  # collections within collections
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class _Trees:
    """The collections: their titles, and which is in which, by their addresses."""

    titles: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)

    def path(self, tree: str | None) -> list[str]:
        """Return the titles from the outermost collection to *tree*.

        The one that holds all others is left out: it bears the name of the account.
        """
        titles: list[str] = []
        outermost = set(self.parents.values()) - self.parents.keys()
        while tree is not None and tree not in outermost and len(titles) < _DEEPEST:
            titles.append(self.titles.get(tree, ""))
            tree = self.parents.get(tree)
        return titles[::-1]


def read_pearltrees(name: str, text: str) -> Iterator[Reference | Refused]:
    """Yield the pages of the export *text*, tagged with their collections.

    Raises Refused when it cannot be read at all.
    """
    root, damage = parse_xml(name, text)
    pearls = [element for element in root if isinstance(element.tag, str)]
    trees = _trees(pearls)
    for pearl in pearls:
        title, line = _value(pearl, "title"), pearl.sourceline or 1
        if _kind(pearl) == "PagePearl":
            tags = trees.path(_resource(pearl, "parentTree"))
            yield make_reference(name, line, _value(pearl, "identifier"), title, tags=tags)
        elif _kind(pearl) == "AliasPearl":
            yield Refused("import_alias", path=name, line=line, value=one_line(title, _SHOWN))
    if damage is not None:
        yield damage


def _trees(pearls: list[_Element]) -> _Trees:
    trees = _Trees()
    for pearl in pearls:
        if _kind(pearl) == "Tree":
            trees.titles[pearl.get(f"{_RDF}about", "")] = _value(pearl, "title") or ""
        elif _kind(pearl) == "RefPearl":
            child, parent = _resource(pearl, "seeAlso"), _resource(pearl, "parentTree")
            if child and parent and child != parent:
                trees.parents[child] = parent
    return trees


def _kind(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(pearl: _Element, wanted: str) -> str | None:
    found = next(pearl.iterchildren(f"{{*}}{wanted}"), None)
    return None if found is None else text_of(found) or found.get(f"{_RDF}resource")


def _resource(pearl: _Element, wanted: str) -> str | None:
    found = next(pearl.iterchildren(f"{{*}}{wanted}"), None)
    return None if found is None else found.get(f"{_RDF}resource")
