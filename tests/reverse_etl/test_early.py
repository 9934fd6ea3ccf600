"""What is written while a plan is being made is sent if the plan says so, and is otherwise never seen again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from reverse_etl._early import Outbox, writing
from reverse_etl._outgoing import Selection
from reverse_etl._records import Run
from reverse_etl._spool import read_spool
from reverse_etl._tables import Tables, load_syncs
from reverse_etl.destinations._contract import Facts
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_etl._early import Filled
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World

_ALL = Selection(("add",))


@pytest.mark.parametrize("audience", [3, 10_000_000])
def test_what_is_asked_for_is_what_is_sent_whether_it_was_written_ahead_or_not(world: World, audience: int) -> None:
    world.want(world.people("ana", "ben", "cem"))
    with _writing(world, audience) as write:
        filled = write(_ALL)
    assert (filled.records, _keys(filled)) == (3, sorted(world.people("ana", "ben", "cem")))


def test_what_the_plan_does_not_ask_for_gives_way_to_what_it_asks_for(world: World) -> None:
    world.want(world.people("ana", "ben", "cem"))
    with _writing(world, 3) as write:
        filled = write(Selection(("add",), limit=1))
    assert (filled.records, len(_keys(filled))) == (1, 1)


def test_what_nobody_asks_for_is_removed_and_the_warehouse_is_free(world: World) -> None:
    world.want(world.people("ana"))
    with _writing(world, 1):
        assert _folders(world)
    assert not _folders(world)
    with connect(world.settings):  # what is still open would not let it be written
        pass


def test_what_could_not_be_written_is_no_matter_when_nobody_asks_for_it(world: World) -> None:
    world.want(world.people("ana"))
    world.sql("drop view activation.pending_records")
    with _writing(world, 1):
        pass
    assert not _folders(world)
    with connect(world.settings):
        pass


def test_a_first_run_that_is_blocked_leaves_nothing_of_what_it_would_have_sent(
    world: World, receiver: Receiver
) -> None:
    world.want(world.people("ana"))
    world.check("build-1", outgoing=False)
    assert (world.run().status, receiver.received, _folders(world)) == ("blocked", [], [])


@contextmanager
def _writing(world: World, audience: int) -> Iterator[Callable[[Selection], Filled]]:
    with connect(world.settings, read_only=True) as connection:
        tables = Tables.on(connection)
        sync = load_syncs(tables, (world.WEBHOOK,))[0]
        facts = Facts(2, 1, idempotent=True, identifiers=None, personal_data="plain")
        outbox = Outbox(world.settings, Run("run", sync.sync, sync.destination, "build-1"), sync, facts)
        with writing(tables, outbox, _ALL, audience) as write:
            yield write


def _keys(filled: Filled) -> list[str]:
    return sorted(record.record_key for batch in read_spool(filled.folder.records) for record in batch.records)


def _folders(world: World) -> list[str]:
    return [path.name for path in (world.settings.home / "journal").glob("*/*")]
