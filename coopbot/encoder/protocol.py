"""What the rest of Coopbot knows of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]  # of one text
Vectors = NDArray[np.float32]  # a row per text


class Encoder(Protocol):
    """A model that puts texts with the same meaning close together.

    `name` tells model and version: vectors of two names are never compared. It also names files.
    All vectors are float32 of length 1, with `dimensions` values, and those of questions and of
    what articles say are compared with each other. Cosines of texts that have nothing in common
    lie around 0: the weights of ranking and confidence are learned on that scale. Safe to call
    from several threads.
    """

    name: str
    dimensions: int

    def prepare(self) -> None:
        """Load what many texts need, so that the first of them do not wait for it."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts* as an article has them: passages, titles, sentences.

        Also of the questions an article says it answers. The shape is (len(texts), dimensions).
        """
        ...

    def encode_question(self, text: str) -> Vector:
        """Return the vector of *text*, which somebody asks."""
        ...
