"""What the local webhook receiver holds, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLES = """
create table if not exists held (sync text, key text, payload text, primary key (sync, key));
create table if not exists answers (idempotency_key text primary key, status integer, body blob);
create table if not exists taken (number integer primary key, sync text, operation text, key text);
"""


@dataclass(frozen=True)
class Store:
    """People by sync and key, answers by idempotency key, and every operation in the order in which it was taken."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Store:
        """The store in a file, made if it is not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        store = cls(path)
        with store._connected() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(_TABLES)
        return store

    def take(self, sync: str, key: str, elements: list[dict[str, Any]], answer: tuple[int, bytes]) -> None:
        """Carry out the operations and keep the answer, both or neither."""
        with self._connected() as connection:
            connection.execute("begin immediate")
            for element in elements:
                _carry_out(connection, sync, element)
            connection.execute("insert into answers values (?, ?, ?)", (key, *answer))

    def answer(self, key: str) -> tuple[int, bytes] | None:
        """The answer that was given to an idempotency key."""
        with self._connected() as connection:
            found = connection.execute("select status, body from answers where idempotency_key = ?", (key,)).fetchone()
        return (int(found[0]), bytes(found[1])) if found else None

    def held(self, sync: str | None = None) -> dict[str, dict[str, Any]]:
        """Who is held for a sync, or for any: key to payload."""
        with self._connected() as connection:
            found = connection.execute("select key, payload from held where sync = coalesce(?, sync)", (sync,))
            return {key: json.loads(payload) for key, payload in found.fetchall()}

    def hold(self, sync: str, people: dict[str, dict[str, Any]]) -> None:
        """Put people there as if somebody else had written them."""
        rows = [(sync, key, json.dumps(payload)) for key, payload in people.items()]
        with self._connected() as connection:
            connection.executemany("insert or replace into held values (?, ?, ?)", rows)

    def taken(self, sync: str) -> list[tuple[str, str]]:
        """Every (operation, key) that was carried out, in order."""
        with self._connected() as connection:
            rows = connection.execute("select operation, key from taken where sync = ? order by number", (sync,))
            return [(operation, key) for operation, key in rows.fetchall()]

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=30)
        try:
            with connection:
                yield connection
        finally:
            connection.close()


def _carry_out(connection: sqlite3.Connection, sync: str, element: dict[str, Any]) -> None:
    operation, key = element["operation"], element["key"]
    if operation == "remove":
        connection.execute("delete from held where sync = ? and key = ?", (sync, key))
    else:
        payload = json.dumps(element["payload"])
        connection.execute("insert or replace into held values (?, ?, ?)", (sync, key, payload))
    connection.execute("insert into taken (sync, operation, key) values (?, ?, ?)", (sync, operation, key))
