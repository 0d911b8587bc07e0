"""Where articles and passages are stored, and scored against terms and vectors.

`protocol.py` says what every engine answers; `embedded.py` is the default, Whoosh and NumPy in a
folder; `qdrant/` answers from servers; `storage.py` has what the setting `engine` chooses. Nothing
here knows what makes a ranking good: that is `coopbot/search/`.
"""

from coopbot.engine.protocol import (
    DenseView,
    Engine,
    Filter,
    Hit,
    IndexedArticle,
    IndexedPassage,
    LexicalView,
    StoredArticle,
    StoredPassage,
    Vocabulary,
    WeightedTerm,
)

__all__ = [
    "DenseView",
    "Engine",
    "Filter",
    "Hit",
    "IndexedArticle",
    "IndexedPassage",
    "LexicalView",
    "StoredArticle",
    "StoredPassage",
    "Vocabulary",
    "WeightedTerm",
]
