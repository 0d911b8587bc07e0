"""What holds of the French chain for any text at all."""

from __future__ import annotations

import unicodedata
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st
from unidecode import unidecode

from coopbot.french import (
    Sought,
    analyse,
    exact_terms,
    exact_terms_and_stems,
    fold,
    stem,
    stem_terms,
)
from coopbot.french.language import guess_language
from coopbot.french.lexicon import expansions
from coopbot.french.sentences import sentences

# Any text, and text that looks like what the chain has rules for.
_FRENCH = st.text(
    "aeiouscrtlnéèêëàâçùîïôûœæÉÈŒ  ''’-‑·•./()EES1207\u00a0\u202f\u00ad,.!?«»\u0301\n"
)
_ANY = st.one_of(st.text(st.characters(codec=None)), _FRENCH)


def without_accents(text: str) -> str:
    """Return *text* as somebody types it who does not type accents."""
    plain = text.replace("œ", "oe").replace("æ", "ae").replace("Œ", "OE").replace("Æ", "AE")
    decomposed = unicodedata.normalize("NFD", plain)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@given(_ANY)
def test_no_text_makes_the_chain_raise(text: str) -> None:
    analyse(text)
    stem_terms(text)
    sentences(text)
    guess_language(text)
    expansions(analyse(text), english=True)


@given(_ANY)
@example("1 700 salarié·e·s à l'été 2024 " + "x" * 100)
def test_terms_alone_are_those_of_the_tokens(text: str) -> None:
    tokens = analyse(text)
    exact, stems = exact_terms_and_stems(text)
    assert exact == [term for token in tokens for term in token.exact]
    assert stems == [stem for token in tokens for stem in token.stems]


_WRITTEN = [
    "1 700 salarié·e·s de la S.C.I.C. d'Évry, coworking ou co-working ; payer, on paie, le foyer",
    "piquer, pique, Blu-Ray, une tique, lʼœuvre, les œuvres, un tic, la loi, un loyer, 3,5 %",
]


@given(text=_ANY, others=st.lists(_FRENCH), picked=st.randoms(use_true_random=False))
@example(text=_WRITTEN[0], others=_WRITTEN, picked=Random(1))
@example(text=_WRITTEN[1], others=_WRITTEN, picked=Random(2))
def test_the_tokens_with_some_stems_are_those_among_all(
    text: str, others: list[str], picked: Random
) -> None:
    known = stem_terms(" ".join([text, *others]))
    wanted = set(picked.sample(known, min(len(known), 4)))
    sought = Sought(wanted)
    for each in (text, *others, text):
        expected = [token for token in analyse(each) if wanted & set(token.stems)]
        assert sought.tokens_of(each) == expected


@given(_ANY)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(_ANY)
@example("".join(map(chr, range(0x250))))
def test_folding_is_unidecode_after_composition(text: str) -> None:
    whole = "".join(c for c in text if not "\ud800" <= c <= "\udfff")
    assert fold(text) == unidecode(unicodedata.normalize("NFC", whole)).lower()


@given(_ANY)
def test_folded_text_is_ascii_without_capitals(text: str) -> None:
    assert fold(text).isascii()
    assert fold(text) == fold(text).lower()


@given(_FRENCH)
@example("les salarié·e·s associé·e·s de la coopérative d'intérêt collectif")
@example("Œuvre, cœur, S.C.I.C. créée à Évry")
def test_accents_typed_or_not_give_the_same_terms(text: str) -> None:
    assert stem_terms(text) == stem_terms(without_accents(text))


@given(_FRENCH)
def test_composed_and_decomposed_accents_give_the_same_terms(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert exact_terms(composed) == exact_terms(unicodedata.normalize("NFD", text))


@given(_ANY)
def test_tokens_lie_in_the_text_in_order_without_overlap(text: str) -> None:
    end = 0
    for token in analyse(text):
        assert end <= token.start < token.end <= len(text)
        assert token.exact
        assert all(token.exact)
        end = token.end


@given(_ANY)
def test_terms_are_short_ascii_words(text: str) -> None:
    for term in exact_terms(text):
        assert 0 < len(term) <= 64
        assert all(c.isascii() and (c.isalnum() or c == ".") for c in term)
        assert stem(term)


@given(_ANY)
def test_sentences_lose_nothing_but_blanks(text: str) -> None:
    kept = "".join(text[start:end] for start, end in sentences(text))
    assert "".join(kept.split()) == "".join(text.split())


def test_a_very_long_word_costs_no_more_than_a_long_text() -> None:
    assert analyse("a" * 1_000_000) == []
    assert len(analyse("mot " * 50_000)) == 50_000
