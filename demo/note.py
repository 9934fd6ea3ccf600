"""The note beside the raw tables: what was asked for, by which version of this code it was made, and how much it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from demo.options import DemoOptions, Mess

_NAME = "generation.json"


@dataclass(frozen=True)
class Note:
    """What lies in the folder.

    Attributes:
        options: what was asked for.
        code: the version of the generator.
        rows: the rows of each raw table.
        days: how many days were added after the two years.
    """

    options: DemoOptions
    code: str
    rows: dict[str, int]
    days: int = 0

    @property
    def is_ours(self) -> bool:
        """Whether the generator as it is now would make the same."""
        return self.code == code_version()


def code_version() -> str:
    """A hash of the generator's own source: another version may make other people."""
    code = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        code.update(file.read_bytes())
    return code.hexdigest()


def read_note(folder: Path) -> Note | None:
    """The note in a folder of raw tables, if there is one that can be read."""
    try:
        content = json.loads((folder / _NAME).read_text())
        options = DemoOptions(**{**content["options"], "mess": Mess(**content["options"]["mess"])})
        return Note(options, content["code"], content["rows"], content["days"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_note(folder: Path, note: Note) -> None:
    """Leave the note; a reader never sees half of it."""
    partial = folder / f"{_NAME}.partial"
    partial.write_text(json.dumps(asdict(note), indent=1))
    partial.replace(folder / _NAME)
