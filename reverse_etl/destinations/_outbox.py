"""The outbox of a sync: one folder per run, complete when it holds a manifest.

    <directory>/<sync>/<run_id>/add.csv  remove.csv  manifest.json

Files are written under temporary names and renamed; the manifest comes last. A reader takes the folders that have a
manifest in the order of their names, and in each the removals first.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import httpx

from reverse_etl._errors import StopDelivery
from reverse_etl.destinations._cells import readable
from reverse_etl.destinations._contract import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedWriter
    from pathlib import Path

    from reverse_etl._records import Run

ADD: Final = "add.csv"
REMOVE: Final = "remove.csv"
MANIFEST: Final = "manifest.json"
_TEMPORARY: Final = ".partial"


@dataclass(frozen=True)
class OutboxTransport:
    """Appends rows to the run's files; `finish` makes them visible, the manifest last."""

    folder: Path
    run: Run
    headers: dict[str, bytes]
    files: dict[str, BufferedWriter] = field(default_factory=dict)

    def send(self, request: Request) -> Response:
        """Append the body to the file that the request names, or say whether a file of the sync is there."""
        if request.method == "GET":
            there = (self.folder.parent / request.url).exists()
            return Response(httpx.codes.OK if there else httpx.codes.NOT_FOUND)
        self._file(request.url).write(request.body)
        return Response(httpx.codes.ACCEPTED)

    def finish(self) -> None:
        """Give the files their names, and then write the manifest; without any row there is nothing to say."""
        if not self.files:
            return
        described = [self._complete(name) for name in self.headers]
        manifest = {
            **{key: value for key, value in asdict(self.run).items() if key != "columns"},
            "columns": list(self.run.columns),
            "files": described,
            "finished_at": datetime.now(UTC).isoformat(),
        }
        self._write_manifest(json.dumps(manifest, indent=2).encode())

    def close(self) -> None:
        """Let go of the files; rows without a manifest were never delivered and do not stay."""
        for file in self.files.values():
            file.close()
        if not (self.folder / MANIFEST).exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, name: str) -> BufferedWriter:
        if name not in self.files:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.files[name] = (self.folder / (name + _TEMPORARY)).open("wb")
            self.files[name].write(self.headers[name])
        return self.files[name]

    def _complete(self, name: str) -> dict[str, Any]:
        file = self._file(name)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        path = (self.folder / (name + _TEMPORARY)).rename(self.folder / name)
        return {"name": name, "rows": sum(1 for _ in _rows(path)), "sha256": _sha256(path)}

    def _write_manifest(self, text: bytes) -> None:
        temporary = self.folder / (MANIFEST + _TEMPORARY)
        with temporary.open("wb") as file:
            file.write(text)
            os.fsync(file.fileno())
        temporary.rename(self.folder / MANIFEST)
        _sync_folder(self.folder)


@contextmanager
def outbox_transport(sync_folder: Path, run: Run, headers: dict[str, bytes]) -> Iterator[OutboxTransport]:
    """The transport of one run; what a run that died left behind is removed first."""
    transport = OutboxTransport(sync_folder / run.run_id, run, headers)
    try:
        for left in sync_folder.glob("*/"):
            if not (left / MANIFEST).exists():
                shutil.rmtree(left)
        yield transport
    except OSError as error:
        raise StopDelivery(f"The files of {run.sync} cannot be written: {error}.") from error
    finally:
        transport.close()


def held(sync_folder: Path) -> dict[str, dict[str, str]]:
    """What a reader of the outbox holds after every complete run: key to fields.

    Args:
        sync_folder: the folder `<directory>/<sync>`.
    """
    people: dict[str, dict[str, str]] = {}
    for manifest in sorted(sync_folder.glob(f"*/{MANIFEST}")):
        for row in _rows(manifest.parent / REMOVE):
            people.pop(readable(row["record_key"]), None)
        for row in _rows(manifest.parent / ADD):
            cells = {name: readable(cell) for name, cell in row.items() if name != "operation"}
            people[cells.pop("record_key")] = cells
    return people


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
