"""Words in sequence, as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.french.sentences import sentences
from coopbot.search.phrases import Phrase, places


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("assemblée générale", "L'assemblée générale vote.", "assemblée générale"),
        ("ASSEMBLEE GENERALE", "L’Assemblée Générale vote.", "Assemblée Générale"),
        (
            "assemblée générale",
            "L'assemble\u0301e ge\u0301ne\u0301rale",
            "assemble\u0301e ge\u0301ne\u0301rale",
        ),
        ("assemblée générale", "les assemblées générales", None),
        ("assemblée générale", "l'assemblée est générale", None),
        ("assemblée générale", "générale assemblée", None),
        ("assemblée générale", "une assemblée", None),
        ("un homme, une voix", "Un homme une voix", "Un homme une voix"),
        ("un homme une voix", "« Un homme, une voix »", "Un homme, une voix"),
        ("homme voix", "un homme, une voix", None),
        ("mise en commun", "la mise en commun", "mise en commun"),
        ("mise en commun", "la mise de commun", None),
        ("l'intérêt collectif", "servir l’intérêt collectif", "l’intérêt collectif"),
        ("d'intérêt collectif", "servir l'intérêt collectif", None),
        ("Saint Vallier", "à Saint-Vallier", "Saint-Vallier"),
        ("Saint-Vallier", "à saint vallier", "saint vallier"),
        ("Ille et Vilaine", "en Ille-et-Vilaine", "Ille-et-Vilaine"),
        ("salariés associés", "les salarié·e·s associé·e·s", "salarié·e·s associé·e·s"),
        ("salarié·e·s", "les salariées", "salariées"),
        ("Scic SARL", "une S.C.I.C. SARL", "S.C.I.C. SARL"),
        ("1 700 emplois", "1\u202f700 emplois", "1\u202f700 emplois"),
        ("scop", "Scop", "Scop"),
        ("scop", "Scops", None),
        ("la Scop de", "elle est la Scop de Lyon", "la Scop de"),
    ],
)
def test_a_phrase_is_found_word_by_word(phrase: str, text: str, found: str | None) -> None:
    span = Phrase(phrase).span(text)
    assert (None if span is None else text[span[0] : span[1]]) == found


def test_a_phrase_does_not_run_from_one_sentence_into_the_next() -> None:
    phrase = Phrase("le vote compte")
    assert phrase.is_said_in("On dit que le vote compte. Vraiment.")
    assert not phrase.is_said_in("Chacun a le vote. Compte rendu ici.")
    assert not phrase.is_said_in("Chacun a le vote\nCompte rendu ici.")


_PIECES = st.sampled_from(
    [
        *(" ", " ", " ", ". ", "-", "·", "(", ")", "'", "’", "/", "\u00ad", "\n", "1 700,5 "),
        *("salarié", "salarié·e·s", "salariéEs", "salariées", "coopérateur·rices", "co-working"),
        *("Scic", "S.C.I.C.", "coworking", "l'œuvre", "e\u0301lu", "Presqu-île", "Ille-et-Vilaine"),
        *("vote", "élus", "chevaux", "loc.aux", "IL·ELLE", "ceux·celles"),
    ]
)


@given(st.lists(_PIECES, max_size=3).map("".join), st.lists(_PIECES, max_size=15).map("".join))
def test_what_is_read_of_a_text_is_enough_to_find_a_phrase(said: str, text: str) -> None:
    phrase, around = Phrase(said), f"{text} {said} {text}"
    found = any(phrase.span(around[start:end]) for start, end in sentences(around))
    assert phrase.is_said_in(around) == found


@given(st.text(max_size=80))
def test_any_text_is_found_in_itself_if_it_has_words(text: str) -> None:
    there = places(text)
    phrase = Phrase(text)
    assert phrase.span(text) == ((there[0].start, there[-1].end) if there else None)


@given(st.text(max_size=80))
def test_the_words_of_a_text_come_in_order_and_none_lies_in_another(text: str) -> None:
    done = 0
    for place in places(text):
        assert done <= place.start < place.end <= len(text)
        assert all(form.isascii() and form for form in place.forms)
        done = place.end
