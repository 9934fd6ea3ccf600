"""What is sent and what was answered: on disk before the warehouse hears of it, so that a dead run loses nothing.

    <home>/journal/<sync>/<id>/run.json        which run it is
                               records.arrow   what it sends, see `_spool`
                               answers.jsonl   a line before each batch leaves, and one for each answer

A line is written at once and reaches the disk within a second. The run that dies leaves its folder, and the next one
puts what was answered into receipts; what was sent and not answered is `unknown` then, and so is what was answered in a
line that was torn, as by a full disk.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._records import Outcome, Run
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from reverse_etl._spool import Spooled
    from warehouse import Settings

_DURABLE_SECONDS: Final = 1.0
_NEVER_RECORDED: Final = Outcome("unknown", "the run ended before the answer was recorded")


@dataclass(frozen=True)
class Entry:
    """One answer about records of one batch.

    Attributes:
        offset: where its line begins in the journal; those that no line tells of come after its end.
        number: the batch.
        places: of the records; None for all of them, which have the same outcome.
        outcomes: in the order of the places, or the one of all.
        at: when it was written down.
    """

    offset: int
    number: int
    places: tuple[int, ...] | None
    outcomes: tuple[Outcome, ...]
    at: datetime


@dataclass(frozen=True)
class Folder:
    """The journal of one run, as it lies on disk."""

    path: Path

    @property
    def records(self) -> Path:
        """The spool."""
        return self.path / "records.arrow"

    @property
    def answers(self) -> Path:
        """The lines."""
        return self.path / "answers.jsonl"

    @property
    def run(self) -> Run:
        """Whose it is.

        Raises:
            KindredError: it cannot be read.
        """
        try:
            noted = json.loads((self.path / "run.json").read_text(encoding="utf-8"))
            return Run(**{**noted, "columns": tuple(noted["columns"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise KindredError(
                f"{self.path} names records in flight and cannot be read: restore or look at it."
            ) from error

    def entries(self, at: datetime, size_of: Callable[[int], int]) -> Iterator[Entry]:
        """Every answer in order, and then `unknown`, as of a time, for what was sent and never answered to the end."""
        sent: set[int] = set()
        answered: dict[int, set[int] | None] = {}
        end = 0
        for offset, text in _lines(self.answers):
            end = offset + len(text)
            line = _read(text)
            if "sent" in line:
                sent.add(line["sent"])
            elif line:
                entry = _entry(offset, line)
                if line["last"]:
                    _note(answered, entry)
                yield entry
        for number in sorted(sent):
            known = answered.get(number, set())
            places = tuple(place for place in range(size_of(number)) if known is not None and place not in known)
            if places:
                yield Entry(end + number, number, places, (_NEVER_RECORDED,) * len(places), at)

    def answered_after(self, offset: int, more: Callable[[], bool]) -> Iterator[Entry]:
        """The answers after the line at an offset that stand there now, while the run goes on.

        The last line may not be whole yet, and more come all the time: they are read when `more`, which is asked
        whenever all that stood there was read, says so, and are otherwise left to whoever asks later.
        """
        read = max(offset, 0)
        while True:
            end = self.answers.stat().st_size
            for begins, text in _lines(self.answers, read):
                if begins + len(text) > end or not text.endswith(b"\n"):
                    break
                line = _read(text)
                if not line and not text.isspace():
                    return
                if begins > offset and line and "sent" not in line:
                    yield _entry(begins, line)
                read = begins + len(text)
            if not more():
                return

    def sync(self) -> None:
        """Let the disk hold what the lines say."""
        with self.answers.open("rb") as file:
            os.fsync(file.fileno())

    def remove(self) -> None:
        """Everything in it is in the warehouse."""
        for path in (self.answers, self.records, self.path / "run.json"):
            path.unlink(missing_ok=True)
        self.path.rmdir()


class Journal:
    """Writes the lines of one run; use `journal`. Threads share it."""

    def __init__(self, folder: Folder) -> None:
        """Append to the folder's lines."""
        self.folder = folder
        self._file = os.open(folder.answers, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._written = threading.Event()

    def note_sent(self, number: int) -> None:
        """The batch is about to leave."""
        self._write({"sent": number})

    def note_answer(
        self, spooled: Spooled, keys: Sequence[str], outcomes: Sequence[Outcome], at: datetime, *, last: bool
    ) -> None:
        """What was answered about the records with these keys; `last`: nothing more will be said about them."""
        line: dict[str, Any] = {"batch": spooled.number, "at": at.isoformat(), "last": last}
        if len(keys) == len(spooled.records) and outcomes.count(outcomes[0]) == len(outcomes):
            line["all"] = _plain(outcomes[0])
        else:
            line["each"] = [
                [spooled.places[key], *_plain(outcome)] for key, outcome in zip(keys, outcomes, strict=True)
            ]
        self._write(line)

    def keep_durable(self, ended: threading.Event) -> None:
        """Let the lines reach the disk, once a second at most, until the run has ended."""
        while not ended.wait(_DURABLE_SECONDS):
            if self._written.is_set():
                self._written.clear()
                os.fsync(self._file)

    def close(self) -> None:
        """Nothing more is written, and the last line is whole."""
        os.write(self._file, b"\n")
        os.fsync(self._file)
        os.close(self._file)

    def _write(self, line: dict[str, Any]) -> None:
        # One call appends the whole line, so that threads need no lock. It ends the one before, which may be torn.
        text = ("\n" + json.dumps(line, separators=(",", ":"))).encode()
        try:
            written = os.write(self._file, text)
        except OSError as error:
            raise _unwritable(self.folder.answers, error.strerror) from error
        self._written.set()
        if written < len(text):
            raise _unwritable(self.folder.answers, "a line did not fit")


@contextmanager
def journal(folder: Folder) -> Iterator[Journal]:
    """The journal of a run that sends while the block runs."""
    writer, ended = Journal(folder), threading.Event()
    keeper = threading.Thread(target=writer.keep_durable, args=(ended,), daemon=True)
    keeper.start()
    try:
        yield writer
    finally:
        ended.set()
        keeper.join()
        writer.close()


def new_folder(settings: Settings, run: Run, suffix: str = "") -> Folder:
    """The folder of a run that begins, with the file that says which run it is; `suffix` makes it a part of it."""
    path = settings.home / "journal" / run.sync / f"{run.run_id}{suffix}"
    path.mkdir(parents=True, mode=0o700)
    (path / "run.json").write_text(json.dumps(asdict(run)), encoding="utf-8")
    return Folder(path)


def folders_left(settings: Settings, sync: str) -> list[Folder]:
    """The folders that runs of a sync left behind, the oldest first."""
    return [Folder(path) for path in sorted((settings.home / "journal" / sync).glob("*/"))]


def syncs_with_folders(settings: Settings) -> list[str]:
    """The syncs of which some run left a folder."""
    return sorted({path.parent.name for path in (settings.home / "journal").glob("*/*/")})


def _unwritable(path: Path, why: str | None) -> KindredError:
    return KindredError(f"{path} cannot be written ({why}): make room; the next run goes on from what it holds.")


def _plain(outcome: Outcome) -> list[str | None]:
    return [outcome.verdict, outcome.reason, outcome.external_id]


def _lines(path: Path, offset: int = 0) -> Iterator[tuple[int, bytes]]:
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(offset)
        for line in file:
            yield offset, line
            offset += len(line)


def _read(text: bytes) -> dict[str, Any]:
    # A torn line lacks its last brace.
    with suppress(ValueError):
        said: dict[str, Any] = json.loads(text)
        return said
    return {}


def _entry(offset: int, line: dict[str, Any]) -> Entry:
    at = datetime.fromisoformat(line["at"])
    if "all" in line:
        return Entry(offset, line["batch"], None, (Outcome(*line["all"]),), at)
    places, outcomes = zip(*((one[0], Outcome(*one[1:])) for one in line["each"]), strict=True)
    return Entry(offset, line["batch"], tuple(places), tuple(outcomes), at)


def _note(answered: dict[int, set[int] | None], entry: Entry) -> None:
    known = answered.setdefault(entry.number, set())
    if entry.places is None:
        answered[entry.number] = None
    elif known is not None:
        known.update(entry.places)
