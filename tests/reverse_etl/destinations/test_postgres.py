"""PostgreSQL, against a real server."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from reverse_etl._errors import AnswerLost, BatchRefused, RetryLater
from reverse_etl._records import ACCEPTED
from reverse_etl.destinations import _postgres_table, postgres
from reverse_etl.destinations._contract import Configured, Response, Secret
from tests.reverse_etl.destinations.sending import SYNC, add, batches, everything, remove, run, send, update
from tests.reverse_etl.destinations.servers import (
    folder_for_anybody,
    free_port,
    postgres_programs,
    running,
    unprivileged,
)
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_etl.destinations._contract import Destination, Transport
    from tests.reverse_etl.conftest import World
    from tests.reverse_etl.destinations.servers import Server

_PASSWORD = "a password for tests"  # noqa: S105 - of a server that lives as long as the tests
_COLUMNS = ("name", "spent", "born", "tags", "is_vip")
_TABLE = """
    drop schema if exists audiences cascade;
    create schema audiences;
    create table audiences.sync_place__win_back (
        record_key text primary key,
        kindred_sync text not null default 'somebody else',
        name varchar(40) not null default 'unnamed',
        spent numeric,
        born date,
        tags jsonb,
        is_vip boolean,
        ours_is_not_this text default 'untouched',
        constraint spent_is_not_negative check (spent >= 0)
    )
"""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with folder_for_anybody() as folder:
        programs, data, secret = postgres_programs(folder), folder / "data", folder / "password"
        secret.write_text(_PASSWORD)
        made = [programs / "initdb", "-D", data, "-U", "kindred", "-A", "scram-sha-256", "--pwfile", secret, "-N"]
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "deadlock_timeout": "50ms",
        }
        subprocess.run(
            made, check=True, capture_output=True, cwd=folder, env={**os.environ, "LC_ALL": "C.UTF-8"}, **unprivileged()
        )
        port = free_port()
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with running(command, folder, port, as_user=unprivileged()) as started:
            yield started


@pytest.fixture
def table(server: Server) -> Iterator[psycopg.Connection[Any]]:
    connection = _admin(server)
    connection.execute(_TABLE)
    yield connection
    connection.close()


def _admin(server: Server) -> psycopg.Connection[Any]:
    deadline = time.monotonic() + 30
    while True:
        try:
            return psycopg.connect(
                host=server.host,
                port=server.port,
                user="kindred",
                password=_PASSWORD,
                dbname="postgres",
                autocommit=True,
            )
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _open(
    server: Server, *, password: str = _PASSWORD, columns: tuple[str, ...] = _COLUMNS, **fields: Any
) -> Destination:
    settings = {
        "host": server.host,
        "port": server.port,
        "database": "postgres",
        "user": "kindred",
        "password_env": "SECRET",
        "table": "audiences.{sync}",
        "sslmode": "disable",
        "timeout_seconds": 5.0,
        "attempts": 2,
        **fields,
    }
    chosen = postgres.PostgresSettings(**settings)
    assert postgres.KIND.problems(chosen) == []
    configured = Configured("place", postgres.KIND, chosen, {"password": Secret(password)})
    opened = postgres.KIND.open(configured, run(columns=columns), server.folder)
    quick = dataclasses.replace(opened.patience, first_wait_seconds=0.01, longest_wait_seconds=0.1)
    return dataclasses.replace(opened, patience=quick)


def _held(table: psycopg.Connection[Any], column: str = "name") -> dict[str, Any]:
    query = f"select record_key, {column} from audiences.{SYNC} where kindred_sync = %s"
    return dict(table.execute(query, [SYNC]).fetchall())  # type: ignore[arg-type]


def test_the_table_holds_the_audience_after_adds_updates_and_removals(
    server: Server, table: psycopg.Connection[Any]
) -> None:
    place = _open(server)
    first = send(place, [add("ana", name="Ana"), add("ben", name="Ben"), add("cem", name="Cem")], run())
    assert set(first.values()) == {ACCEPTED}
    second = send(place, [update("ana", name="Anna"), remove("ben"), add("dan", name="Dan")], run())
    assert second == {"ana": ACCEPTED, "ben": ACCEPTED, "dan": ACCEPTED}
    assert _held(table) == {"ana": "Anna", "cem": "Cem", "dan": "Dan"}


def test_whole_runs_keep_the_table_equal_to_the_audience(
    server: Server, table: psycopg.Connection[Any], world: World
) -> None:
    table.execute("""
        create table audiences.whole (record_key text primary key, kindred_sync text, email text, n integer);
        insert into audiences.whole values ('zoe@example.com', 'somebody else')""")
    world.settings.destinations.write_text(
        f'[demo_files]\ntype = "postgres"\nhost = "{server.host}"\nport = {server.port}\ndatabase = "postgres"\n'
        'user = "kindred"\npassword_env = "SECRET"\ntable = "audiences.whole"\nsslmode = "disable"\n'
    )
    world.environment["SECRET"] = _PASSWORD
    for audience in (world.people("ana", "ben", n=1), world.people("ben", "cem", n=1), world.people("ben", n=2), {}):
        world.want(audience, sync=world.FILES)
        result = world.run(world.FILES, accept=frozenset({"empty_audience"}))
        assert (result.status, result.message) == ("succeeded", None)
        rows = table.execute(
            "select record_key, n from audiences.whole where kindred_sync is distinct from 'somebody else'"
        )
        assert dict(rows.fetchall()) == {key: fields["n"] for key, fields in audience.items()}
    assert table.execute("select record_key from audiences.whole").fetchall() == [("zoe@example.com",)]


def test_the_same_changes_again_leave_what_one_time_leaves(server: Server, table: psycopg.Connection[Any]) -> None:
    for _time in range(2):
        said = send(_open(server), [add("ana", name="Ana"), remove("ben")], run())
        assert (said, _held(table)) == ({"ana": ACCEPTED, "ben": ACCEPTED}, {"ana": "Ana"})


def test_rows_of_others_are_neither_changed_nor_deleted(server: Server, table: psycopg.Connection[Any]) -> None:
    table.execute(
        "insert into audiences.sync_place__win_back (record_key, name) values ('ana', 'theirs'), ('ben', 'theirs')"
    )
    said = send(_open(server), [add("ana", name="ours"), add("cem", name="ours"), remove("ben")], run())
    assert {key: outcome.verdict for key, outcome in said.items()} == {
        "ana": "rejected",
        "cem": "accepted",
        "ben": "accepted",
    }
    assert said["ana"].reason == "its key stands in a row that this sync did not write"
    rows = table.execute("select record_key, name from audiences.sync_place__win_back order by 1").fetchall()
    assert rows == [("ana", "theirs"), ("ben", "theirs"), ("cem", "ours")]
    assert everything(_open(server)).keys() == {"cem"}


def test_a_field_that_is_left_out_is_kept_and_null_clears_it(server: Server, table: psycopg.Connection[Any]) -> None:
    send(_open(server), [add("ana", name="Ana", spent=1), add("ben", name="Ben", spent=2)], run())
    send(_open(server), [update("ana", spent=None), update("ben", name="Benno")], run())
    assert (_held(table), _held(table, "spent")) == ({"ana": "Ana", "ben": "Benno"}, {"ana": None, "ben": Decimal(2)})
    assert _held(table, "ours_is_not_this") == {"ana": "untouched", "ben": "untouched"}


def test_text_and_numbers_arrive_as_they_are(server: Server, table: psycopg.Connection[Any]) -> None:
    number = "12345678901234567890.123456789012345678"
    name = r"O'Brien 🦊 \\u0000 %s $1"
    exact = f'{{"name":"{name}","spent":{number},"tags":{{"n":0.10}},"born":"1980-02-29","is_vip":true}}'
    record = add("o'brien@example.com")._replace(payload=exact)
    assert send(_open(server), [record], run()) == {"o'brien@example.com": ACCEPTED}
    row = table.execute(
        "select name, spent, tags ->> 'n', born::text, is_vip from audiences.sync_place__win_back"
    ).fetchone()
    assert row == (
        "O'Brien 🦊 \\u0000 %s $1",
        Decimal(number),
        "0.10",
        "1980-02-29",
        True,
    )
    assert everything(_open(server)) == {
        "o'brien@example.com": {
            "name": "O'Brien 🦊 \\u0000 %s $1",
            "spent": Decimal(number),
            "tags": {"n": Decimal("0.10")},
            "born": "1980-02-29",
            "is_vip": True,
        }
    }


def test_nul_is_rejected_with_that_reason_and_the_rest_is_delivered(
    server: Server, table: psycopg.Connection[Any]
) -> None:
    records = [
        add("ana", name="A\0na"),
        add("b\0en", name="Ben"),
        add("cem", tags=[{"a\0": 1}]),
        add("dan", name="Dan"),
    ]
    said = send(_open(server), [*records, remove("e\0va")], run())
    assert {key: outcome.verdict for key, outcome in said.items()} == {
        "ana": "rejected",
        "b\0en": "rejected",
        "cem": "rejected",
        "dan": "accepted",
        "e\0va": "rejected",
    }
    assert said["ana"].reason == "a text holds a NUL character, which PostgreSQL does not take"
    assert _held(table) == {"dan": "Dan"}


def test_a_value_that_does_not_fit_is_rejected_alone_and_never_quoted(
    server: Server, table: psycopg.Connection[Any]
) -> None:
    table.execute("create unique index one_name on audiences.sync_place__win_back (name) where name = 'Twin Secret'")
    good = [add(f"good-{number}", name="fine") for number in range(30)]
    bad = {
        "key-1": (add("key-1", spent="Secret"), "invalid text representation (numeric)"),
        "key-2": (add("key-2", born="1980-13-45"), "datetime field overflow (22008)"),
        "key-3": (add("key-3", name="Secret" * 20), "string data right truncation (character varying)"),
        "key-4": (add("key-4", name=None), "not null violation (name)"),
        "key-5": (add("key-5", name="Secret", spent=-1), "check violation (spent_is_not_negative)"),
        "key-6": (add("key-6", name="Twin Secret"), "unique violation (one_name)"),
        "key-7": (add("key-7", born="born in Secret"), "invalid datetime format (date)"),
    }
    send(_open(server), [add("first", name="Twin Secret")], run())
    said = send(_open(server), [*good, *(record for record, _reason in bad.values())], run())
    assert {key for key, outcome in said.items() if outcome == ACCEPTED} == {one.record_key for one in good}
    assert {key: said[key].reason for key in bad} == {key: reason for key, (_record, reason) in bad.items()}
    assert _held(table).keys() == {"first", *(one.record_key for one in good)}


def test_what_a_trigger_says_is_not_repeated(server: Server, table: psycopg.Connection[Any]) -> None:
    table.execute("""
        create or replace function audiences.refuse() returns trigger language plpgsql as
        $$ begin raise exception 'Ana Secret lives at Secret Street'; end $$;
        create trigger refusing before insert on audiences.sync_place__win_back
        for each row when (new.name = 'Ana') execute function audiences.refuse()""")
    said = send(_open(server), [add("ana", name="Ana"), add("ben", name="Ben")], run())
    assert (said["ana"].reason, said["ben"]) == ("raise exception (P0001)", ACCEPTED)


def test_rows_are_read_back_in_pages(
    server: Server, table: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_postgres_table, "_PAGE", 3)
    keys = [f"key-{number}" for number in range(7)]
    send(_open(server), [add(key, spent=1) for key in keys], run())
    table.execute("insert into audiences.sync_place__win_back (record_key) values ('key-3b')")
    assert list(everything(_open(server))) == keys


def test_a_key_that_is_no_text(server: Server, table: psycopg.Connection[Any]) -> None:
    table.execute("create table audiences.numbers (customer bigint primary key, kindred_sync text, name text)")
    place = _open(server, table="audiences.numbers", key_column="customer", columns=("customer", "name"))
    said = send(place, [add("007", customer=1, name="Bond"), add("nobody", name="Nobody")], run())
    assert (said["007"], said["nobody"].verdict) == (ACCEPTED, "rejected")
    assert table.execute("select customer, name from audiences.numbers").fetchall() == [(7, "Bond")]
    assert everything(place) == {"7": {"name": "Bond"}}
    assert send(place, [remove("7")], run()) == {"7": ACCEPTED}
    assert everything(place) == {}


def test_a_batch_is_written_whole_or_not_at_all(server: Server, table: psycopg.Connection[Any]) -> None:
    (batch,) = batches(run(), [add("ana", name="Ana"), add("ben", spent="no number")])
    place = _open(server)
    with place.connect() as transport, pytest.raises(BatchRefused, match="invalid text representation"):
        transport.send(place.add[0].build_request(batch))
    assert _held(table) == {}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password": "wrong"}, "does not let kindred in: .*password authentication failed"),
        ({"user": "stranger"}, "does not let stranger in"),
        ({"database": "nowhere"}, 'does not let kindred in: .*"nowhere" does not exist'),
        ({"sslmode": "require"}, "does not let kindred in: .*SSL"),
        ({"table": "audiences.nowhere"}, 'refuses to write audiences.nowhere: .*"audiences.nowhere" does not exist'),
        ({"key_column": "name"}, "has no unique index on the key_column alone"),
        ({"columns": ("nothing",)}, "refuses to write audiences.{sync}: column payload.nothing does not exist"),
    ],
)
def test_what_a_person_has_to_change_stops_the_run_with_one_sentence(
    server: Server, table: psycopg.Connection[Any], fields: dict[str, Any], sentence: str
) -> None:
    said = send(
        _open(server, **fields),
        [add("ana@example.com", **dict.fromkeys(fields.get("columns", ("spent",)), "1"))],
        run(),
    )
    assert said["ana@example.com"].verdict == "retryable"
    assert re.search(sentence, str(said["stop"].reason))
    assert "\n" not in str(said["stop"].reason)
    assert _held(table) == {}


def test_nobody_listens(server: Server) -> None:
    said = send(_open(server, port=free_port()), [add("ana", name="Ana")], run())
    assert (said["ana"].verdict, said["ana"].reason) == ("retryable", "no connection (OperationalError)")


def test_a_server_that_dies_within_the_transaction_took_nothing(server: Server, table: psycopg.Connection[Any]) -> None:
    table.execute("begin; lock table audiences.sync_place__win_back in access exclusive mode")
    before = time.monotonic()
    with _meanwhile(lambda: _when_waiting(server, lambda: server.signal(signal.SIGKILL))):
        said = send(_open(server), [add("ana", name="Ana")], run())
    assert said["ana"].verdict == "retryable"
    assert time.monotonic() - before < 30
    server.process.wait()
    server.start()
    with _admin(server) as again:
        assert _held(again) == {}
    assert send(_open(server), [add("ana", name="Ana")], run()) == {"ana": ACCEPTED}


def test_a_connection_that_is_ended_is_replaced_within_the_run(server: Server, table: psycopg.Connection[Any]) -> None:
    def end_all() -> None:
        table.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kindred'")

    place = _open(server)
    with place.connect() as transport:
        for key in ("ana", "ben"):
            (batch,) = batches(run(), [add(key, name=key)])
            sent = place.add[0].build_request(batch)
            if key == "ben":
                with pytest.raises(RetryLater, match="not committed"):
                    transport.send(sent)
            transport.send(sent)
            end_all()
    assert _held(table) == {"ana": "ana", "ben": "ben"}


@pytest.mark.usefixtures("table")
def test_a_server_that_hangs_is_left(server: Server) -> None:
    place = _open(server, timeout_seconds=2.0, attempts=1)
    with place.connect() as transport:
        (batch,) = batches(run(), [add("ana", name="Ana")])
        transport.send(place.add[0].build_request(batch))
        server.signal(signal.SIGSTOP)
        try:
            with pytest.raises(RetryLater, match="not committed"):
                transport.send(place.add[0].build_request(batch))
        finally:
            server.signal(signal.SIGCONT)


@pytest.mark.usefixtures("table")
def test_a_statement_that_waits_too_long_is_ended(server: Server) -> None:
    with _admin(server) as other:
        other.execute("begin; lock table audiences.sync_place__win_back in access exclusive mode")
        said = send(_open(server, timeout_seconds=1.0, attempts=1), [add("ana", name="Ana")], run())
    assert said["ana"].reason == "not committed (QueryCanceled)"


def test_a_commit_without_an_answer_is_unknown(server: Server, table: psycopg.Connection[Any]) -> None:
    # The connection breaks inside the commit: a deferred trigger waits there until the server process is gone.
    table.execute("""
        create or replace function audiences.stall() returns trigger language plpgsql as
        $$ begin perform pg_sleep(60); return null; end $$;
        create constraint trigger stalling after insert on audiences.sync_place__win_back
        deferrable initially deferred for each row execute function audiences.stall()""")
    place = _open(server, timeout_seconds=60.0)
    (batch,) = batches(run(), [add("ana", name="Ana")])
    sent = place.add[0].build_request(batch)
    lost = pytest.raises(AnswerLost, match="no answer to the commit")
    with place.connect() as transport, _meanwhile(lambda: _when_sleeping(table)), lost:
        transport.send(sent)


def test_what_is_deferred_to_the_commit_is_refused_there(server: Server, table: psycopg.Connection[Any]) -> None:
    table.execute(
        "alter table audiences.sync_place__win_back"
        " add constraint one_spent unique (spent) deferrable initially deferred"
    )
    said = send(_open(server), [add("ana", spent=1), add("ben", spent=1), add("cem", spent=2)], run())
    assert sorted(outcome.verdict for outcome in said.values()) == ["accepted", "accepted", "rejected"]
    assert {outcome.reason for outcome in said.values()} == {None, "unique violation (one_spent)"}


def test_several_workers_write_at_the_same_time(server: Server, table: psycopg.Connection[Any]) -> None:
    place = _open(server)
    failed: list[BaseException] = []

    def work(transport: Transport, worker: int) -> None:
        for number in range(5):
            (batch,) = batches(run(), [add(f"{worker}-{number}-{one}", name="x") for one in range(20)])
            try:
                place.add[0].parse_response(batch, transport.send(place.add[0].build_request(batch)))
            except BaseException as error:  # noqa: BLE001 - told by the main thread
                failed.append(error)

    with place.connect() as transport:
        workers = [threading.Thread(target=work, args=(transport, worker)) for worker in range(4)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
    assert (failed, len(_held(table))) == ([], 400)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"host": "db.example.com", "sslmode": "disable"}, "sslmode"),
        ({"sslmode": "maybe"}, "sslmode"),
        ({"table": ""}, "table"),
        ({"batch_size": 0}, "batch_size"),
        ({"password_env": ""}, "password_env"),
    ],
)
def test_settings_that_cannot_be_right(fields: dict[str, Any], field: str) -> None:
    good = {"host": "db.example.com", "database": "d", "user": "u", "password_env": "P", "table": "t"}
    assert postgres.KIND.problems(postgres.PostgresSettings(**good)) == []
    assert [name for name, _ in postgres.KIND.problems(postgres.PostgresSettings(**{**good, **fields}))] == [field]


def test_a_payload_column_may_not_take_the_name_of_the_mark(server: Server) -> None:
    with pytest.raises(KindredError, match="kindred_sync"):
        _open(server, columns=("kindred_sync",))


def test_the_password_is_never_shown(server: Server) -> None:
    assert _PASSWORD not in repr(_open(server))


def test_names_of_tables_and_columns_are_identifiers_whatever_is_in_them(
    server: Server, table: psycopg.Connection[Any]
) -> None:
    odd = 'a "b" %s $1; drop table x'
    name = odd.replace('"', '""')
    table.execute(f'create table "{name}" ("{name}k" text primary key, kindred_sync text, "{name}" text)'.encode())
    place = _open(server, table=odd, key_column=f"{odd}k", columns=(odd,))
    assert send(place, [add("ana", **{odd: "x"})], run()) == {"ana": ACCEPTED}
    assert everything(place) == {"ana": {odd: "x"}}
    assert send(place, [remove("ana")], run()) == {"ana": ACCEPTED}
    table.execute(f'drop table "{name}"'.encode())


def test_a_record_that_the_answer_leaves_out_is_never_counted_as_written() -> None:
    (batch,) = batches(run(), [add("ana"), add("ben")])
    said = _postgres_table.parse_upsert(batch, Response(200, b"[[[1]]]"))
    assert [one.verdict for one in said] == ["rejected", "accepted"]


@contextmanager
def _meanwhile(work: Any) -> Iterator[None]:
    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


def _when_waiting(server: Server, then: Any) -> None:
    with _admin(server) as watching:
        query = "select count(*) from pg_stat_activity where application_name = 'kindred' and wait_event_type = 'Lock'"
        while not watching.execute(query).fetchone()[0]:  # type: ignore[index]
            time.sleep(0.02)
        then()


def _when_sleeping(table: psycopg.Connection[Any]) -> None:
    query = "select pid from pg_stat_activity where application_name = 'kindred' and wait_event = 'PgSleep'"
    while not (found := table.execute(query).fetchall()):
        time.sleep(0.02)
    table.execute("select pg_terminate_backend(%s)", [found[0][0]])
