"""What may go wrong on command, the same way for the same seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from tests.botapi.clock import Clock
from tests.botapi.errors import flood
from tests.botapi.model import Chat

Kind = Literal["bad_gateway", "drop_before", "drop_after", "duplicate"]
BAD_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"
)


@dataclass(slots=True)
class _Scripted:
    kind: Kind
    method: str
    left: int


class Faults:
    """Misbehaviour, off until set; every setting may be changed while the server runs.

    The fate of the n-th call of a method depends on the seed, the method and n only, so that it
    is the same however calls of different methods interleave.
    """

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self._clock = clock
        self.seed = seed
        self.bad_gateway = 0.0
        self.drop_before = 0.0
        self.drop_after = 0.0
        self.duplicate = 0.0
        self.latency = 0.0
        self.html_errors = False
        self.only: Collection[str] | None = None
        self.fired: Counter[Kind] = Counter()
        self._count: Counter[tuple[Kind, str]] = Counter()
        self._scripted: list[_Scripted] = []
        self._floods: dict[int, float] = {}

    def clear(self) -> None:
        """End all misbehaviour."""
        self.bad_gateway = self.drop_before = self.drop_after = 0.0
        self.duplicate = self.latency = 0.0
        self.only = None
        self._scripted.clear()
        self._floods.clear()

    def once(self, kind: Kind, method: str = "", times: int = 1) -> None:
        """Let *kind* happen to the next *times* calls of *method*, or of any.

        For "duplicate", *method* is a kind of update such as "message".
        """
        self._scripted.append(_Scripted(kind, method.lower(), times))

    def flood(self, chat: Chat | int, retry_after: float) -> None:
        """Refuse what is sent to *chat* with 429 for *retry_after* seconds of server time."""
        number = chat if isinstance(chat, int) else chat.id
        self._floods[number] = self._clock.now() + retry_after

    def check_flood(self, chat_id: int) -> None:
        """Raise the 429 that is on for a chat."""
        left = self._floods.get(chat_id, 0.0) - self._clock.now()
        if left > 0:
            raise flood(max(1, round(left)))

    def strikes(self, kind: Kind, method: str) -> bool:
        """Say whether *kind* befalls this call of *method*."""
        hit = self._is_scripted(kind, method.lower()) or self._is_drawn(kind, method)
        self.fired[kind] += hit
        return hit

    def _is_scripted(self, kind: Kind, method: str) -> bool:
        for script in self._scripted:
            if script.kind == kind and script.method in ("", method) and script.left:
                script.left -= 1
                return True
        return False

    def _is_drawn(self, kind: Kind, method: str) -> bool:
        if kind != "duplicate" and self.only is not None and method not in self.only:
            return False
        self._count[kind, method] += 1
        draw = random.Random(f"{self.seed} {kind} {method} {self._count[kind, method]}").random()
        probability: float = getattr(self, kind)
        return draw < probability
