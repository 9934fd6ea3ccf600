"""Run statements in PostgreSQL through psycopg, each request in one transaction, and say what an error means."""

from __future__ import annotations

import json
import os
import re
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

import certifi
import psycopg

from reverse_etl._errors import AnswerLost, BatchRefused, DeliveryError, RetryLater, StopDelivery
from reverse_etl.destinations._contract import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_etl.destinations._contract import Request, Secret
    from reverse_etl.destinations.postgres import PostgresSettings

_OK: Final = 200
_GRACE_SECONDS: Final = 2.0  # for PostgreSQL to stop a statement by itself before we hang up
_SET_TIMEOUT: Final = "select set_config('statement_timeout', $1, true)"  # of this transaction, also behind a pooler
# Classes of SQLSTATE (PostgreSQL, appendix A): may pass; a person has to change something; all others blame the data.
_PASSING: Final = ("", "08", "40", "53", "55", "57", "58", "XX")
_SETUP: Final = ("0A", "25", "28", "3D", "3F", "42")
_NO_KEY: Final = "42P10"
# What libpq says of a login has no SQLSTATE; a server that speaks another language is asked again, in vain.
_NO_LOGIN: Final = re.compile(r"authentication|does not exist|pg_hba|certificate|SSL|password|permission|not permitted")


@dataclass
class PostgresTransport:
    """Connections that wait for the next worker; each is used by one at a time."""

    settings: PostgresSettings
    password: Secret
    idle: list[psycopg.Connection[Any]] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        """Run the statements of the request's body in one transaction; the answer is the rows of each.

        Raises:
            RetryLater: nothing was committed.
            AnswerLost: the connection broke while the transaction was committed.
            BatchRefused: PostgreSQL does not take the data.
            StopDelivery: no statement of this kind will be run.
        """
        connection = self.idle.pop() if self.idle else self._connected()
        with _cut_off(connection, self.settings.timeout_seconds + _GRACE_SECONDS):
            try:
                rows = self._run(connection, json.loads(request.body))
            except (DeliveryError, StopDelivery):
                self._give_back(connection)
                raise
        self.idle.append(connection)
        return Response(_OK, json.dumps(rows).encode())

    def finish(self) -> None:
        """Each transaction has already taken effect."""

    def close(self) -> None:
        """Hang up."""
        for connection in self.idle:
            connection.close()

    def _run(self, connection: psycopg.Connection[Any], statements: list[tuple[str, list[Any]]]) -> list[Any]:
        milliseconds = str(int(self.settings.timeout_seconds * 1000))
        try:
            with connection.pipeline():
                connection.execute(_SET_TIMEOUT, [milliseconds])
                cursors = [connection.execute(sql, values) for sql, values in statements]
            rows = [cursor.fetchall() if cursor.description else [] for cursor in cursors]
        except psycopg.Error as error:
            raise _meaning(error, self.settings.table) from error
        try:
            connection.commit()
        except psycopg.Error as error:
            if error.sqlstate is None or error.sqlstate.startswith("57"):
                raise AnswerLost(f"no answer to the commit ({type(error).__name__})") from error
            raise _meaning(error, self.settings.table) from error
        return rows

    def _give_back(self, connection: psycopg.Connection[Any]) -> None:
        try:
            connection.rollback()
        except psycopg.Error:
            connection.close()
        else:
            self.idle.append(connection)

    def _connected(self) -> psycopg.Connection[Any]:
        settings = self.settings
        verified = settings.sslmode.startswith("verify")
        try:
            return psycopg.connect(
                host=settings.host,
                port=settings.port,
                dbname=settings.database,
                user=settings.user,
                password=self.password.value,
                sslmode=settings.sslmode,
                sslrootcert=settings.sslrootcert or (certifi.where() if verified else None),
                connect_timeout=max(2, int(settings.timeout_seconds)),
                client_encoding="utf8",
                application_name="kindred",
                prepare_threshold=None,  # a pooler may give each transaction to another server process
                cursor_factory=psycopg.RawCursor,
            )
        except psycopg.OperationalError as error:
            why = str(error).strip().splitlines()[0].rpartition("failed: ")[2]
            if _NO_LOGIN.search(why):
                where = f"{settings.host}:{settings.port}"
                raise StopDelivery(f"PostgreSQL at {where} does not let {settings.user} in: {why}.") from error
            raise RetryLater(f"no connection ({type(error).__name__})") from error


@contextmanager
def postgres_transport(settings: PostgresSettings, password: Secret) -> Iterator[PostgresTransport]:
    """The transport of one run; connections are made when they are needed."""
    transport = PostgresTransport(settings, password)
    try:
        yield transport
    finally:
        transport.close()


@contextmanager
def _cut_off(connection: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    # libpq waits for ever for a server that has stopped to answer.
    timer = Timer(seconds, _hang_up, [connection.fileno()])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(descriptor: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as ours:
        ours.shutdown(socket.SHUT_RDWR)


def _meaning(error: psycopg.Error, table: str) -> DeliveryError | StopDelivery:
    state = error.sqlstate or ""
    if state == _NO_KEY:
        return StopDelivery(f"{table} has no unique index on the key_column alone: create one.")
    if state[:2] in _SETUP:
        return StopDelivery(f"PostgreSQL refuses to write {table}: {error.diag.message_primary}.")
    if state[:2] in _PASSING:
        return RetryLater(f"not committed ({type(error).__name__})")
    return BatchRefused(_in_words(error))


def _in_words(error: psycopg.Error) -> str:
    # Never PostgreSQL's own sentence: it quotes the value, in the server's language.
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__).lower()
    about = [name for name in (error.diag.column_name, error.diag.constraint_name) if name]
    typed = re.match(r"[^\"]*for type ([a-z ]+)", error.diag.message_primary or "")
    return f"{words} ({', '.join(about or ([typed[1].strip()] if typed else [error.sqlstate or '']))})"
