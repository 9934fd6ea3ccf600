"""The statements that keep one table equal to an audience, and the reading of their answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from reverse_etl._records import ACCEPTED, Batch, Held, Outcome, Record, Run
from reverse_etl.destinations._contract import Request, Response

_PAGE: Final = 10_000  # rows
_NUL: Final = Outcome("rejected", "a text holds a NUL character, which PostgreSQL does not take")
_NOT_OURS: Final = Outcome("rejected", "its key stands in a row that this sync did not write")


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
