"""Questions that no article answers: `off_topic.txt` in the corpus, which curators write."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from coopbot.errors import CorpusError

FILE = "off_topic.txt"
MOST = 10_000  # lines; encoding one takes a millisecond


@dataclass(frozen=True, slots=True)
class OffTopic:
    """The questions, and the digest of the file; both empty where there is none."""

    questions: tuple[str, ...] = ()
    digest: str = ""


def read_off_topic(corpus: Path) -> OffTopic:
    """Return the questions of the folder *corpus*, a line each; `#` begins a comment.

    Raises CorpusError when the file cannot be read.
    """
    path = corpus / FILE
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").splitlines()
    except FileNotFoundError:
        return OffTopic()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CorpusError("off_topic_encoding", path=path, line=line) from error
    except OSError as error:
        raise CorpusError("corpus_unreadable", path=path, reason=error.strerror) from error
    questions = [line.strip() for line in lines]
    kept = [text for text in questions if text and not text.startswith("#")]
    if len(kept) > MOST:
        raise CorpusError("off_topic_long", path=path, lines=len(kept), most=MOST)
    return OffTopic(tuple(kept), hashlib.sha256(content).hexdigest())
