"""Several processes on one state: each deals with its own chats, whoever took their updates in.

A chat has a lane, and the lane a process. So what is said in a chat is dealt with in order, by the
process that remembers the conversation, and nothing is answered or sent twice. The processes must
agree on how many they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coopbot.errors import StateError
from coopbot.state.lock import locked

_LANES = 5_040  # divides evenly among up to ten processes, and names nobody


def lane(chat_id: int) -> int:
    """Return the lane of a chat."""
    return chat_id % _LANES


@dataclass(frozen=True, slots=True)
class Share:
    """The share of the process `number`, counted from 0, among `of`."""

    number: int = 0
    of: int = 1

    def has(self, chat_id: int) -> bool:
        """Tell whether the chat is dealt with here."""
        return lane(chat_id) % self.of == self.number

    @contextmanager
    def held(self, folder: Path) -> Iterator[None]:
        """Hold the share in the state *folder*, until the process ends, however it does.

        Raises StateError when another process holds it.
        """
        taken = StateError("state_shared", path=folder, number=self.number + 1)
        with locked(folder / f"worker-{self.number + 1}.lock", taken):
            yield
