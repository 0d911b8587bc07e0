"""The chain itself, top to bottom: see the package's page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from coopbot.french.compounds import split_compound
from coopbot.french.elision import APOSTROPHES, elided
from coopbot.french.folding import fold, fold_term
from coopbot.french.inclusive import MIDDLE_DOTS, expand
from coopbot.french.stemming import stem
from coopbot.french.wordlists import words
from coopbot.french.words import HYPHENS, SOFT_HYPHEN, chunks, numbers_and_chunks

MAX_TERM = 64  # letters; what is longer is an address or noise, never a word somebody asks for
_CACHED = 200_000  # words
_MAX_CACHED = 64  # letters of one
_HEAD = 3  # letters of a stem that tell where it may be
_LETTER_APOSTROPHE = "ʼ"  # the one that counts as a letter
_ENDING = 2  # letters at the end of a longer one that may be others in the word
MARKS = "\u0300-\u036f"  # accents written as characters of their own
_APOSTROPHES = re.compile(f"[{re.escape(APOSTROPHES)}]")
_HYPHENS = re.compile(f"[{re.escape(HYPHENS)}]")
_MARK = re.compile(f"[{MARKS}]")
_CLUSTER = re.compile(rf".[{MARKS}]*", re.DOTALL)  # a character and the accents upon it
_LETTER = r"[^\W\d_œæŒÆ]"  # a ligature is two letters, typed as such or not
_ACRONYM = re.compile(rf"{_LETTER}(\.{_LETTER})+")  # "S.C.I.C"; its last dot is not in the chunk
_PIECES = re.compile(
    rf"{_LETTER}(?:\.{_LETTER})+(?![^\W_])|[^{re.escape(MIDDLE_DOTS)}./_()]+"  # acronym or word
)


# A word within a chunk: where it starts and ends there, and its exact terms.
_Piece = tuple[int, int, tuple[str, ...]]


class Token(NamedTuple):
    """A word of the text: `text[start:end]`, and its exact terms (at least one, no stop word)."""

    start: int
    end: int
    exact: tuple[str, ...]

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems of the exact terms, each once."""
        return _stems(self.exact)


@lru_cache(maxsize=_CACHED)
def _stems(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(stem, terms)))


def analyse(text: str) -> list[Token]:
    """Return the content words of *text* in order. Never raises, whatever the text."""
    return _analyse_decomposed(text) if _is_decomposed(text) else _analyse(text)


class Sought:
    """Some stems, to be looked for in several texts: what a chunk is found to be is remembered."""

    def __init__(self, stems: Iterable[str]) -> None:
        self._stems = frozenset(stems)
        self._beginnings = tuple(
            {stem[:-_ENDING] if len(stem) > _HEAD else _head(stem) for stem in self._stems}
        )
        self._heads = tuple(map(_head, self._stems))
        self._found: dict[str, tuple[_Piece, ...]] = {}

    def tokens_of(self, text: str) -> list[Token]:
        """Return the tokens of *text* that have one of the stems, in order.

        The same as looking through all that `analyse` returns, in a tenth of the time.
        """
        if _is_decomposed(text):
            return [t for t in _analyse_decomposed(text) if not self._stems.isdisjoint(t.stems)]
        found: list[Token] = []
        end = 0
        for number, chunk in numbers_and_chunks(text):
            written = number or chunk
            # what is between two of them has no letter and no figure
            start = text.index(written, end)
            end = start + len(written)
            pieces = self._of_number(number) if number else self._found.get(chunk)
            if pieces is None:
                pieces = self._found[chunk] = self._of_chunk(chunk)
            for first, last, exact in pieces:
                found.append(Token(start + first, start + last, exact))
        return found

    def _of_chunk(self, chunk: str) -> tuple[_Piece, ...]:
        """Return the words of *chunk* with one of the stems: analysed only where some may be."""
        if chunk.isalpha() and _LETTER_APOSTROPHE not in chunk:  # one word: it begins as its stem
            folded = chunk.lower() if chunk.isascii() else fold_term(chunk)
            may_be = folded.startswith(self._beginnings)
        else:
            folded = fold_term(chunk)
            may_be = any(head in folded for head in self._heads)
        return self._among(_resolve(chunk, is_number=False)) if may_be else ()

    def _of_number(self, number: str) -> tuple[_Piece, ...]:
        return self._among(_resolve(number, is_number=True))

    def _among(self, pieces: tuple[_Piece, ...]) -> tuple[_Piece, ...]:
        return tuple(piece for piece in pieces if not self._stems.isdisjoint(_stems(piece[2])))


def _head(stem: str) -> str:
    """Return letters that each word with *stem* has, side by side, when folded.

    Stemming changes the ends of words. In three letters that is the last, and only "y" to "i" and
    "qu" to "c" ("payer" has "pai", "piquer" has "pic").
    """
    return stem[:-1] if len(stem) <= _HEAD and stem.endswith(("i", "c")) else stem[:_HEAD]


def _is_decomposed(text: str) -> bool:
    """Tell whether *text* has accents written as characters of their own."""
    return not unicodedata.is_normalized("NFC", text) or _MARK.search(text) is not None


def _analyse(text: str) -> list[Token]:
    tokens: list[Token] = []
    for chunk in chunks(text):
        resolve = _resolve_cached if len(chunk.text) <= _MAX_CACHED else _resolve
        for start, end, exact in resolve(chunk.text, chunk.is_number):
            tokens.append(Token(chunk.start + start, chunk.start + end, exact))
    return tokens


def _analyse_decomposed(text: str) -> list[Token]:
    """Analyse *text* with its accents composed; tokens keep their places in *text*."""
    composed, origin = _composed(text)
    return [Token(origin[t.start], origin[t.end], t.exact) for t in _analyse(composed)]


def _composed(text: str) -> tuple[str, list[int]]:
    """Return *text* with its accents composed, and where each character comes from."""
    composed: list[str] = []
    origin: list[int] = []  # of each composed character
    for cluster in _CLUSTER.finditer(text):
        characters = _MARK.sub("", unicodedata.normalize("NFC", cluster.group()))
        composed.append(characters)
        origin += [cluster.start()] * len(characters)
    origin.append(len(text))
    return "".join(composed), origin


def exact_terms(text: str) -> list[str]:
    """Return the folded content words of *text*, in order."""
    return exact_terms_and_stems(text)[0]


def stem_terms(text: str) -> list[str]:
    """Return the stems of *text*, in order."""
    return exact_terms_and_stems(text)[1]


def exact_terms_and_stems(text: str) -> tuple[list[str], list[str]]:
    """Return the folded content words of *text*, in order, and its stems: those of its tokens."""
    if _is_decomposed(text):
        text, _ = _composed(text)
    exact: list[str] = []
    stems: list[str] = []
    for number, chunk in numbers_and_chunks(text):
        either = number or chunk
        of_chunk = _of_chunk_cached if len(either) <= _MAX_CACHED else _of_chunk
        its_exact, its_stems = of_chunk(either, bool(number))
        exact += its_exact
        stems += its_stems
    return exact, stems


def _of_chunk(chunk: str, is_number: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the exact terms and the stems of the words of one chunk."""
    found = [exact for _, _, exact in _resolve(chunk, is_number)]
    return tuple(chain(*found)), tuple(chain(*map(_stems, found)))


_of_chunk_cached = lru_cache(maxsize=_CACHED)(_of_chunk)


def _resolve(chunk: str, is_number: bool) -> tuple[_Piece, ...]:
    """Return the words of one chunk as (start, end, exact terms)."""
    if is_number:
        number = "".join(c for c in fold(chunk).replace(",", ".") if c.isdigit() or c == ".")
        return ((0, len(chunk), (number,)),)
    found: list[_Piece] = []
    for piece_start, piece in _whole_or_pieces(chunk):
        start = piece_start + elided(piece)
        end = piece_start + len(piece)
        word = chunk[start:end]
        found.extend(_kept(start, end, _terms(word), is_acronym=word.isupper()))
    return tuple(found)


_resolve_cached = lru_cache(maxsize=_CACHED)(_resolve)


def _whole_or_pieces(chunk: str) -> Iterator[tuple[int, str]]:
    """Yield the chunk itself if it is one inclusive word, else its pieces."""
    word = chunk.removesuffix(")") if chunk.count("(") < chunk.count(")") else chunk
    plain = _plain(word[elided(word) :])
    if expand(plain):
        yield 0, word
        return
    for match in _PIECES.finditer(chunk, elided(chunk)):
        yield match.start(), match.group()


def _plain(word: str) -> str:
    """Return *word* composed, its hyphens `-`, its apostrophes `'`, without soft hyphens."""
    word = unicodedata.normalize("NFC", word.replace(SOFT_HYPHEN, ""))
    return _APOSTROPHES.sub("'", _HYPHENS.sub("-", word))


def _terms(word: str) -> tuple[str, ...]:
    plain = _plain(word)
    if _ACRONYM.fullmatch(plain):
        return (fold_term(plain),)
    forms = expand(plain) or (plain,)
    return tuple(term for form in forms for term in split_compound(form))


def _kept(start: int, end: int, terms: tuple[str, ...], *, is_acronym: bool) -> tuple[_Piece, ...]:
    """Return the word as a one-element tuple, or nothing when only stop words are left of it.

    "SA" and "CA" in capitals are the company and the board, not the possessive and the pronoun.
    """
    stop = words("stop_words.txt")
    if is_acronym:
        stop = stop - words("protected.txt")
    kept = tuple(dict.fromkeys(t for t in terms if t not in stop and _is_content(t)))
    return ((start, end, kept),) if kept else ()


def _is_content(term: str) -> bool:
    return 0 < len(term) <= MAX_TERM and not (len(term) == 1 and term.isalpha())
