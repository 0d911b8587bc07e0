"""What must outlast a restart: subscriptions, languages, feedback, unanswered questions, messages.

One SQLite file in the state folder, never in the index. `database.py` opens and migrates it;
`people.py`, `questions.py` and `deliveries.py` each look after some of its tables; `share.py`
divides the chats among several processes.
"""

from coopbot.state.database import Database

__all__ = ["Database"]
