from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._records import Batch, Outcome, Record, Run
from reverse_etl._sender import Answer, Sender, deliver
from reverse_etl.destinations import KINDS
from reverse_etl.destinations._contract import Configured, Destination, Secret
from reverse_etl.fakes import FAKES, Fake, Serving, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


class _AtOnce:
    """Every request may leave at once."""

    def turn(self) -> None:
        pass

    def pause(self, seconds: float) -> None:
        pass


RUN = Run("run-1", "a_sync", "a_destination", "build-1")
QUICK = {"attempts": 3, "first_wait_seconds": 0.001, "longest_wait_seconds": 0.01, "timeout_seconds": 2.0}


@dataclass(frozen=True)
class Rig:
    """One destination over a real connection to its fake."""

    destination: Destination
    serving: Serving
    sender: Sender
    run: Run = RUN

    @property
    def fake(self) -> Any:
        return self.serving.fake

    def batch(self, operation: Any, people: Iterable[str] | Mapping[str, Mapping[str, Any]], **ids: str) -> Batch:
        """A batch about these keys; a mapping gives their fields, `ids` what the destination calls them."""
        fields = people if hasattr(people, "keys") else {key: {} for key in people}
        leaves = operation == "remove"
        return Batch(
            self.run,
            tuple(
                Record(
                    operation,
                    key,
                    f"customer of {key}",
                    None if leaves else "permission-1",
                    None if leaves else json.dumps(fields[key]),
                    None if leaves else "hash",
                    external_id=ids.get(key),
                )
                for key in fields
            ),
        )

    def send(self, operation: Any, people: Any, **ids: str) -> Answer:
        """The answer for one batch, which is not halved."""
        return self.sender(self.batch(operation, people, **ids))

    def said(self, operation: Any, people: Any, **ids: str) -> dict[str, Outcome]:
        """What is said in the end about each key: halved, and the jobs asked about until they end or 5 times."""
        found: dict[str, Outcome] = {}
        records: dict[str, Record] = {}
        for answer in deliver(self.sender, self.batch(operation, people, **ids)):
            for record, outcome in zip(answer.batch.records, answer.outcomes, strict=True):
                found[record.record_key] = outcome
                records[record.record_key] = record._replace(external_id=outcome.external_id or record.external_id)
        for _ in range(5):
            self._ask(found, records)
        return found

    def verdicts(self, operation: Any, people: Any, **ids: str) -> dict[str, str]:
        return {key: outcome.verdict for key, outcome in self.said(operation, people, **ids).items()}

    def read(self) -> dict[str, Any]:
        """What the destination says it holds, over all pages."""
        reader = self.destination.read
        assert reader is not None
        found: dict[str, Any] = {}
        cursor: str | None = None
        while True:
            request = self.destination.authorise(reader.build_request(cursor), _now())
            held, cursor = reader.parse_response(self.sender.transport.send(request))
            found |= {one.record_key: one.fields for one in held}
            if cursor is None:
                return found

    def _ask(self, found: dict[str, Outcome], records: dict[str, Record]) -> None:
        jobs = {outcome.reason for outcome in found.values() if outcome.verdict == "pending"}
        for job in jobs:
            waiting = tuple(records[key] for key, outcome in found.items() if outcome.reason == job)
            for answer in deliver(self.sender, Batch(self.run, waiting, job=job)):
                pairs = zip(answer.batch.records, answer.outcomes, strict=True)
                found |= {record.record_key: outcome for record, outcome in pairs}


def _now() -> datetime:
    return datetime.now(UTC)


def configured(kind: str, url: str, table: Mapping[str, Any], secrets: Mapping[str, str]) -> Configured:
    settings = KINDS[kind].settings(**{"base_url": url, "token_env": "TOKEN", **QUICK, **table})
    problems = KINDS[kind].problems(settings)
    assert not problems, problems
    return Configured("a_destination", KINDS[kind], settings, {name: Secret(text) for name, text in secrets.items()})


@pytest.fixture
def rig() -> Iterator[Callable[..., Rig]]:
    """Opens a destination of a kind over a connection to a fake; `secrets` and `table` complete its configuration."""
    with ExitStack() as stack:

        def open_rig(
            kind: str,
            table: Mapping[str, Any],
            fake: Fake | None = None,
            secrets: Mapping[str, str] | None = None,
            columns: tuple[str, ...] = (),
        ) -> Rig:
            listening = stack.enter_context(serving(fake or FAKES[kind]()))
            found = {
                name: listening.url if value == "{url}" else value  # a second address that is the fake's too
                for name, value in table.items()
            }
            run = replace(RUN, columns=columns)
            tokens = {"token": listening.fake.token, **(secrets or {})}
            destination = KINDS[kind].open(configured(kind, listening.url, found, tokens), run, Path())
            transport = stack.enter_context(destination.connect())
            return Rig(destination, listening, Sender(destination, transport, _AtOnce()), run)

        yield open_rig
