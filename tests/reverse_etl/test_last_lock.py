"""Behind the guards the sender itself refuses whoever carries no permission."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reverse_etl import load_destinations
from reverse_etl._delivery import Delivery
from reverse_etl._errors import BatchRefused
from reverse_etl._records import Run
from reverse_etl._settle import record_folder, settle

if TYPE_CHECKING:
    from reverse_etl._records import Batch, Outcome
    from reverse_etl.destinations._contract import Response
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World


def test_the_sender_refuses_an_addition_without_a_permission(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben", "cem"))
    world.sql("update activation.desired_records set permission_id = null where record_key = 'ana@example.com'")
    world.sql("update activation.desired_records set permission_id = '' where record_key = 'ben@example.com'")
    delivery, folder = world.spooled()
    delivery.send(folder)
    record_folder(world.settings, folder, lambda: world.NOW)
    assert receiver.held(world.WEBHOOK) == world.people("cem")
    assert sorted(world.outcomes()) == [
        ("add", "ana@example.com", "retryable"),
        ("add", "ben@example.com", "retryable"),
        ("add", "cem@example.com", "accepted"),
    ]


def test_a_question_about_a_job_that_is_refused_says_nothing_of_its_people(world: World) -> None:
    world.want(world.people("ana"), sync=world.FILES)
    world.run(world.FILES)
    world.sql("delete from activation.receipts where outcome = 'accepted'")
    configured = load_destinations(world.settings.destinations)["demo_files"]
    run = Run("later", world.FILES, "demo_files", "build-1")
    destination = configured.kind.open(configured, run, world.settings.home)
    refusing = replace(destination, poll=(replace(destination.poll[0], parse_response=_refuse),))
    settled = settle(world.settings, Delivery(run, refusing, world.settings.home, lambda: world.NOW), wait_seconds=0)
    assert (settled.total(), [row[2] for row in world.outcomes(world.FILES)]) == (0, ["pending"])


def _refuse(_batch: Batch, _response: Response) -> list[Outcome]:
    raise BatchRefused("404: there is no such job")
