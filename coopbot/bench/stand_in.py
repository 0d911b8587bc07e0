"""A stand-in for the encoder, four hundred times as fast, for a million passages.

A text's vector is the sum of one random vector for each of its words (random indexing: Kanerva,
Kristoferson and Holst 2000, "Random indexing of text samples for latent semantic analysis"). Texts
that share words lie close together; it knows nothing of meaning. The sieve and the cosines have as
much to do as with the real one.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from coopbot.encoder import Vector, Vectors

_ROWS = 1 << 15  # random vectors, which words share by their hashes
_SEED = 20261124


class StandIn:
    """An encoder; see the module's page and `coopbot.encoder.Encoder`."""

    dimensions = 512

    def __init__(self) -> None:
        self.name = f"stand-in-{_SEED}"

    @cached_property
    def _rows(self) -> Vectors:
        shape = (_ROWS, self.dimensions)
        return np.random.default_rng(_SEED).standard_normal(shape, dtype=np.float32)

    def prepare(self) -> None:
        """Nothing is loaded before it is needed."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts*; that of an empty one is any."""
        sums = np.array([self._sum(text) for text in texts], dtype=np.float32)
        made: Vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return made

    def encode_question(self, text: str) -> Vector:
        """Return the vector of *text*."""
        vector: Vector = self.encode([text])[0]
        return vector

    def _sum(self, text: str) -> Vector:
        words = text.lower().encode("utf-8", "replace").split() or [b""]
        total: Vector = self._rows[[zlib.crc32(word) % _ROWS for word in words]].sum(axis=0)
        return total
