"""Where a title ends and its text begins, when they were run together without punctuation.

    Trois Scop au microscope | Ils détiennent des parts dans leur entreprise, élisent …

French titles have a capital at their beginning and on proper names only. So a capital on a small
word ("Ils", "Cette", "Dans") behind a word without punctuation is where a sentence starts; one on
another word may be a proper name, and is weighed: is the name said again, does a verb follow?
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from coopbot.french.folding import fold
from coopbot.french.wordlists import words as listed_in_french
from coopbot.ingest.importers.words import words as listed

MAX_TITLE = 200  # characters
_MAX_WORDS = 30
_LONG = 12  # words: three titles in four have fewer
_SUBTITLE = 8  # words
_FEW = 3  # words, too few for a title
_SURE = 20  # score of a capital on a small word: twice all that can speak for a name
_LIKELY = 4
_NEARBY = 200  # characters within which a bracket is closed, if it is one

_TOKEN = re.compile(r"\S+")
_JOINTS = re.compile(r"['’-]")
_PIECE = re.compile(r"[^\W_]+")
_OPENING = "«“\"‘'([‹"
_CLOSING = "»”\"’')]›"
_BLANKS = " \t\n\u00a0\u202f"
_GOES_ON = tuple(",;:/&+([«“–—-|·•")
_MARKS = ("?", "!", "…")
_PARTICIPLE = re.compile(
    r"\w+ée?s?|\w{3,}([iu]e?s?|ise?s?)"
)  # Créée, Installés, Réunies, Née, Apparu
_SEPARATED = re.compile(r"\s[|·•–—-]+\s*$")  # "Titre ? - " before the name of a site
_HOST = re.compile(r"[\w.-]+\.[a-z]{2,}")
_ROMAN = re.compile(r"[IVX]+")
_NAMED_WORK = re.compile(r"\s*«\s*(?:[^\s«».,;:!?]+\s+){1,6}»")  # « Les jours heureux »
_PAIRS = {"(": ")", "[": "]", "«": "»", "“": "”"}


@dataclass(frozen=True, slots=True)
class Broken:
    """A paragraph broken in two. `site` is the name behind the title, if one stood there.

    `by` tells what showed the break: a small word with a capital and no punctuation before it, a
    question or exclamation mark, a capital that may be a name's, or just the first full stop.
    """

    title: str
    text: str
    by: Literal["word", "mark", "name", "stop"]
    site: str | None = None


def break_title(paragraph: str, common: frozenset[str] = frozenset()) -> Broken | None:
    """Return *paragraph* broken into title and text, None when no break can be told.

    *common* are words that the whole document also writes in lower case, folded: a capital on one
    of them makes no proper name.
    """
    text = paragraph.strip()
    found = _words(text)
    stop = _first_stop(text, found)
    reach = range(1, min(stop + 1, len(found)))
    scores = {n: _score(text, found, n, common) - _length_penalty(n) for n in reach}
    marked = next((n for n in range(1, stop + 1) if _is_marked(text, found, n)), None)
    sure = next((n for n, score in scores.items() if score > _SURE // 2), None)
    if marked is not None and not _is_subtitle(found, marked, sure):
        return _behind_mark(text, found[marked].start, common)
    best = sure if sure is not None else _likeliest(found, scores)
    if best is not None:
        return _broken(text, found[best].start, "word" if best == sure else "name")
    if stop < len(found) and stop <= _LONG and _stops(text, found[stop - 1], found[stop]):
        return _broken(text, found[stop].start, "stop")
    return None


@dataclass(frozen=True, slots=True)
class _Word:
    """A word and where its token stands; `text` is without the punctuation around it."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital; "L2261-23" is a number."""
        return self.text[:1].isupper() and not any(c.isdigit() for c in self.text)

    @property
    def shouted(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()

    @property
    def head(self) -> str:
        """The folded beginning, up to an apostrophe or hyphen: "Aujourd'hui" gives "aujourd"."""
        first = _PIECE.match(self.text)
        return fold(first[0]) if first else ""

    @property
    def tail(self) -> str:
        """The folded end: "l'une" gives "une"."""
        return fold(_JOINTS.split(self.text)[-1])

    @property
    def is_small(self) -> bool:
        """Whether it is a small word, such as begin sentences; "Deux-Sèvres" is none."""
        first = _PIECE.match(self.text)
        if first is None or self.shouted or self.text[first.end() + 1 :][:1].isupper():
            return False
        return self.head in listed("sentence_starters.txt")


def _words(text: str) -> list[_Word]:
    """Return the words in reach of a title; punctuation that stands alone belongs to none."""
    found = []
    for token in _TOKEN.finditer(text, 0, 2 * MAX_TITLE):
        bare = token[0].lstrip(_OPENING)
        start = token.end() - len(bare)
        bare = bare.rstrip(_CLOSING + ".,;:!?…")
        if _PIECE.search(bare):
            found.append(_Word(start, bare))
    return found


def _first_stop(text: str, found: list[_Word]) -> int:
    """Return the number of the word that the first full stop comes before.

    Without one, the number of the first word out of a title's reach.
    """
    for number in range(1, len(found)):
        out_of_reach = found[number].start > MAX_TITLE or number > _MAX_WORDS
        if out_of_reach or _stops(text, found[number - 1], found[number]):
            return number
    return len(found)


def _stops(text: str, word: _Word, following: _Word) -> bool:
    between = text[word.end : following.start].strip(_CLOSING + _OPENING + _BLANKS)
    return between.endswith(".") and following.capital and not _is_abbreviation(word)


def _is_abbreviation(word: _Word) -> bool:
    initial = len(word.tail) == 1 and word.text[-1].isupper()  # "M. Nicaise", "S.A. Acome"
    numeral = bool(_ROMAN.fullmatch(word.text))
    return initial or numeral or fold(word.text) in listed_in_french("abbreviations.txt")


def _before(text: str, position: int) -> str:
    """Return what stands before *position*, without quotes and brackets that open there."""
    before = text[:position].rstrip()
    while before and before[-1] in _OPENING and before[-1] not in _CLOSING:
        before = before[:-1].rstrip()
    return before


def _is_marked(text: str, found: list[_Word], number: int) -> bool:
    """Tell whether a title may end with ? ! or … before word *number*."""
    if number >= len(found) or _is_within(text, found[number].start):
        return False
    before = _SEPARATED.sub("", _before(text, found[number].start) + " ")
    before = before.rstrip(_CLOSING + _BLANKS)
    begins = found[number].capital or (found[number].text[0].isdigit() and before[-1:] != "…")
    return begins and before.endswith(_MARKS)


def _is_subtitle(found: list[_Word], marked: int, sure: int | None) -> bool:
    """Tell whether the title goes on behind its mark: "Scop ou Scic ? Le guide | Vous …".

    What has no article there is a heading of the text: "Qu'est-ce qu'une Scic ? | Définition La …".
    """
    if sure is None or sure < marked:
        return sure is not None
    return sure - marked <= _SUBTITLE and (found[marked].is_small or marked < _FEW)


def _score(text: str, found: list[_Word], number: int, common: frozenset[str]) -> int:
    """Return what speaks for a sentence that starts at word *number*, unpunctuated; 0: nothing."""
    word, last = found[number], found[number - 1]
    before = _before(text, word.start)
    if not word.capital or before.endswith((*_GOES_ON, *_MARKS, ".")):
        return 0
    if _is_within(text, word.start) or text[word.start - 1] in _PAIRS.keys() - {"«", "“"}:
        return 0
    cut_off = len(text[last.end : word.start]) > 1 and not text[last.end : word.start].strip()
    closed = before[-1:] in _CLOSING
    if last.tail in listed("unfinished.txt") and not cut_off and not closed:
        return 0
    following = found[number + 1 : number + 5]
    if _begins_sentence(text, word, following):
        return _SURE
    if last.tail in listed("before_names.txt"):
        return 0
    return max(0, _weight(text, found, number, common) + 3 * cut_off)


def _begins_sentence(text: str, word: _Word, following: list[_Word]) -> bool:
    """Tell whether *word* can hardly be part of a name: a small word, or "Créée en 1985"."""
    if not following or following[0].capital or text[word.end : following[0].start].strip():
        return False
    if _NAMED_WORK.match(text, len(_before(text, word.start))):
        return False
    circumstance = following[0].text in listed("circumstances.txt")
    return word.is_small or (bool(_PARTICIPLE.fullmatch(word.text)) and circumstance)


def _weight(text: str, found: list[_Word], number: int, common: frozenset[str]) -> int:
    """Weigh a capital that may be a name's: "Longo Maï", "Les Scop", "Salariés"."""
    word, following = found[number], found[number + 1 : number + 5]
    again = _is_said_again(found, number) and not _is_said_again(found, number - 1)
    if word.is_small:
        weight = 4
    elif found[number - 1].capital and number > 1 and not again:
        # The name goes on ("Chèque Déjeuner"); people's have two words, seldom a third.
        weight = 2 if found[number - 2].capital and number > 2 else 1
    else:
        weight = 3 if fold(word.text) in common else 2
    verb = any(w.text in listed("finite_verbs.txt") for w in following)
    behind = text[word.end :].lstrip()[:1]
    introduces = (behind in (",", "(")) - (behind == ":")
    return weight + 2 * again + verb + introduces


def _length_penalty(number: int) -> int:
    return (number > _LONG) + (number > 2 * _LONG)


def _is_said_again(found: list[_Word], number: int) -> bool:
    """Tell whether the name at word *number* was in the title already."""
    start = number + 1 if found[number].is_small and number + 1 < len(found) else number
    name = fold(found[start].text)
    if len(name) < len("Zanon") - 1 or not found[start].capital:
        return False
    return any(name in (fold(word.text), word.tail) for word in found[:number])


def _likeliest(found: list[_Word], scores: dict[int, int]) -> int | None:
    """Return the likeliest break; of equals, the first with its verb behind it, else the last."""
    top = max(scores.values(), default=0)
    if top <= 0:
        return None
    equals = [number for number, score in scores.items() if score == top]
    for number, following in pairwise(equals):
        if any(w.text in listed("finite_verbs.txt") for w in found[number + 1 : following]):
            return number
    return equals[-1]


def _is_within(text: str, position: int) -> bool:
    """Tell whether *position* is within brackets or quotes that are closed not far behind."""
    before, behind = text[:position], text[position : position + _NEARBY]
    for opening, closing in _PAIRS.items():
        opened = before.rfind(opening)
        at_once = not before[opened + 1 :].strip()  # it opens with the word itself
        if opened > before.rfind(closing) and not at_once and closing in behind:
            return True
    return before.rstrip('"').count('"') % 2 == 1 and '"' in behind


def _behind_mark(text: str, position: int, common: frozenset[str]) -> Broken:
    """Break at *position*, behind a ? or !; the name of a site behind a dash is not text."""
    before = _before(text, position) + " "
    title = _SEPARATED.sub("", before)
    if title == before:
        return _broken(text, position, "mark")
    rest = text[position:]
    found = _words(rest)
    reach = range(1, len(found))  # a site may name itself at length
    stop = next((n for n in reach if _stops(rest, found[n - 1], found[n])), len(found))
    start = next((n for n in reach[:stop] if _score(rest, found, n, common) >= _LIKELY), None)
    if start is None:
        return Broken(_tidy(title), rest, "mark")
    site = _tidy(rest[: found[start].start].split(",")[0])
    return Broken(_tidy(title), rest[found[start].start :], "mark", site)


def _broken(text: str, position: int, by: Literal["word", "mark", "name", "stop"]) -> Broken:
    position = len(_before(text, position))  # « opens the text, it does not close the title
    title, site = _without_site(_tidy(text[:position]))
    return Broken(title, text[position:].strip(), by, site)


def _without_site(title: str) -> tuple[str, str | None]:
    """Return *title* and the site that stood behind it: "… | Avise", "… - Avise.org"."""
    head, separator, site = title.rpartition(" | ")
    if not separator:
        head, separator, site = title.rpartition(" - ")
        separator = separator if _HOST.fullmatch(site) else ""
    named = separator and len(site) < len(head) and len(site.split()) <= _SUBTITLE
    return (head, site) if named else (title, None)


def _tidy(title: str) -> str:
    """Return *title* on one line, without what joined it to the text."""
    line = re.sub(r"[ \t\n]+", " ", title).strip(" |·•–—-:;,")
    return line if line.endswith("..") else line.removesuffix(".")
