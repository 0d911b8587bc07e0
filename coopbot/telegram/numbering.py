"""Message numbers: which a message can have, so that one whose arrival is in doubt can be found.

In private chats and basic groups a bot's messages, sent and received, are numbered in one sequence;
each supergroup and channel has its own (Bot API, "Message.message_id").
"""

from __future__ import annotations

# Ids of supergroups and channels lie below this.
_SUPERGROUPS_BELOW = -1_000_000_000_000


class Numbering:
    """The highest number seen of each sequence."""

    def __init__(self) -> None:
        self._highest: dict[int, int] = {}

    def saw(self, chat_id: int, message_id: int) -> None:
        """Take note of a message of *chat_id*, ours or not."""
        sequence = self.sequence(chat_id)
        self._highest[sequence] = max(message_id, self._highest.get(sequence, 0))

    def highest(self, chat_id: int) -> int:
        """Return the highest number seen in the sequence of *chat_id*, 0 when none was."""
        return self._highest.get(self.sequence(chat_id), 0)

    @staticmethod
    def sequence(chat_id: int) -> int:
        """Return the sequence that *chat_id* belongs to: itself, or 0 for the common one."""
        return chat_id if chat_id <= _SUPERGROUPS_BELOW else 0
