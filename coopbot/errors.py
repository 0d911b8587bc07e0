"""What can go wrong in a way a person can mend, each with the advice shown to them.

CoopbotError                   exit code 2; the text says what, where, and what to do
├── SettingsError              a flag, an environment variable or coopbot.toml
├── QuestionError              the question itself (empty)
├── ArticleError               one article file; knows its path and line
├── CorpusError                the corpus folder
├── StateError                 the state database
├── EvaluationError            a test collection or the golden questions
├── SourcesError               the file that names the sources to crawl
├── EngineError                servers that the index is on: unreachable, refusing, too old
├── IngestError                something offered to the corpus
│   ├── Refused                it was looked at and is not wanted: a paywall, a duplicate
│   └── FetchFailed            it could not be had: no such host, 404, forbidden by robots.txt
│       └── Unavailable        not now, perhaps later: no connection, 503
└── IndexError_                the index folder
    ├── IndexMissing           no index yet: it can be built
    └── IndexOutdated          made by another version or encoder: it can be rebuilt
        └── IndexDamaged       a file of it is not what was written; so it can
"""

from __future__ import annotations

from coopbot.messages import Language, texts


class CoopbotError(Exception):
    """An error with a sentence for the person in front of the screen, in each language.

    *key* names the sentence in messages/*.toml under `errors.`; *values* fill its placeholders.
    `str()` gives the English sentence, for logs.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def text(self, language: Language) -> str:
        """Return the sentence to show, in *language*."""
        return texts(language)(f"errors.{self.key}", **self.values)

    def __str__(self) -> str:
        return self.text("en")


class SettingsError(CoopbotError):
    """A flag, an environment variable or coopbot.toml holds something unusable."""


class QuestionError(CoopbotError):
    """The question cannot be searched for."""


class ArticleError(CoopbotError):
    """An article file cannot be read; *path* and *line* (1-based) say where."""

    def __init__(self, key: str, *, path: str, line: int = 1, **values: object) -> None:
        super().__init__(key, path=path, line=line, **values)
        self.path = path
        self.line = line


class CorpusError(CoopbotError):
    """The corpus folder cannot be used."""


class StateError(CoopbotError):
    """The state database cannot be used."""


class EvaluationError(CoopbotError):
    """A test collection or the file of golden questions cannot be used."""


class SourcesError(CoopbotError):
    """The file that names the sources to crawl cannot be used."""


class EngineError(CoopbotError):
    """The servers that the index is on cannot be asked."""


class IngestError(CoopbotError):
    """Something offered to the corpus does not enter it."""


class Refused(IngestError):
    """It was looked at and is not wanted."""


class FetchFailed(IngestError):
    """It could not be had."""


class Unavailable(FetchFailed):
    """It could not be had now; it may be later, after *retry_after* seconds if the site said so."""

    def __init__(self, key: str, *, retry_after: float | None = None, **values: object) -> None:
        super().__init__(key, **values)
        self.retry_after = retry_after


class IndexError_(CoopbotError):  # noqa: N801 - IndexError is a builtin
    """The index folder cannot be used."""


class IndexMissing(IndexError_):
    """There is no index yet."""


class IndexOutdated(IndexError_):
    """The index was made by another version of the program or another encoder."""


class IndexDamaged(IndexOutdated):
    """A file of the index, *path*, is missing or not what was written."""

    @property
    def path(self) -> str:
        """The file."""
        return str(self.values["path"])
