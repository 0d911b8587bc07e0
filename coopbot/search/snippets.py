"""The one or two sentences that answer, and which words of them matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coopbot.encoder import Encoder, Vectors
from coopbot.engine.protocol import StoredArticle, StoredPassage, Vector
from coopbot.french import Sought, Token
from coopbot.french.sentences import sentences
from coopbot.messages import Language
from coopbot.search.answer import Snippet
from coopbot.search.phrases import Phrase

MAX_CHARACTERS = 320
_ENOUGH = 110  # a shorter sentence gets company
_BEFORE = 80  # shown before a phrase far into a sentence
_MIN_WORDS = 4  # "Oui." and "3. Faites les comptes." answer nothing by themselves


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, those of its words that are wanted, and how many words it has in all."""

    text: str
    found: Sequence[Token]
    words: int

    def score(self, idfs: Mapping[str, float]) -> float:
        stems = {stem for token in self.found for stem in token.stems}
        # in the order of the question's terms: sentences with the same ones are level
        return sum(idf for stem, idf in idfs.items() if stem in stems)


class Snippets:
    """What is shown of the passages that answer a question.

    *idfs* are what its stems tell, *vector* is its own; a sentence with one of *phrases* comes
    before all others.
    """

    def __init__(
        self,
        idfs: Mapping[str, float],
        vector: Vector,
        encoder: Encoder,
        phrases: Sequence[Phrase] = (),
    ) -> None:
        self._idfs = idfs
        self._sought = Sought(idfs)
        self._vector = vector
        self._encoder = encoder
        self._phrases = phrases

    def of_passage(self, passage: StoredPassage) -> Snippet:
        """Return the sentences of *passage* that best match the question.

        Without any common word (a question in English), those nearest to it in meaning.
        """
        texts = [passage.text[start:end] for start, end in sentences(passage.text)]
        found = [_Sentence(t, self._sought.tokens_of(t), len(t.split())) for t in texts]
        if not found:
            return Snippet(passage.text)
        scores = [s.score(self._idfs) for s in found]
        if len(found) > 1 and not any(scores):
            scores = _cosines(self._encoder.encode(texts), self._vector)
        scores = [s if f.words >= _MIN_WORDS else s / 2 for s, f in zip(scores, found, strict=True)]
        said = [[span for p in self._phrases if (span := p.span(f.text))] for f in found]
        best = max(range(len(found)), key=lambda i: (len(said[i]), scores[i], -i))
        text = _with_company(found, best, scores, min(said[best], default=(0, 0)))
        if text == found[best].text:
            return Snippet(text, _spans(found[best].found))
        return Snippet(text, self._highlights(text))

    def of_summary(self, article: StoredArticle, language: Language) -> Snippet | None:
        """Return the English summary of an *article* in another language, for one who asks so.

        None when there is none, or the question is in another *language*.
        """
        if language != "en" or article.language == "en" or not article.summary_en:
            return None
        text = _cut(article.summary_en, (0, 0))
        return Snippet(text, self._highlights(text))

    def _highlights(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return (start, end) of the words of *text* that are asked for, inflected or not."""
        return _spans(self._sought.tokens_of(text))


def _spans(tokens: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    return tuple((token.start, token.end) for token in tokens)


def _cosines(vectors: Vectors, vector: Vector) -> list[float]:
    return [float(c) for c in np.asarray(vectors @ vector)]


def _with_company(
    found: Sequence[_Sentence], best: int, scores: Sequence[float], kept: tuple[int, int]
) -> str:
    """Return the best sentence, with the better of its neighbours when it is short.

    Of a sentence too long to be shown, what is *kept* is.
    """
    text = found[best].text
    if len(text) >= _ENOUGH:
        return _cut(text, kept)
    neighbours = [i for i in (best + 1, best - 1) if 0 <= i < len(found)]
    for other in sorted(neighbours, key=lambda i: -scores[i]):
        first, second = sorted((best, other))
        joined = f"{found[first].text} {found[second].text}"
        if len(joined) <= MAX_CHARACTERS:
            return joined
    return _cut(text, kept)


def _cut(text: str, kept: tuple[int, int]) -> str:
    """Return *text*, or if it is no sentence of reasonable length its beginning with "…".

    When *kept* lies further on, a stretch that has it, with "…" on both sides.
    """
    if len(text) <= MAX_CHARACTERS:
        return text
    before = ""
    if kept[1] > MAX_CHARACTERS - len(" …"):
        start = text.rfind(" ", 0, max(kept[0] - _BEFORE, 0)) + 1
        before, text = "… ", text[start:]
    if len(text) <= MAX_CHARACTERS:
        return before + text
    return before + text[:MAX_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
