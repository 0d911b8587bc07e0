"""What a question resembles: those that the articles answer, or those that none does.

    scope = side + KIN * kin + WORDED * worded

    side   on which side of the line between the two kinds it is: coopbot/profiles.py
    kin    how much closer its nearest kin are among the one than among the other: the mean cosine
           with the nearest alias of the nearest articles, less that with the nearest questions
           that are off topic
    worded how much more its words are those of the one kind: coopbot/wordings.py

The line is right about questions of a subject nobody thought of, the neighbours about those that
somebody did, and words about names that the encoder does not know. `KIN` was chosen on the
questions of curators alone, each judged by those of other articles, `WORDED` on the half "tune" of
the golden ones: together they tell more than any of them (docs/quality.md).
"""

from __future__ import annotations

import numpy as np

from coopbot.engine.protocol import NO_FILTER, Candidates, DenseView, Engine, Filter, Vector
from coopbot.profiles import Profiles

NEIGHBOURS = 3
KIN = 10.0
WORDED = 0.3


def scope(
    engine: Engine,
    profiles: Profiles,
    text: str,
    vector: Vector,
    where: Filter,
    found: Candidates,
) -> float | None:
    """Return the scope of the question *text* with *vector*, None where the library cannot tell.

    *found* are its candidates among articles in *where*: what a question restricts does not change
    what it resembles.
    """
    side, worded = profiles.side(vector), profiles.worded_side(text)
    if side is None or worded is None:
        return None
    if where == NO_FILTER:
        aliases = found.dense[DenseView.ALIAS].scores
    else:
        hits = engine.nearest(vector, NEIGHBOURS, DenseView.ALIAS, collapse=True)
        aliases = np.array([hit.score for hit in hits], dtype=np.float32)
    ours, others = (
        float(np.sort(cosines)[-NEIGHBOURS:].mean())
        for cosines in (aliases, profiles.off_topic(vector))
    )
    return side + KIN * (ours - others) + WORDED * worded
