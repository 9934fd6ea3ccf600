"""Read an outbox as its consumer does: what is held after every complete run."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from reverse_etl.destinations._cells import readable
from reverse_etl.destinations._local_store import LocalStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_etl.destinations._stores import Store

ADD: Final = "add.csv"
REMOVE: Final = "remove.csv"
MANIFEST: Final = "manifest.json"


def changes(store: Store) -> Iterator[tuple[str, dict[str, str] | None]]:
    """Key and fields of every line of every complete run, in order; None where somebody leaves."""
    for run_id in sorted(store.runs()):
        if store.has(f"{run_id}/{MANIFEST}"):
            yield from ((readable(row["record_key"]), None) for row in _rows(store, f"{run_id}/{REMOVE}"))
            yield from (_person(row) for row in _rows(store, f"{run_id}/{ADD}"))


def held(sync_folder: Path) -> dict[str, dict[str, str]]:
    """What a reader of an outbox on this machine holds after every complete run: key to fields.

    Args:
        sync_folder: the folder `<directory>/<sync>`.
    """
    latest = dict(changes(LocalStore(sync_folder)))
    return {key: fields for key, fields in latest.items() if fields is not None}


class Holding:
    """What a reader holds, kept in a temporary file of the operating system and read in pages."""

    def __init__(self, store: Store) -> None:
        """Read every complete run once."""
        self._people = sqlite3.connect("", check_same_thread=False)  # "" is a file without a name, gone when closed
        self._people.execute("create table latest (key text primary key, fields text not null) without rowid")
        lines = ((key, json.dumps(fields)) for key, fields in changes(store))
        self._people.executemany("insert or replace into latest values (?, ?)", lines)

    def page(self, after: str, most: int) -> list[tuple[str, dict[str, str]]]:
        """So many people whose keys follow `after`, by key."""
        query = "select key, fields from latest where key > ? and fields <> 'null' order by key limit ?"
        return [(key, json.loads(fields)) for key, fields in self._people.execute(query, (after, most))]


def _person(row: dict[str, str]) -> tuple[str, dict[str, str]]:
    cells = {name: readable(cell) for name, cell in row.items() if name != "operation"}
    return cells.pop("record_key"), cells


def _rows(store: Store, name: str) -> Iterator[dict[str, str]]:
    with TemporaryFile() as file:
        store.fetch(name, file)
        file.seek(0)
        yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))
