"""What is said when something will not do."""

from __future__ import annotations

from coopbot.errors import CoopbotError
from coopbot.messages import LANGUAGES


def check_said(error: CoopbotError) -> None:
    """Check that *error* has a sentence in each language, with all its places filled."""
    for language in LANGUAGES:
        assert error.text(language).strip()
