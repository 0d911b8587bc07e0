"""The conversation in the terminal: any lines, in any order; spelling, phrases, follow-ups."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from contextlib import redirect_stdout

from coopbot.cli.chat import _Chat
from coopbot.dialogue import MOST, Thread
from coopbot.messages import texts
from tests.fuzz.draw import text_of
from tests.fuzz.small import dialogue, library

_LINES = 6
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def seeds() -> Sequence[bytes]:
    """Return conversations."""
    conversations = (
        "créer une Scic\n/lire 1\n/proches 2\n/suite\n/bien",
        "coment créer une sik\n/non\n/oui\n/mal\n/signaler",
        'assemblée -cuma "parts sociales"\net pour une Scop ?\nla suite\n/sujets emploi',
        "titre:scic depuis:2020 site:bêta tag:emploi\n/nouveautes\n/aide",
        "/lire 99999999999999999999\n/proches ٣\n/suite\n/oui\n/non\n/bien",
        "worker cooperative\nwhy?\nmore\n/read 1",
    )
    return [conversation.encode() for conversation in conversations]


def check(data: bytes) -> None:
    """Check a conversation of the lines of *data*."""
    chat = _Chat(library(), dialogue(), texts("fr"), Thread())
    for line in text_of(data).split("\n")[:_LINES]:
        said = io.StringIO()
        with redirect_stdout(said):
            going_on = chat.hear(line.strip())
        assert not _COMMANDS.search(said.getvalue())
        assert said.getvalue() or not going_on or not line.strip()
        assert 0 <= chat.thread.offset < MOST
