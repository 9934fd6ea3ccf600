"""PostgreSQL: one row of a table for each person in the audience, written with INSERT … ON CONFLICT DO UPDATE.

The table is yours, with a unique index on the key and a text column that says whose row it is:

    create table audiences.win_back (record_key text primary key, kindred_sync text not null, spent numeric);

Records travel as one JSON value that PostgreSQL itself turns into the columns' types, so that numbers arrive digit by
digit; a field that a record leaves out keeps its value, null clears it. A batch is one transaction. Only rows that
carry this sync's name are changed, deleted or read: a key that stands in somebody else's row is rejected, and leaving
deletes the row that we wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from reverse_etl.destinations._contract import (
    Configured,
    Destination,
    Facts,
    Kind,
    Patience,
    Reader,
    Step,
)
from reverse_etl.destinations._http import is_loopback
from reverse_etl.destinations._optional import extra
from reverse_etl.destinations._postgres_table import (
    Table,
    ask_page,
    build_delete,
    build_upsert,
    parse_delete,
    parse_upsert,
    quoted,
    read_page,
)
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Run

_ENCRYPTED: Final = ("verify-full", "verify-ca", "require")
_SSL_MODES: Final = (*_ENCRYPTED, "prefer", "allow", "disable")


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
