"""As many articles as wanted, mixed from the words of real ones.

Words are drawn as often as the real articles have them, so that their frequencies are theirs
(Zipf's law with its real exponent), and an article has the length of one of them. Two things that
drawing words alone would miss: an article is about something (a share of its words comes from one
real article), and new words keep coming, however long the text (Heaps' law).
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from coopbot.article import Article

_TOPICAL = 0.3  # of the words of an article come from one real article
_NEW = 0.005  # of the words are in no other article
_PARAGRAPH = 60  # words
_TITLE = 6  # words


class Mixer:
    """Makes articles of the words of *texts*; the same ones for the same *seed*."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible, not secret
        self._texts = [words for text in texts if (words := text.split())]
        self._words = [word for words in self._texts for word in words]

    def article(self, most: int | None = None) -> Article:
        """Return another article, of at most *most* words."""
        random = self._random
        length = len(random.choice(self._texts))
        length = length if most is None else min(length, most)
        topic = random.choice(self._texts)
        topical = sum(random.random() < _TOPICAL for _ in range(length))
        words = random.choices(topic, k=topical)
        words += random.choices(self._words, k=length - topical)
        random.shuffle(words)
        words = [self._new(word) if random.random() < _NEW else word for word in words]
        paragraphs = (" ".join(words[at : at + _PARAGRAPH]) for at in range(0, length, _PARAGRAPH))
        return Article(" ".join(random.choices(topic, k=_TITLE)), "\n\n".join(paragraphs))

    def _new(self, word: str) -> str:
        """Return a word that begins like *word* and ends as none does."""
        number = self._random.getrandbits(32)
        return word[:4] + "".join("bcdfghlmnprstvaeiou"[number >> 4 * i & 15] for i in range(6))
