"""What all engines are given: as many passages as wanted, none twice, and the questions."""

from __future__ import annotations

from collections import Counter

from coopbot.bench import material
from coopbot.bench.home import Home, position
from coopbot.bench.mixer import Mixer
from coopbot.corpus import Corpus, Entry
from coopbot.evaluation import Collection
from coopbot.french import analyse
from coopbot.passages import prepare
from tests.bench.conftest import MIXED, PASSAGES


def entries(home: Home) -> list[Entry]:
    read = list(Corpus(home.corpus).entries())
    assert all(isinstance(entry, Entry) for entry in read)
    return [entry for entry in read if isinstance(entry, Entry)]


def test_a_home_has_the_passages_that_were_wanted_and_none_twice(home: Home) -> None:
    texts = [p.text for entry in entries(home) for p in prepare(entry.article).passages]
    assert len(texts) == len(set(texts)) == PASSAGES
    assert not any("l'union régionale" in text for text in texts[1 : PASSAGES - MIXED])
    about = home.about()
    assert (about.passages, about.made, about.articles) == (PASSAGES, MIXED, len(entries(home)))


def test_every_engine_gets_the_stems_of_the_passages_that_coopbot_indexes(home: Home) -> None:
    stems = list(home.stems())
    for entry in entries(home):
        for passage in prepare(entry.article).passages:
            text = "\n".join((*passage.headings, passage.text))
            expected = [stem for token in analyse(text) for stem in token.stems]
            assert stems[position(entry.path, passage.number)] == expected


def test_no_question_comes_twice_and_each_has_a_word_to_search_for(home: Home) -> None:
    asked = home.questions()
    assert len(asked) == PASSAGES - MIXED - 1
    assert len({question.text.casefold() for question in asked}) == len(asked)
    assert all(question.terms for question in asked)


def test_the_same_seed_mixes_the_same_articles(collection: Collection) -> None:
    one, other = material.mixer([collection]), material.mixer([collection])
    assert [one.article() for _ in range(5)] == [other.article() for _ in range(5)]
    assert material.mixer([collection], seed=1).article() != one.article()


def test_mixed_words_are_as_frequent_as_in_the_texts_and_new_ones_keep_coming() -> None:
    mixer = Mixer(["de la coopérative"] * 9 + ["tracteur de la commune"], seed=7)
    words = Counter(w for _ in range(2_000) for w in mixer.article().body.split())
    known = ("de", "la", "coopérative", "tracteur", "commune")
    total = words.total()
    assert 0.25 < words["de"] / total < 0.37
    assert words["coopérative"] > 5 * words["tracteur"]
    new = total - sum(words[word] for word in known)
    assert 0.002 < new / total < 0.01
    assert len(words) - len(known) > 0.9 * new
