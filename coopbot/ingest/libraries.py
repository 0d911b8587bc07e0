"""The libraries that read pages, made to keep quiet."""

from __future__ import annotations

import logging
import warnings
from types import ModuleType

# they log an error for every page they find nothing in; our own refusals say what comes of it
for _name in ("readability", "htmldate"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


def trafilatura() -> ModuleType:
    """Return trafilatura, imported with its module `metadata`.

    Without the warning that its HTTP client, which is not used here, knows no SOCKS proxies.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import trafilatura
        import trafilatura.metadata

    return trafilatura
