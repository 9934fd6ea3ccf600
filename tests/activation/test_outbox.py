"""Whatever a destination answers, and in whatever order, pending records lead it to the audience and never beyond.

The oracle is a destination in Python that knows what it really holds, also where the answer was lost or a job still
runs. Each scenario is one key; all scenarios take their steps together, so that every short one can be tried.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Literal

import duckdb
import pyarrow as pa
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.activation.conftest import Project

Outcome = Literal["accepted", "pending", "rejected", "retryable", "rate_limited", "unknown"]
ROUNDS = 4


@dataclass(frozen=True)
class Want:
    payload: str | None


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    takes_effect: bool = False


@dataclass(frozen=True)
class Settle:
    outcome: Outcome


Step = Want | Answer | Settle
STEPS: tuple[Step, ...] = (
    *(Want(payload) for payload in ("h0", "h1", None)),
    *(Answer(outcome) for outcome in ("accepted", "rejected", "retryable", "rate_limited")),
    *(Answer(outcome, effect) for outcome in ("pending", "unknown") for effect in (True, False)),
    *(Settle(outcome) for outcome in ("accepted", "rejected", "retryable")),
)


@dataclass(frozen=True)
class Change:
    operation: str
    payload: str | None


@dataclass
class Destination:
    """One key at a destination: what is wanted, what is really held, and what was said about it."""

    wanted: str | None = None
    held: str | None = None
    jobs: list[tuple[Change, bool]] = field(default_factory=list)
    written: tuple[str | None, Outcome] | None = None
    may_be_ours: bool = False
    overtaken: bool = False
    receipts: list[tuple[Change, Outcome]] = field(default_factory=list)

    def take(self, step: Step, pending: Change | None) -> None:
        match step:
            case Want(payload):
                self.wanted = payload
            case Answer(outcome, takes_effect) if pending:
                self._answer(pending, outcome, takes_effect=takes_effect)
            case Settle(outcome) if self.jobs:
                self._settle(outcome)

    def waits(self) -> bool:
        """Whether the destination said no to what is wanted now."""
        return self.written == (self.wanted, "rejected")

    def is_excused(self) -> bool:
        """Whether something wanted may be missing: it was refused, or a removal overtook the job that added it."""
        return self.waits() or (self.overtaken and self.held is None)

    def check(self, pending: Change | None) -> None:
        if self.held and not self.wanted:
            removing = [job for job, _ in self.jobs if job.operation == "remove"]
            # Of several jobs the receipts show the last one; what the others did is known when they end.
            assert removing or len(self.jobs) > 1 or (pending and pending.operation == "remove"), "left behind"
        if pending and pending.operation == "remove":
            assert not self.wanted
            assert self.may_be_ours, "never written"
        if pending and pending.operation != "remove":
            assert pending.payload == self.wanted
            assert not self.waits(), "rejected as it stands"
            assert not self.jobs, "a job still runs"

    def _answer(self, change: Change, outcome: Outcome, *, takes_effect: bool) -> None:
        takes_effect = takes_effect and not (outcome == "pending" and self.jobs)  # jobs are done in their order
        self.overtaken |= bool(self.jobs) and change.operation == "remove"
        if outcome == "accepted" or takes_effect:
            self.held = change.payload
        if outcome == "pending":
            self.jobs.append((change, takes_effect))
        self.may_be_ours |= outcome in ("accepted", "pending", "unknown")
        self._record(change, outcome)

    def _settle(self, outcome: Outcome) -> None:
        """The oldest job ends; one that has taken effect ends well."""
        change, took_effect = self.jobs.pop(0)
        if outcome == "accepted" and not took_effect:
            self.held = change.payload
        self._record(change, "accepted" if took_effect else outcome)

    def _record(self, change: Change, outcome: Outcome) -> None:
        self.receipts.append((change, outcome))
        if outcome != "rate_limited" and change.operation != "remove":
            self.written = (change.payload, outcome)


@dataclass
class Warehouse:
    """The real models, which see nothing but what is desired and the receipts."""

    connection: duckdb.DuckDBPyConnection
    written: dict[str, int] = field(default_factory=dict)

    def desire(self, wanted: Iterable[tuple[str, str]]) -> None:
        rows = [{"sync": "s", "destination": "d", "record_key": key, "payload_hash": hash_} for key, hash_ in wanted]
        self.connection.execute("delete from activation.desired_records")
        self._insert("desired_records", rows, ("sync", "destination", "record_key", "payload_hash"))

    def record(self, destinations: dict[str, Destination], clock: int) -> None:
        """Append the receipts that are new; all of a step bear the same instant."""
        columns = ("receipt_id", "sync", "destination", "record_key", "operation", "payload_hash", "outcome")
        rows = [
            dict(zip(columns, (f"{number:04d}", "s", "d", key, change.operation, change.payload, outcome), strict=True))
            for key, one in destinations.items()
            for number, (change, outcome) in enumerate(one.receipts)
            if number >= self.written.get(key, 0)
        ]
        self.written |= {key: len(one.receipts) for key, one in destinations.items()}
        self._insert("receipts", rows, columns, f"make_timestamp({clock // 2 * 1_000_000})")

    def pending(self) -> dict[str, Change]:
        query = "select record_key, operation, payload_hash from activation.pending_records"
        rows = self.connection.execute(query).fetchall()
        found = {key: Change(operation, payload) for key, operation, payload in rows}
        assert len(found) == len(rows), "a key is told one thing at a time"
        return found

    def _insert(
        self, table: str, rows: Sequence[dict[str, str | None]], columns: tuple[str, ...], at: str = ""
    ) -> None:
        if rows:
            names = ", ".join(columns)
            appended = pa.Table.from_pylist(list(rows), schema=pa.schema([(name, pa.string()) for name in columns]))
            self.connection.register("appended", appended)
            more, value = (", delivered_at", f", {at}") if at else ("", "")
            self.connection.execute(
                f"insert into activation.{table} ({names}{more}) select {names}{value} from appended"
            )


@pytest.fixture
def warehouse(outbox_project: Project) -> Iterator[Warehouse]:
    with duckdb.connect(str(outbox_project.database)) as connection:
        connection.execute("begin")
        yield Warehouse(connection)
        connection.execute("rollback")


def play(warehouse: Warehouse, scenarios: Sequence[Sequence[Step]]) -> None:
    """All scenarios at once, checked after every step; then everything ends well."""
    destinations = {f"k{number}": Destination() for number in range(len(scenarios))}
    pending: dict[str, Change] = {}
    for clock in range(max(map(len, scenarios))):
        for (key, destination), scenario in zip(destinations.items(), scenarios, strict=True):
            if clock < len(scenario):
                destination.take(scenario[clock], pending.get(key))
        pending = show(warehouse, destinations, clock)
        for (key, destination), scenario in zip(destinations.items(), scenarios, strict=True):
            explain(destination, pending.get(key), scenario[: clock + 1])
    converge(warehouse, destinations, scenarios)


def show(warehouse: Warehouse, destinations: dict[str, Destination], clock: int) -> dict[str, Change]:
    warehouse.desire((key, one.wanted) for key, one in destinations.items() if one.wanted)
    warehouse.record(destinations, clock)
    return warehouse.pending()


def explain(destination: Destination, pending: Change | None, scenario: Sequence[Step]) -> None:
    try:
        destination.check(pending)
    except AssertionError as error:
        raise AssertionError(f"{error} after {list(scenario)}: {destination}, pending {pending}") from None


def converge(warehouse: Warehouse, destinations: dict[str, Destination], scenarios: Sequence[Sequence[Step]]) -> None:
    for destination in destinations.values():
        while destination.jobs:
            destination.take(Settle("accepted"), None)
    for clock in range(1000, 1000 + 2 * ROUNDS, 2):
        pending = show(warehouse, destinations, clock)
        for key, change in pending.items():
            destinations[key].take(Answer("accepted"), change)
    assert show(warehouse, destinations, 2000) == {}
    for one, scenario in zip(destinations.values(), scenarios, strict=True):
        assert one.held == one.wanted or (one.wanted and one.is_excused()), (one, list(scenario))


def test_every_short_course_of_events_leads_to_the_audience(warehouse: Warehouse) -> None:
    play(warehouse, [(Want("h0"), *rest) for rest in product(STEPS, repeat=4)])


def test_long_courses_of_events_lead_to_the_audience(warehouse: Warehouse) -> None:
    draw = random.Random(7)  # noqa: S311 - no secret
    play(warehouse, [draw.choices(STEPS, k=14) for _ in range(4000)])


def test_a_changed_key_gives_one_removal_and_one_addition(warehouse: Warehouse) -> None:
    old = Destination(wanted="h")
    old.take(Answer("accepted"), Change("add", "h"))
    old.wanted = None
    found = show(warehouse, {"old@example.org": old, "new@example.org": Destination(wanted="h")}, 0)
    assert found == {"old@example.org": Change("remove", None), "new@example.org": Change("add", "h")}


def test_what_another_destination_holds_says_nothing_about_this_one(warehouse: Warehouse) -> None:
    one = Destination(wanted="h")
    one.take(Answer("accepted"), Change("add", "h"))
    assert show(warehouse, {"a": one}, 0) == {}
    warehouse.connection.execute("update activation.receipts set destination = 'another'")
    rows = warehouse.connection.execute("select destination, operation from activation.pending_records order by all")
    assert rows.fetchall() == [("another", "remove"), ("d", "add")]
