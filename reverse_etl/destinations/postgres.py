"""PostgreSQL: one row of a table for each person in the audience, written with INSERT … ON CONFLICT DO UPDATE.

The table is yours, with a unique index on the key and a text column that says whose row it is:

    create table audiences.win_back (record_key text primary key, kindred_sync text not null, spent numeric);

Records travel as one JSON value that PostgreSQL itself turns into the columns' types, so that numbers arrive digit by
digit; a field that a record leaves out keeps its value, null clears it. A batch is one transaction. Only rows that
carry this sync's name are changed, deleted or read: a key that stands in somebody else's row is rejected, and leaving
deletes the row that we wrote.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._records import ACCEPTED, Batch, Held, Outcome, Record, Run
from reverse_etl.destinations._contract import (
    Configured,
    Destination,
    Facts,
    Kind,
    Patience,
    Reader,
    Request,
    Response,
    Step,
)
from reverse_etl.destinations._http import is_loopback
from reverse_etl.destinations._optional import extra
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

_ENCRYPTED: Final = ("verify-full", "verify-ca", "require")
_SSL_MODES: Final = (*_ENCRYPTED, "prefer", "allow", "disable")
_PAGE: Final = 10_000  # rows
_NUL: Final = Outcome("rejected", "a text holds a NUL character, which PostgreSQL does not take")
_NOT_OURS: Final = Outcome("rejected", "its key stands in a row that this sync did not write")


@dataclass(frozen=True, kw_only=True)
class PostgresSettings:
    """The table of a PostgreSQL destination in destinations.toml."""

    host: str  # a name, an address, or the folder of a socket
    database: str
    user: str
    password_env: str  # the variable that holds the password
    table: str  # with its schema; {sync} stands for the name of the sync
    port: int = 5432
    key_column: str = "record_key"  # has a unique index of its own
    sync_column: str = "kindred_sync"  # text; says which sync wrote the row
    sslmode: str = "verify-full"  # of libpq; without encryption only on this machine
    sslrootcert: str = ""  # the file of the authority that signed the server's certificate; empty: the public ones
    batch_size: int = 1000
    timeout_seconds: float = 30.0  # to connect, and for a batch
    attempts: int = 5


@dataclass(frozen=True)
class Table:
    """The names that the statements need, quoted except `key`, which is a value in one of them."""

    name: str
    key: str
    sync_column: str

    @property
    def key_column(self) -> str:
        """The key as an identifier."""
        return quoted(self.key)


def quoted(name: str) -> str:
    """An identifier of SQL, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def build_upsert(table: Table, batch: Batch) -> Request:
    """Insert or update; one statement for all records that have the same fields."""
    groups: dict[tuple[str, ...], list[tuple[int, Record]]] = {}
    for place, record in _sayable(batch):
        groups.setdefault(_fields(table, record), []).append((place, record))
    return _request([_upsert(table, batch, fields, group) for fields, group in groups.items()])


def build_delete(table: Table, batch: Batch) -> Request:
    """Delete those rows that this sync wrote."""
    sql = f"""
        with sent as ({_sent(table, ())})
        delete from {table.name} as held using sent
        where held.{table.key_column} = sent.{table.key_column} and held.{table.sync_column} = $2::text"""
    return _request([(sql, [_rows(_sayable(batch)), batch.run.sync, table.key])])


def parse_upsert(batch: Batch, response: Response) -> list[Outcome]:
    """Accepted if its row came back; PostgreSQL leaves out those that belong to somebody else."""
    written = {place for rows in json.loads(response.body) for (place,) in rows}
    return [
        _NUL if _has_nul(record) else ACCEPTED if place in written else _NOT_OURS
        for place, record in enumerate(batch.records)
    ]


def parse_delete(batch: Batch, _response: Response) -> list[Outcome]:
    """Who has no row of ours is gone as well."""
    return [_NUL if _has_nul(record) else ACCEPTED for record in batch.records]


def ask_page(table: Table, run: Run, cursor: str | None) -> Request:
    """So many rows that this sync wrote, by key."""
    columns = ", ".join(quoted(name) for name in run.columns if name != table.key)
    sql = f"""
        select {table.key_column}::text, (select to_json(one) from (select {columns}) as one)::text
        from {table.name}
        where {table.sync_column} = $1::text {"" if cursor is None else f"and {table.key_column} > $2"}
        order by {table.key_column}
        limit {_PAGE}"""
    return _request([(sql, [run.sync] if cursor is None else [run.sync, cursor])])


def read_page(response: Response) -> tuple[list[Held], str | None]:
    """The rows of one page, numbers as PostgreSQL writes them."""
    (rows,) = json.loads(response.body)
    people = [Held(key, json.loads(fields, parse_float=Decimal)) for key, fields in rows]
    return people, people[-1].record_key if len(people) == _PAGE else None


def _upsert(
    table: Table, batch: Batch, fields: tuple[str, ...], group: list[tuple[int, Record]]
) -> tuple[str, list[str]]:
    key, ours = table.key_column, table.sync_column
    names = "".join(f", {quoted(name)}" for name in fields)
    changes = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in fields) or f"{ours} = excluded.{ours}"
    sql = f"""
        with sent as ({_sent(table, fields)}),
        written as (
            insert into {table.name} as held ({key}, {ours}{names})
            select {key}, $2::text{names} from sent order by {key}
            on conflict ({key}) do update set {changes} where held.{ours} = $2::text
            returning held.{key}
        )
        select sent."#" from sent inner join written using ({key})"""
    return sql, [_rows(group), batch.run.sync, table.key]


def _sent(table: Table, fields: tuple[str, ...]) -> str:
    names = "".join(f", payload.{quoted(name)}" for name in fields)
    return f"""
        select (one ->> 'place')::int as "#", named.{table.key_column}{names}
        from json_array_elements($1::json) as one
        cross join lateral json_populate_record(null::{table.name}, json_build_object($3::text, one -> 'key')) as named
        cross join lateral json_populate_record(null::{table.name}, one -> 'payload') as payload"""


def _rows(group: list[tuple[int, Record]]) -> str:
    # The payload is the warehouse's own JSON text: parsing it here could only change its numbers.
    elements = (
        f'{{"place":{place},"key":{json.dumps(record.record_key)},"payload":{record.payload or "{}"}}}'
        for place, record in group
    )
    return f"[{','.join(elements)}]"


def _sayable(batch: Batch) -> list[tuple[int, Record]]:
    return [(place, record) for place, record in enumerate(batch.records) if not _has_nul(record)]


def _fields(table: Table, record: Record) -> tuple[str, ...]:
    return tuple(sorted(record.fields().keys() - {table.key}))


def _has_nul(record: Record) -> bool:
    return "\0" in record.record_key or ("\\u0000" in (record.payload or "") and _nul_within(record.fields()))


def _nul_within(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_nul_within(one) for pair in value.items() for one in pair)
    return (
        any(_nul_within(one) for one in value) if isinstance(value, list) else isinstance(value, str) and "\0" in value
    )


def _request(statements: list[tuple[str, list[str]]]) -> Request:
    return Request("EXECUTE", "", json.dumps(statements).encode())


def _problems(settings: PostgresSettings) -> list[tuple[str, str]]:
    texts = ("host", "database", "user", "password_env", "table", "key_column", "sync_column")
    found = [(name, "must not be empty.") for name in texts if not getattr(settings, name)]
    positive = ("port", "batch_size", "timeout_seconds", "attempts")
    found += [(name, "must be above 0.") for name in positive if getattr(settings, name) <= 0]
    if settings.sslmode not in _SSL_MODES:
        found.append(("sslmode", f"must be one of {', '.join(_SSL_MODES)}."))
    elif settings.sslmode not in _ENCRYPTED and not _is_this_machine(settings.host):
        found.append(("sslmode", "personal data leave this machine only encrypted: verify-full, verify-ca or require."))
    return found


def _is_this_machine(host: str) -> bool:
    return host.startswith("/") or is_loopback(f"http://[{host}]" if ":" in host else f"http://{host}")


def _open(configured: Configured, run: Run, _home: Path) -> Destination:
    with extra(configured.name, "postgres"):
        from reverse_etl.destinations._postgres_transport import postgres_transport  # noqa: PLC0415 - needs psycopg
    settings: PostgresSettings = configured.settings
    if settings.sync_column in run.columns:
        raise KindredError(
            f"The sync {run.sync} has a payload column {settings.sync_column}, which says whose row it is."
        )
    name = ".".join(quoted(part) for part in settings.table.replace("{sync}", run.sync).split("."))
    table = Table(name, settings.key_column, quoted(settings.sync_column))
    return Destination(
        name=configured.name,
        facts=Facts(
            batch_size=settings.batch_size,
            max_bytes=100_000_000,
            idempotent=True,
            identifiers=None,
            personal_data="plain",
        ),
        patience=Patience(settings.attempts),
        add=(Step(partial(build_upsert, table), parse_upsert),),
        remove=(Step(partial(build_delete, table), parse_delete),),
        connect=partial(postgres_transport, settings, configured.secrets["password"]),
        read=Reader(partial(ask_page, table, run), read_page),
    )


KIND = Kind(PostgresSettings, _problems, _open)
