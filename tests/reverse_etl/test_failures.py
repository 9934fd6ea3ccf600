"""A destination that fails in the ways that real ones do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from reverse_etl import settle_unknown, unknown
from reverse_etl.receiver import Fault
from warehouse import KindredError

if TYPE_CHECKING:
    from reverse_etl._unknowns import Became
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World


def test_a_failed_row_is_not_counted_as_delivered_and_is_sent_again(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben", "cem"))
    receiver.fail(Fault("partial", "retryable"))
    result = world.run()
    assert (result.status, result.counts["accepted"], result.counts["retryable"]) == ("incomplete", 1, 2)
    assert world.sql("select count(*) from activation.delivered_records") == [(1,)]
    assert world.run().counts["accepted"] == 2
    assert receiver.held(world.WEBHOOK) == world.people("ana", "ben", "cem")


def test_a_run_in_which_every_row_was_rejected_has_failed(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben"))
    receiver.refuse("ana@example.com", "ben@example.com", whole_batch=False)
    result = world.run()
    assert (result.status, result.ok, result.counts["rejected"]) == ("failed", False, 2)


def test_a_mistake_in_the_payload_does_not_reject_a_million_records(world: World, receiver: Receiver) -> None:
    world.want(world.people(*"abcdefghi"))
    receiver.refuse(*world.people(*"abcdefghi"))
    result = world.run()
    assert (result.counts["rejected"], result.plan.adds) == (3, 9)
    assert "payload" in str(result.message)


@pytest.mark.parametrize("whole_batch", [True, False])
def test_bad_records_are_singled_out_and_every_good_one_arrives(
    world: World,
    receiver: Receiver,
    whole_batch: bool,  # noqa: FBT001
) -> None:
    names = [f"person{number:03}" for number in range(100)]
    bad = ["person007@example.com", "person042@example.com"]
    world.configure(receiver.url, batch_size=50)
    world.want(world.people(*names))
    receiver.refuse(*bad, whole_batch=whole_batch)
    result = world.run()
    assert (result.status, result.counts["accepted"], result.counts["rejected"]) == ("incomplete", 98, 2)
    assert receiver.held(world.WEBHOOK).keys() == world.people(*names).keys() - set(bad)
    rejected = world.sql("select record_key from activation.receipts where outcome = 'rejected' order by 1")
    assert rejected == [(key,) for key in bad]


def test_a_rejected_record_is_not_sent_again_until_its_payload_changes(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben", city="Berlin"))
    receiver.refuse("ana@example.com")
    world.run()
    receiver.refuse()
    assert world.run().plan.changes == 0
    world.want(world.people("ana", "ben", city="Bonn"))
    assert world.run().counts["accepted"] == 2


@pytest.mark.parametrize("retry_after", ["0", None])
def test_a_rate_limit_is_waited_out_and_is_no_attempt(
    world: World, receiver: Receiver, retry_after: str | None
) -> None:
    world.configure(receiver.url, attempts=1)
    world.want(world.people("ana"))
    receiver.fail(Fault("rate_limit", retry_after, times=4))
    assert world.run().status == "succeeded"
    assert [one.status for one in receiver.received] == [429, 429, 429, 429, 200]


def test_a_destination_is_not_asked_before_the_time_that_it_named(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, rate_limit_wait_seconds=0.5)
    world.want(world.people(*"abcdef"))
    receiver.fail(Fault("rate_limit", "60"))
    result = world.run()
    assert (result.status, result.counts["rate_limited"], len(receiver.received)) == ("failed", 3, 1)
    assert world.run().status == "succeeded"


@pytest.mark.parametrize("kind", ["error", "unavailable", "close", "drop"])
def test_a_request_that_fails_is_tried_again(world: World, receiver: Receiver, kind: str) -> None:
    world.want(world.people("ana", "ben"))
    receiver.fail(Fault(kind, times=2))
    assert world.run().status == "succeeded"
    assert receiver.held(world.WEBHOOK) == world.people("ana", "ben")
    assert [operation for operation, _ in receiver.fake.store.taken(world.WEBHOOK)] == ["add", "add"]


def test_a_destination_that_hangs_is_given_up_and_tried_again(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, timeout_seconds=0.2)
    world.want(world.people("ana"))
    receiver.fail(Fault("hang", "1"))
    assert world.run().status == "succeeded"


@pytest.mark.parametrize(
    ("kind", "verdict"), [("error", "unknown"), ("close", "unknown"), ("drop", "unknown"), ("unavailable", "retryable")]
)
def test_what_is_not_known_is_said_to_be_unknown(world: World, receiver: Receiver, kind: str, verdict: str) -> None:
    world.want(world.people("ana"))
    receiver.fail(Fault(kind, times=3))
    result = world.run()
    assert (result.status, result.counts[verdict]) == ("failed", 1)
    assert world.run().status == "succeeded"
    assert receiver.held(world.WEBHOOK) == world.people("ana")


def test_a_lost_answer_is_remembered_whatever_comes_after_it(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana"))
    receiver.fail(Fault("drop"), Fault("unavailable"), Fault("unavailable"))
    assert world.run().counts["unknown"] == 1


def test_somebody_who_was_taken_unheard_and_then_refused_is_taken_out_when_they_leave(
    world: World, receiver: Receiver
) -> None:
    world.want(world.people("ana", "ben"))
    receiver.fail(Fault("drop"), Fault("refuse"), Fault("none"), Fault("refuse"))
    result = world.run()
    assert (result.counts["accepted"], result.counts["rejected"], result.counts["unknown"]) == (1, 1, 0)
    assert receiver.held(world.WEBHOOK) == world.people("ana", "ben")
    world.want(world.people("ana"))
    world.run()
    assert receiver.held(world.WEBHOOK) == world.people("ana")


def test_somebody_whose_answer_was_lost_and_who_leaves_is_taken_out(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, attempts=1)
    world.want(world.people("ana"))
    receiver.fail(Fault("drop"))
    world.run()
    assert receiver.held(world.WEBHOOK) == world.people("ana")
    world.want({})
    world.run(accept=frozenset({"empty_audience"}))
    assert receiver.held(world.WEBHOOK) == {}


@pytest.mark.parametrize("kind", ["error", "drop", "close"])
def test_a_destination_that_cannot_bear_it_is_not_sent_the_same_twice(
    world: World, receiver: Receiver, kind: str
) -> None:
    world.configure(receiver.url, idempotent=False)
    world.want(world.people("ana"))
    receiver.fail(Fault(kind))
    assert world.run().counts["unknown"] == 1
    second = world.run()
    assert (second.status, second.plan.unresolved, len(receiver.received)) == ("incomplete", 1, 1)


@pytest.mark.parametrize("kind", ["error", "drop"])  # it took nobody, it took all
def test_somebody_who_looked_says_what_became_of_a_lost_answer(world: World, receiver: Receiver, kind: str) -> None:
    world.configure(receiver.url, idempotent=False)
    world.want(world.people("ana", "ben", tier="gold"))
    receiver.fail(Fault(kind))
    assert world.run().counts["unknown"] == 2
    ana, ben = (world.customer_of(f"{name}@example.com") for name in ("ana", "ben"))
    listed = unknown(world.settings)
    assert {one.customer_id for one in listed} == {ana, ben}
    assert "example" not in "".join(one.key + str(one.reason) for one in listed)
    became: Became = "held" if kind == "drop" else "missing"
    settled = settle_unknown(world.settings, (world.WEBHOOK,), became, (ana,), lambda: world.NOW)
    assert [one.records for one in settled] == [1]
    assert [one.customer_id for one in unknown(world.settings)] == [ben]
    world.run()
    settle_unknown(world.settings, (world.WEBHOOK,), became, (), lambda: world.NOW)
    assert world.run().status == "succeeded"
    assert receiver.held(world.WEBHOOK) == world.people("ana", "ben", tier="gold")
    sent = sum(len(request.operations) for request in receiver.received)
    assert sent == (2 if kind == "drop" else 4)


def test_what_was_held_is_as_it_was_sent_and_changed_when_it_should_be_otherwise(
    world: World, receiver: Receiver
) -> None:
    world.configure(receiver.url, idempotent=False)
    world.want(world.people("ana", tier="silver"))
    receiver.fail(Fault("drop"))
    world.run()
    world.want(world.people("ana", tier="gold"))
    settle_unknown(world.settings, (), "held", (), lambda: world.NOW)
    result = world.run()
    assert (result.plan.adds, result.plan.updates) == (0, 1)
    assert receiver.held(world.WEBHOOK) == world.people("ana", tier="gold")


def test_nobody_of_whom_no_answer_was_lost_is_settled(world: World) -> None:
    world.want(world.people("ana"))
    with pytest.raises(KindredError, match=r"No answer about c_nobody was lost; `kindred status --unknown` lists"):
        settle_unknown(world.settings, (), "missing", ("c_nobody",), lambda: world.NOW)


def test_a_destination_that_is_down_is_left_alone_after_three_batches(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, attempts=1)
    world.want(world.people(*"abcdefghijklmno"))
    receiver.fail(Fault("unavailable", times=99))
    result = world.run()
    assert (result.status, result.counts["retryable"], len(receiver.received)) == ("failed", 9, 3)


def test_a_destination_is_asked_no_more_often_than_it_bears(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, batch_size=1, requests_per_second=20)
    world.want(world.people(*"abcde"))
    started = time.monotonic()
    assert world.run().status == "succeeded"
    assert time.monotonic() - started >= 4 / 20


def test_wrong_credentials_end_the_run_at_once(world: World, receiver: Receiver) -> None:
    world.want(world.people(*"abcdef"))
    receiver.fail(Fault("unauthorised", times=9))
    result = world.run()
    assert (result.status, len(receiver.received)) == ("failed", 1)
    assert "credentials" in str(result.message)
    receiver.serving.faults.clear()
    assert world.run().status == "succeeded"


def test_nobody_listening_loses_nothing(world: World) -> None:
    world.want(world.people("ana"))
    result = world.run()
    assert (result.status, result.counts["retryable"]) == ("failed", 1)
    assert world.plan().adds == 1


def test_a_batch_too_large_for_the_destination_is_halved(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, batch_size=100, max_bytes=300)
    world.want(world.people(*"abcdefgh") | {"long@example.com": {"note": "x" * 300}})
    result = world.run()
    assert (result.counts["accepted"], result.counts["rejected"]) == (8, 1)
    assert (
        "larger than 300 bytes" in world.sql("select reason from activation.receipts where outcome = 'rejected'")[0][0]
    )
