"""What the tests of the comparison share: a collection, and a home that is filled from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopbot.bench import material
from coopbot.bench.home import Home
from coopbot.evaluation import Collection, read_collection

PASSAGES = 60
MIXED = 12

_WHO = ("associé", "salarié", "gérant", "usager", "bénévole", "agriculteur", "fondateur", "maire")
_WHAT = ("le capital", "la révision", "les statuts", "un tracteur", "la réserve", "le vote")
_BOILERPLATE = "Pour en savoir plus, adressez-vous à l'union régionale la plus proche de chez vous."


def document(number: int) -> dict[str, str]:
    """Return a document of a BEIR-like collection; all have one line in common."""
    who, what = _WHO[number % len(_WHO)], _WHAT[number % len(_WHAT)]
    lines = (
        f"En {1900 + number}, un {who} de la coopérative n° {number} demande {what}.",
        f"L'assemblée numéro {number} lui répond que {what} attendra l'an {1901 + number}.",
        _BOILERPLATE,
    )
    return {"_id": str(number), "title": f"Coopérative {number}", "text": "\n".join(lines)}


def write_collection(folder: Path, documents: int) -> Path:
    """Write a collection of that many documents, each a passage, with a question for each."""
    folder.mkdir(parents=True)
    made = [document(number) for number in range(documents)]
    lines = "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in made)
    (folder / "corpus.jsonl").write_text(lines, encoding="utf-8")
    asked = [
        {"_id": f"q{n}", "text": f"que demande le {_WHO[n % len(_WHO)]} en {1900 + n} ?"}
        for n in range(documents)
    ]
    asked[-1]["text"] = asked[0]["text"].upper()  # the same question again
    lines = "".join(json.dumps(q, ensure_ascii=False) + "\n" for q in asked)
    (folder / "queries.jsonl").write_text(lines, encoding="utf-8")
    judged = "".join(f"q{n}\t{n}\t1\n" for n in range(documents))
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A collection of PASSAGES - MIXED documents, each a passage."""
    place = tmp_path_factory.mktemp("bench") / "small"
    return read_collection(write_collection(place, PASSAGES - MIXED))


@pytest.fixture(scope="session")
def home(
    tmp_path_factory: pytest.TempPathFactory, collection: Collection, built_index: Path
) -> Home:
    """A home of PASSAGES passages, MIXED of them mixed, for the stand-in encoder."""
    # what is unpacked once is where the tests have it already
    made = Home(tmp_path_factory.mktemp("bench") / "home", built_index)
    material.fill(
        made,
        material.articles([collection]),
        lambda: material.mixer([collection]),
        PASSAGES,
        [collection.name],
        material.questions([collection], "fr"),
        "stand-in",
    )
    return made
