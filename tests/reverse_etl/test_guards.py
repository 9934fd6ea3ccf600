"""Each guard trips for its reason, stops the send, and lets withdrawals through where it should."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reverse_etl import _outgoing

if TYPE_CHECKING:
    from reverse_etl import SyncResult
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World

TEN = tuple("abcdefghij")


def test_too_large_a_share_of_removals_stops_the_send(world: World, receiver: Receiver) -> None:
    _limit(world, max_removal_share=0.3)
    _deliver(world, *TEN)
    world.want(world.people(*TEN[:7]))
    assert world.plan().tripped == ()
    world.want(world.people(*TEN[:6]))
    _blocked_by(world.run(), "removal_share")
    assert receiver.held(world.WEBHOOK).keys() == world.people(*TEN).keys()


def test_too_many_removals_stop_the_send(world: World, receiver: Receiver) -> None:
    _limit(world, max_removals=2)
    _deliver(world, *TEN)
    world.want(world.people(*TEN[:7]))
    _blocked_by(world.run(), "removal_count")
    assert len(receiver.held(world.WEBHOOK)) == 10


def test_a_size_far_from_the_last_run_stops_the_send_and_goes_on_doing_so(world: World, receiver: Receiver) -> None:
    _limit(world, max_size_change=0.5)
    _deliver(world, *TEN[:4])
    world.want(world.people(*TEN))
    _blocked_by(world.run(), "size_change")
    world.sql(
        "insert into activation.sync_runs select r.* from activation.sync_runs r, range(100) where status = 'blocked'"
    )
    _blocked_by(world.run(), "size_change")
    assert len(receiver.held(world.WEBHOOK)) == 4


def test_an_empty_audience_stops_the_send_while_something_is_delivered(world: World, receiver: Receiver) -> None:
    _deliver(world, "ana")
    world.want({})
    _blocked_by(world.run(), "empty_audience")
    assert receiver.held(world.WEBHOOK) == world.people("ana")
    assert world.run(accept=frozenset({"empty_audience"})).status == "succeeded"
    assert receiver.held(world.WEBHOOK) == {}


@pytest.mark.usefixtures("receiver")
def test_an_audience_that_was_always_empty_is_nothing_to_stop_for(world: World) -> None:
    world.want({})
    assert world.run().status == "succeeded"


@pytest.mark.parametrize("how", ["withdrawal", "erasure"])
def test_people_who_said_no_are_removed_though_the_removal_guards_trip(
    world: World, receiver: Receiver, how: str
) -> None:
    _limit(world, max_removal_share=0.1, max_removals=0)
    _deliver(world, *TEN)
    _say_no(world, how, "a", "b")
    world.want(world.people(*TEN[2:]))
    assert world.run().status == "succeeded"
    assert receiver.held(world.WEBHOOK) == world.people(*TEN[2:])


def test_when_a_guard_on_volume_trips_only_people_who_said_no_are_removed(world: World, receiver: Receiver) -> None:
    _limit(world, max_removals=1)
    _deliver(world, *TEN)
    _say_no(world, "withdrawal", "a")
    world.want(world.people(*TEN[3:], "new"))
    result = world.run()
    _blocked_by(result, "removal_count")
    assert (result.plan.withdrawals, result.counts["accepted"]) == (1, 1)
    assert receiver.held(world.WEBHOOK) == world.people(*TEN[1:])


def test_no_consent_at_all_is_no_withdrawal(world: World, receiver: Receiver) -> None:
    _limit(world, max_removals=1)
    _deliver(world, *TEN)
    world.want(world.people(*TEN[:2]))
    world.sql("delete from consent.consents")
    _blocked_by(world.run(), "removal_count")
    assert len(receiver.held(world.WEBHOOK)) == 10


@pytest.mark.parametrize("gate", ["dbt_tests", "customers", "outgoing"])
def test_a_gate_that_failed_stops_everything(world: World, receiver: Receiver, gate: str) -> None:
    _deliver(world, "ana", "ben")
    _say_no(world, "withdrawal", "ben")
    world.want(world.people("ana"), gates=False)
    world.check("build-1", at=world.NOW, **{gate: False})
    result = world.run()
    _blocked_by(result, "quality_gates")
    assert gate in str(result.message)
    assert len(receiver.held(world.WEBHOOK)) == 2


@pytest.mark.usefixtures("receiver")
def test_a_gate_that_passed_later_counts(world: World) -> None:
    world.want(world.people("ana"), gates=False)
    world.check("build-1", at=world.NOW - timedelta(hours=2), customers=False)
    world.check("build-1", at=world.NOW - timedelta(hours=1))
    assert world.run().status == "succeeded"


@pytest.mark.usefixtures("receiver")
def test_a_gate_for_another_build_or_none_stops_the_send(world: World) -> None:
    world.want(world.people("ana"), gates=False)
    _blocked_by(world.run(), "quality_gates")
    world.check("build-0")
    _blocked_by(world.run(), "quality_gates")
    world.sql("delete from activation.quality_gates where gate = 'outgoing'")
    world.check("build-1")
    world.sql("delete from activation.quality_gates where gate = 'outgoing'")
    _blocked_by(world.run(), "quality_gates")


@pytest.mark.usefixtures("receiver")
def test_a_build_that_was_checked_too_long_ago_stops_the_send(world: World) -> None:
    world.want(world.people("ana"), gates=False)
    world.check("build-1", at=world.NOW - timedelta(hours=36))
    assert world.plan().tripped == ()
    world.sql(
        "update activation.quality_gates set checked_at = checked_at - interval 1 second where gate = 'customers'"
    )
    _blocked_by(world.run(), "build_age")


@pytest.mark.parametrize("key", ["null", "''", "'   '", "'ana@example.com'"])
@pytest.mark.usefixtures("receiver")
def test_a_missing_or_repeated_key_stops_the_send(world: World, key: str) -> None:
    world.want(world.people("ana", "ben"))
    world.sql(f"update activation.desired_records set record_key = {key} where record_key = 'ben@example.com'")
    _blocked_by(world.run(), "record_keys")


@pytest.mark.parametrize(
    "change",
    [
        "update consent.consents set is_granted = false",
        "update consent.consents set purpose = 'personalisation'",
        "update consent.consents set recipient = 'somebody_else'",
        "update consent.consents set customer_id = 'somebody else'",
        "update activation.desired_records set permission_id = null",
        "insert into consent.suppressions select customer_id, 'email', 'bounce', now() from consent.consents",
    ],
)
def test_consent_is_read_again_before_the_send(world: World, receiver: Receiver, change: str) -> None:
    world.want(world.people("ana"))
    world.sql(change)
    _blocked_by(world.run(), "permissions")
    assert not receiver.received


@pytest.mark.parametrize("at_once", [1, 2, 500_000])
def test_permissions_are_compared_in_parts_and_nobody_is_passed_over(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(_outgoing, "_COMPARED_AT_ONCE", at_once)
    people = world.people("ana", "ben", "cid", "dora", "eve")
    for key in people:
        world.want(people)
        world.sql("update consent.consents set is_granted = false where customer_id = ?", [world.customer_of(key)])
        result = world.run()
        _blocked_by(result, "permissions")
        assert "1 " in str(result.message)
    world.want(people)
    assert world.run().status == "succeeded"
    assert receiver.received


@pytest.mark.parametrize("limit", ["max_removal_share", "max_removals", "max_size_change", "max_age_hours"])
@pytest.mark.usefixtures("receiver")
def test_a_guard_without_a_limit_trips(world: World, limit: str) -> None:
    _deliver(world, "ana")
    world.sql(f"update activation.syncs set {limit} = null")
    result = world.run()
    assert limit in str(result.message)


@pytest.mark.usefixtures("receiver")
def test_a_guard_that_cannot_be_evaluated_trips(world: World) -> None:
    world.want(world.people("ana"))
    world.sql("alter table activation.quality_gates rename column passed to went_well")
    result = world.run()
    _blocked_by(result, "quality_gates")
    assert "cannot be evaluated" in str(result.message)


@pytest.mark.usefixtures("receiver")
def test_what_stands_in_the_warehouse_cannot_be_waved_through(world: World) -> None:
    world.want(world.people("ana"), gates=False)
    everything = frozenset({"quality_gates", "permissions", "record_keys", "build_age"})
    _blocked_by(world.run(accept=everything), "quality_gates")


def _deliver(world: World, *names: str) -> None:
    world.want(world.people(*names))
    assert world.run().status == "succeeded"


def _limit(world: World, **limits: float) -> None:
    for name, value in limits.items():
        world.sql(f"update activation.syncs set {name} = ?", [value])


def _say_no(world: World, how: str, *names: str) -> None:
    for key in world.people(*names):
        customer = world.customer_of(key)
        if how == "erasure":
            world.sql("insert into consent.suppressions values (?, 'any', 'erasure', null)", [customer])
        else:
            world.sql("update consent.consents set is_granted = false where customer_id = ?", [customer])


def _blocked_by(result: SyncResult, guard: str) -> None:
    assert (result.status, result.ok) == ("blocked", False)
    assert guard in [one.guard for one in result.plan.tripped]
