"""What goes out, in which order, and what is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World


def test_the_destination_holds_what_the_audience_says(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben", "cem", "dan"))
    first = world.run()
    assert (first.status, first.counts["accepted"]) == ("succeeded", 4)
    world.want(world.people("ben", "cem", "dan", "eve"))
    second = world.run()
    assert (second.plan.adds, second.plan.updates, second.plan.removals) == (1, 0, 1)
    assert receiver.held(world.WEBHOOK) == world.people("ben", "cem", "dan", "eve")


def test_one_leaver_in_a_batch_makes_nobody_else_leave(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, batch_size=100)
    world.want(world.people(*"abcdefgh"))
    world.run()
    world.want(world.people(*"abcdefg"))
    assert world.run().counts["accepted"] == 1
    assert receiver.held(world.WEBHOOK) == world.people(*"abcdefg")


def test_nothing_changed_means_no_request(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana"))
    world.run()
    requests = len(receiver.received)
    assert world.run().status == "succeeded"
    assert len(receiver.received) == requests


def test_a_changed_payload_is_an_update_and_nothing_else_is_sent(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben", cart=1))
    world.run()
    world.want(world.people("ana", cart=2) | world.people("ben", cart=1))
    assert world.run().counts["accepted"] == 1
    assert receiver.received[-1].operations == ("update",)
    assert receiver.held(world.WEBHOOK)["ana@example.com"]["cart"] == 2


def test_removals_go_out_before_additions_and_a_changed_key_leaves_no_old_one(world: World, receiver: Receiver) -> None:
    world.want(world.people("old", "stays"))
    world.run()
    world.want(world.people("new", "stays"))
    world.run()
    taken = receiver.fake.store.taken(world.WEBHOOK)
    assert taken[-2:] == [("remove", "old@example.com"), ("add", "new@example.com")]
    assert receiver.held(world.WEBHOOK) == world.people("new", "stays")


def test_only_records_that_we_wrote_are_removed(world: World, receiver: Receiver) -> None:
    receiver.fake.store.hold(world.WEBHOOK, world.people("somebody", "else"))
    world.want(world.people("ana", "ben"))
    world.run()
    world.want(world.people("ana"))
    world.run()
    assert receiver.held(world.WEBHOOK) == world.people("ana", "somebody", "else")


def test_batches_end_anywhere_and_lose_nobody(world: World, receiver: Receiver) -> None:
    names = [f"person{number}" for number in range(50)]
    world.configure(receiver.url, batch_size=7)
    world.want(world.people(*names, city="the same"))
    world.sql("update activation.desired_records set payload_hash = 'tie'")
    assert world.run().counts["accepted"] == 50
    assert receiver.held(world.WEBHOOK).keys() == world.people(*names).keys()
    assert [len(one.operations) for one in receiver.received] == [7] * 7 + [1]


@pytest.mark.parametrize(
    "name",
    ["O'Brien", 'a "quoted" name', "back\\slash", "李小龙", "zero\x00byte", "line\nbreak", "😀", "</script>", "%s{}"],
)
def test_text_arrives_as_it_is(world: World, receiver: Receiver, name: str) -> None:
    world.want({"o'brien@example.com": {"last_name": name, "spent": 12.34, "gone": None}})
    assert world.run().status == "succeeded"
    assert receiver.held(world.WEBHOOK) == {"o'brien@example.com": {"last_name": name, "spent": 12.34, "gone": None}}


def test_a_limit_sends_so_many_and_the_next_run_sends_the_rest(world: World, receiver: Receiver) -> None:
    world.want(world.people(*"abcdefg"))
    assert world.run(limit=4).counts["accepted"] == 4
    assert len(receiver.held(world.WEBHOOK)) == 4
    assert world.run().counts["accepted"] == 3
    assert receiver.held(world.WEBHOOK) == world.people(*"abcdefg")


def test_a_dry_run_sends_and_writes_nothing(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben"))
    result = world.run(dry_run=True)
    assert (result.status, result.plan) == ("planned", world.plan())
    assert not receiver.received
    assert world.sql(
        "select count(*) from activation.receipts union all select count(*) from activation.sync_runs"
    ) == [
        (0,),
        (0,),
    ]


def test_a_receipt_says_who_what_and_by_which_permission(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana"))
    result = world.run()
    assert receiver.received
    row = world.sql(
        "select run_id, sync, destination, operation, record_key, customer_id, permission_id, outcome, build_id"
        " from activation.receipts"
    )[0]
    customer = world.customer_of("ana@example.com")
    permission = f"consent-demo_webhook-{customer}"
    sent = (result.run_id, world.WEBHOOK, "demo_webhook", "add", "ana@example.com", customer)
    assert row == (*sent, permission, "accepted", "build-1")


def test_a_run_leaves_a_line_with_its_counts(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben"))
    world.run()
    assert receiver.received
    assert world.sql(
        "select status, desired, adds, removals, accepted, rejected, build_id from activation.sync_runs"
    ) == [("succeeded", 2, 2, 0, 2, 0, "build-1")]


def test_a_clock_that_goes_back_does_not_hide_the_last_receipt(world: World, receiver: Receiver) -> None:
    later = world.NOW.replace(year=2030)
    world.want(world.people("ana"))
    world.check("build-1", at=later)
    assert world.run(now=lambda: later).counts["accepted"] == 1
    world.want({})
    world.run(accept=frozenset({"empty_audience"}))
    assert receiver.held(world.WEBHOOK) == {}
    assert world.plan().changes == 0
