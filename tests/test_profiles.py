"""What an index learns from the questions that curators write, and from those that none answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.engine.protocol import StoredArticle
from coopbot.errors import CorpusError
from coopbot.off_topic import FILE as OFF_TOPIC
from coopbot.off_topic import MOST, OffTopic, read_off_topic
from coopbot.profiles import (
    LEAST_QUESTIONS,
    SHRINKAGE,
    UNASKED,
    UNWORDED,
    Described,
    Matrix,
    Profiles,
    described,
    load_profiles,
    save_profiles,
)
from tests.engine.articles import DIMENSIONS, indexed, vector

NOTHING = np.empty((0, DIMENSIONS), np.float32)


def article(name: str, *questions: str, translation_of: str | None = None) -> Described:
    stored = StoredArticle(name, f"{name}.md", name.title(), translation_of=translation_of)
    return described(indexed(stored, [((), f"{name}.")], aliases=questions), len(questions))


def learned(
    folder: Path,
    *articles: Described,
    off_topic: Matrix = NOTHING,
    off_topic_texts: Sequence[str] = (),
) -> Profiles:
    save_profiles(folder, articles, (), off_topic, off_topic_texts)
    return load_profiles(folder)


def rows(texts: Sequence[str]) -> Matrix:
    return np.stack([vector(text) for text in texts]).astype(np.float16).astype(np.float32)


SCIC, SCOP = article("scic", "a", "b", "c"), article("scop", "d", "e")


def test_closeness_is_the_cosine_where_what_varies_within_an_article_counts_little(
    tmp_path: Path,
) -> None:
    found = learned(tmp_path, SCIC, SCOP).closeness(vector("question"), ["scop", "scic"])

    groups = [rows("abc"), rows("de")]
    apart = np.concatenate([group - group.mean(axis=0) for group in groups])
    covariance = apart.T @ apart / 5
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * np.eye(8) * np.trace(covariance) / 8
    metric = np.linalg.cholesky(np.linalg.inv(covariance))
    means = np.array([group.mean(axis=0) for group in groups])
    question, scic, scop = (np.array([vector("question"), *means]) - means.mean(axis=0)) @ metric
    expected = [
        question @ it / np.linalg.norm(question) / np.linalg.norm(it) for it in (scop, scic)
    ]
    assert found == pytest.approx(expected, abs=1e-3)


def test_a_question_is_closest_to_the_article_that_is_asked_it(tmp_path: Path) -> None:
    profiles = learned(tmp_path, SCIC, SCOP)
    for question, asked in [*((q, 0) for q in "abc"), *((q, 1) for q in "de")]:
        assert np.argmax(profiles.closeness(vector(question), ["scic", "scop"])) == asked


def test_a_translation_without_questions_is_asked_what_its_original_is(tmp_path: Path) -> None:
    by_path = article("scic-en", translation_of="scic.md")
    by_address = article("scic-it", translation_of="scic")
    profiles = learned(tmp_path, SCIC, SCOP, by_path, by_address)
    one, other, third = profiles.closeness(vector("x"), ["scic", "scic-en", "scic-it"])
    assert one == pytest.approx(other) == pytest.approx(third)


def test_a_translation_with_questions_has_its_own_profile(tmp_path: Path) -> None:
    profiles = learned(tmp_path, SCIC, SCOP, article("scic-en", "f", translation_of="scic.md"))
    one, other = profiles.closeness(vector("x"), ["scic", "scic-en"])
    assert one != other


def test_an_article_without_questions_is_known_by_what_it_says_and_not_the_worse_for_it(
    tmp_path: Path,
) -> None:
    plain = article("cuma")
    said = vector("Cuma") + vector("cuma.")
    profiles = learned(tmp_path, SCIC, SCOP, plain)
    assert profiles.closeness(said / np.linalg.norm(said), ["cuma"]) == pytest.approx(
        1 + UNASKED, abs=1e-2
    )


def test_without_two_questions_of_one_article_there_is_nothing_to_learn(tmp_path: Path) -> None:
    profiles = learned(tmp_path, article("scic", "a"), article("cuma"))
    assert profiles.closeness(vector("a"), ["scic", "cuma"]).tolist() == [0, 0]


def test_a_generation_without_the_file_has_no_profiles(tmp_path: Path) -> None:
    profiles = load_profiles(tmp_path)
    assert profiles.closeness(vector("a"), ["scic"]).tolist() == [0]
    assert profiles.side(vector("a")) is None


@given(
    before=st.dictionaries(st.sampled_from("stuvw"), st.text("abcdef", max_size=4)),
    after=st.dictionaries(st.sampled_from("stuvw"), st.text("abcdef", max_size=4)),
    removed=st.sets(st.sampled_from("stuvw")),
)
def test_profiles_made_step_by_step_are_those_made_at_once(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, str],
    after: dict[str, str],
    removed: set[str],
) -> None:
    steps, once = tmp_path_factory.mktemp("steps"), tmp_path_factory.mktemp("once")
    save_profiles(steps, [article(n, *q) for n, q in before.items()], (), NOTHING, ())
    save_profiles(
        steps,
        [article(n, *q) for n, q in after.items()],
        before.keys() - after.keys() - removed,
        NOTHING,
        (),
    )
    kept = {n: q for n, q in before.items() if n not in removed} | after
    save_profiles(once, [article(n, *q) for n, q in kept.items()], (), NOTHING, ())
    found = [load_profiles(f).closeness(vector("x"), sorted(kept)) for f in (steps, once)]
    assert found[0] == pytest.approx(found[1], abs=2e-3)


def many(prefix: str, count: int = LEAST_QUESTIONS) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def side(texts: Sequence[str], shift: float) -> Matrix:
    """Return vectors of *texts*, moved by *shift* along the first axis."""
    return np.asarray(rows(texts) + shift * np.eye(DIMENSIONS)[0], dtype=np.float32)


def asked(name: str, vectors: Matrix) -> Described:
    return Described(name, f"{name}.md", None, vectors.astype(np.float16), " x ", asked=True)


def test_a_question_is_at_one_where_questions_are_answered_and_minus_one_where_they_are_not(
    tmp_path: Path,
) -> None:
    ours, others = side(many("a"), 1), side(many("b"), -1)
    side_of = learned(tmp_path, asked("scic", ours), off_topic=others).side
    assert side_of(ours.mean(axis=0)) == pytest.approx(1, abs=0.01)
    assert side_of(others.mean(axis=0)) == pytest.approx(-1, abs=0.01)
    assert np.mean([(side_of(v) or 0) > 0 for v in ours]) > 0.9
    assert np.mean([(side_of(v) or 0) < 0 for v in others]) > 0.9


@pytest.mark.parametrize(
    ("ours", "others", "without_questions"),
    [
        (LEAST_QUESTIONS - 1, LEAST_QUESTIONS, 0),
        (LEAST_QUESTIONS, LEAST_QUESTIONS - 1, 0),
        (LEAST_QUESTIONS, LEAST_QUESTIONS, 2),
    ],
)
def test_the_side_is_not_told_where_too_few_questions_are_known(
    tmp_path: Path, ours: int, others: int, without_questions: int
) -> None:
    known = asked("scic", side(many("a", ours), 1))
    unknown = [article(name) for name in "xy"[:without_questions]]
    profiles = learned(tmp_path, known, *unknown, off_topic=side(many("b", others), -1))
    assert profiles.side(vector("a")) is None


def test_translations_need_no_questions_for_the_side_to_be_told(tmp_path: Path) -> None:
    known = asked("scic", side(many("a"), 1))
    others = [article(name, translation_of="scic.md") for name in "xy"]
    profiles = learned(tmp_path, known, *others, off_topic=side(many("b"), -1))
    assert profiles.side(vector("a")) is not None


SCICS = article("scic", *many("créer une scic "))
SCOPS = article("scop", *many("monter une scop "))


def test_an_article_is_likelier_the_more_it_is_asked_in_the_words_of_the_question(
    tmp_path: Path,
) -> None:
    profiles = learned(tmp_path, SCICS, SCOPS)
    for question, asked_ in [("CRÉER des scics ?", 0), ("on monte nos scops", 1), ("unescop", 1)]:
        assert np.argmax(profiles.likelihood(question, ["scic", "scop"])) == asked_, question


def test_words_that_no_article_is_asked_in_speak_for_none(tmp_path: Path) -> None:
    profiles = learned(tmp_path, SCICS, SCOPS)
    assert profiles.likelihood("wxyz kkk", ["scop", "scic"]).tolist() == [0, 0]


def test_a_translation_is_asked_in_the_words_of_its_original(tmp_path: Path) -> None:
    translation = article("scic-en", translation_of="scic.md")
    one, other = learned(tmp_path, SCICS, SCOPS, translation).likelihood(
        "créer une scic", ["scic", "scic-en"]
    )
    assert one == other > 0


def test_an_article_without_questions_is_asked_in_its_own_words_and_not_the_worse_for_it(
    tmp_path: Path,
) -> None:
    profiles = learned(tmp_path, SCICS, SCOPS, article("cuma"))
    assert profiles.likelihood("wxyz", ["scic", "cuma"]) == pytest.approx([0, UNWORDED])
    assert np.argmax(profiles.likelihood("une cuma", ["scic", "scop", "cuma"])) == 2


@pytest.mark.parametrize("few", [("few", "a", "b"), ("few", "a", "b", "c")])
def test_words_tell_nothing_where_too_few_questions_are_known(
    tmp_path: Path, few: tuple[str, ...]
) -> None:
    profiles = learned(tmp_path, article(*few))
    assert profiles.likelihood("a b c", ["few"]).tolist() == [0]
    assert profiles.worded_side("a b c") is None


def test_words_of_what_is_answered_are_on_its_side_and_others_on_the_other(tmp_path: Path) -> None:
    others = many("recette de ")
    profiles = learned(tmp_path, SCICS, off_topic=rows(others), off_topic_texts=others)
    assert (profiles.worded_side("créer") or 0) > 0 > (profiles.worded_side("une recette") or 0)
    assert profiles.worded_side("wxyz") == 0


def test_words_learned_step_by_step_are_those_learned_at_once(tmp_path: Path) -> None:
    plain, translation = article("cuma"), article("scic-en", translation_of="scic.md")
    steps, once = tmp_path / "steps", tmp_path / "once"
    for folder in (steps, once):
        folder.mkdir()
    save_profiles(steps, [SCICS, article("scop", "autre chose"), plain], (), NOTHING, ())
    save_profiles(steps, [SCOPS, translation], {"scic", "cuma"}, NOTHING, ())
    save_profiles(once, [translation, plain, SCOPS, SCICS], (), NOTHING, ())
    names = ["scic", "scop", "cuma", "scic-en"]
    found = [load_profiles(f).likelihood("monter une cuma", names) for f in (steps, once)]
    assert found[0].tolist() == found[1].tolist()
    assert found[0].any()


def test_off_topic_questions_are_lines_without_comments_and_blanks(tmp_path: Path) -> None:
    (tmp_path / OFF_TOPIC).write_text(
        "\ufeff# Autres sujets\n\n  la météo demain ?  \nhow to cook rice\r\n", encoding="utf-8"
    )
    assert read_off_topic(tmp_path).questions == ("la météo demain ?", "how to cook rice")


def test_without_the_file_no_question_is_known_to_be_off_topic(tmp_path: Path) -> None:
    assert read_off_topic(tmp_path) == OffTopic()


def test_an_off_topic_file_in_another_encoding_is_told_of_with_the_line(tmp_path: Path) -> None:
    (tmp_path / OFF_TOPIC).write_bytes("un\ndeux\nla météo".encode("latin-1"))
    with pytest.raises(CorpusError) as caught:
        read_off_topic(tmp_path)
    assert caught.value.key == "off_topic_encoding"
    assert caught.value.values["line"] == 3


def test_an_off_topic_file_beyond_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / OFF_TOPIC).write_text("météo\n" * (MOST + 1), encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        read_off_topic(tmp_path)
    assert caught.value.key == "off_topic_long"
