"""A comparison as the two files of docs/: speed.md and speed.svg."""

from __future__ import annotations

from pathlib import Path

from coopbot.bench.plot import picture, title
from coopbot.bench.records import Comparison
from coopbot.bench.table import markdown
from coopbot.files import write_atomically
from coopbot.messages import Texts

_NAME = "speed"


def write(found: Comparison, folder: Path, say: Texts) -> None:
    """Write *found* into *folder*; raises OSError when it cannot be written."""
    names = " ".join(found.sizes[0].about.sources)
    made = say("bench.document_made", date=found.date, commit=found.commit or "–", names=names)
    page = "\n\n".join(
        [
            f"# {say('bench.document_title')}",
            made,
            f"![{title(found, say)}]({_NAME}.svg)",
            markdown(found, say),
        ]
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / f"{_NAME}.md", f"{page}\n".encode())
    write_atomically(folder / f"{_NAME}.svg", picture(found, say).encode())
