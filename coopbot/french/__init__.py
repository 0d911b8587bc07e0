"""French text to terms: one chain, the same for articles and for questions.

    text ──words.py──> chunks ──┬─ elision        l'association      -> association
                                ├─ inclusive.py   salarié·e·s        -> salariés, salariées
                                ├─ compounds.py   télé-centre        -> télécentre
                                └─ folding.py     Télécentre         -> telecentre
         ──stop words──> exact terms ──stemming.py──> stems

Three ideas to know before reading on:

* A *token* is a stretch of the text with its *exact* terms: usually one, two for inclusive writing
  (masculine, feminine), several for a compound (the whole, then its parts). Offsets are kept, so
  that whatever matched can be shown highlighted in the text as written.
* Accents are folded *before* stemming: people type without them. `stemming.py` repairs what
  Snowball loses by that.
* Every list (stop words, prefixes, inclusive endings, lexicon...) is a plain text file in this
  folder, for someone who knows French to review.

Everything here is pure: no clock, no network, no file but those lists.
"""

from coopbot.french.analysis import (
    Sought,
    Token,
    analyse,
    exact_terms,
    exact_terms_and_stems,
    stem_terms,
)
from coopbot.french.folding import fold
from coopbot.french.stemming import stem

__all__ = [
    "Sought",
    "Token",
    "analyse",
    "exact_terms",
    "exact_terms_and_stems",
    "fold",
    "stem",
    "stem_terms",
]
