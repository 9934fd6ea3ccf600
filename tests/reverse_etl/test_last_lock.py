"""Behind the guards the sender itself refuses whoever carries no permission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_etl import load_destinations, with_secrets
from reverse_etl._delivery import Delivery
from reverse_etl._journal import new_folder
from reverse_etl._outgoing import Selection, spool
from reverse_etl._records import Run
from reverse_etl._settle import record_folder
from reverse_etl._tables import Tables, load_syncs
from warehouse import connect

if TYPE_CHECKING:
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World


def test_the_sender_refuses_an_addition_without_a_permission(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben", "cem"))
    world.sql("update activation.desired_records set permission_id = null where record_key = 'ana@example.com'")
    world.sql("update activation.desired_records set permission_id = '' where record_key = 'ben@example.com'")
    configured = with_secrets(load_destinations(world.settings.destinations).values(), world.environment)
    run = Run("run", world.WEBHOOK, "demo_webhook", "build-1")
    destination = configured["demo_webhook"].kind.open(configured["demo_webhook"], run, world.settings.home)
    folder = new_folder(world.settings, run)
    with connect(world.settings, read_only=True) as connection:
        tables = Tables.on(connection)
        sync = load_syncs(tables, (world.WEBHOOK,))[0]
        spool(tables, sync, Selection(), folder.records, destination.facts.batch_size)
    Delivery(run, destination, world.settings.home, lambda: world.NOW).send(folder)
    record_folder(world.settings, folder, lambda: world.NOW)
    assert receiver.held(world.WEBHOOK) == world.people("cem")
    assert sorted(world.outcomes()) == [
        ("add", "ana@example.com", "retryable"),
        ("add", "ben@example.com", "retryable"),
        ("add", "cem@example.com", "accepted"),
    ]
