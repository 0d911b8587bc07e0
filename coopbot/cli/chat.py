"""`coopbot chat`: the bot's conversation, in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coopbot.cli.output import echo
from coopbot.messages import Texts
from coopbot.messages import texts as say_in
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.dialogue import Dialogue, Page, Thread
    from coopbot.library import Library


def run(settings: Settings, say: Texts) -> int:
    """Talk until the person leaves or the input ends."""
    from coopbot.cli.building import open_or_build, open_state, renew_meanwhile
    from coopbot.dialogue import Dialogue, Thread
    from coopbot.library import Library
    from coopbot.state.questions import Questions

    library = Library(settings)
    open_or_build(library, say)
    renew_meanwhile(library)
    database = open_state(library, say)
    # nobody votes under another's name in one's own terminal: no secret is needed
    dialogue = Dialogue(library, Questions(database, b"terminal"))
    chat = _Chat(library, dialogue, say, Thread())
    if sys.stdin.isatty():
        echo(f"{say('chat.welcome')}\n")
    try:
        while (line := _line()) is not None and chat.hear(line.strip()):
            pass
    finally:
        database.close()
        library.close()
    return 0


def _line() -> str | None:
    """Return the next line typed, None at the end."""
    try:
        return input("› " if sys.stdin.isatty() else "")
    except EOFError:
        return None


@dataclass
class _Chat:
    """A conversation under way: `page` is what was shown last."""

    library: Library
    dialogue: Dialogue
    say: Texts
    thread: Thread
    page: Page | None = None

    def hear(self, line: str) -> bool:
        """Do what *line* says; return False when it says goodbye."""
        word, _, rest = line.partition(" ")
        if not word:
            return True
        if word in ("/fin", "/quit", "/exit"):
            return False
        moves: Mapping[str, Callable[[str], None]] = {
            "/suite": self._more,
            "/more": self._more,
            "/lire": self._read,
            "/read": self._read,
            "/proches": self._related,
            "/related": self._related,
            "/oui": self._meant,
            "/yes": self._meant,
            "/non": self._as_typed,
            "/no": self._as_typed,
            "/bien": self._like,
            "/good": self._like,
            "/mal": self._dislike,
            "/bad": self._dislike,
            "/signaler": self._report,
            "/report": self._report,
            "/sujets": self._topics,
            "/topics": self._topics,
            "/nouveautes": self._news,
            "/news": self._news,
        }
        if word in moves:
            moves[word](rest)
        elif word.startswith("/"):
            echo(self.say("chat.help"))
        else:
            self._ask(line)
        return True

    def _ask(self, question: str) -> None:
        self._go_on(lambda: self.dialogue.ask(self.thread, question, self.say.language))

    def _more(self, _rest: str) -> None:
        self._go_on(lambda: self.dialogue.more(self.thread))

    def _go_on(self, turn: Callable[[], tuple[Thread, Page]]) -> None:
        from coopbot.errors import QuestionError

        try:
            self.thread, self.page = turn()
        except QuestionError as error:
            echo(error.text(self.say.language))
            return
        self._show()

    def _show(self) -> None:
        from coopbot.dialogue import Move
        from coopbot.render.plain import as_plain

        if self.page is None:
            return
        say = say_in(self.page.answer.language)
        if self.page.completed:
            echo(say("bot.understood", question=self.page.completed))
        echo(as_plain(self.page.answer, say))
        offered = [say(f"chat.{m}") for m in Move if m in self.page.moves and m is not Move.BACK]
        echo(f"\n[{' · '.join(offered)}]\n")

    def _read(self, rest: str) -> None:
        from coopbot.render.plain import passage_as_plain

        rank = int(rest) if rest.strip().isdecimal() else 1
        found = self.dialogue.passage(self.page.token, rank) if self.page else None
        if found is None or self.page is None:
            echo(self.say("chat.nothing_there"))
            return
        echo(passage_as_plain(found, say_in(self.page.answer.language)))

    def _related(self, rest: str) -> None:
        rank = int(rest) if rest.strip().isdecimal() else 1
        found = self.dialogue.related(self.page.token, rank) if self.page else None
        titles = [f"  – {article.title}" for article in found.articles] if found else []
        echo("\n".join(titles) or self.say("bot.related_none"))

    def _meant(self, _rest: str) -> None:
        from coopbot.dialogue import Thread

        suggestion = self.page.answer.did_you_mean if self.page else None
        if suggestion:
            self._go_on(lambda: self.dialogue.ask(Thread(), suggestion, self.say.language))
        else:
            echo(self.say("chat.nothing_there"))

    def _as_typed(self, _rest: str) -> None:
        corrected = self.page is not None and self.page.answer.corrected
        found = self.dialogue.as_typed(self.page.token) if self.page and corrected else None
        if found is None:
            echo(self.say("chat.nothing_there"))
            return
        self.thread, self.page = found
        self._show()

    def _like(self, _rest: str) -> None:
        self._vote(1, "bot.thanks")

    def _dislike(self, _rest: str) -> None:
        self._vote(-1, "bot.thanks_dislike")

    def _vote(self, verdict: int, thanks: str) -> None:
        known = self.page is not None and self.dialogue.vote(self.page.token, 0, verdict)
        echo(self.say(thanks if known else "chat.nothing_there"))

    def _report(self, _rest: str) -> None:
        known = self.page is not None and self.dialogue.report(self.page.token, 0)
        echo(self.say("bot.reported" if known else "chat.nothing_there"))

    def _topics(self, rest: str) -> None:
        catalogue = self.library.catalogue()
        found = [article.title for article in catalogue.tagged(rest)] if rest else catalogue.tags()
        echo("\n".join(f"  – {name}" for name in found) or self.say("bot.none"))

    def _news(self, _rest: str) -> None:
        newest = self.library.catalogue().newest(8)
        lines = [f"  – {article.title} ({article.published})" for article in newest]
        echo("\n".join(lines) or self.say("bot.none"))
