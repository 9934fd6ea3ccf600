"""Send records to a destination as a run does, without a warehouse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reverse_etl._records import Batch, Outcome, Record, Run
from reverse_etl._sender import Sender, deliver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reverse_etl.destinations._contract import Destination, Transport


class Unlimited:
    """Turns that come at once."""

    def turn(self) -> None:
        pass

    def pause(self, seconds: float) -> None:
        pass


SYNC = "sync_place__win_back"


def run(run_id: str = "20260702T060000000000Z-00000001", columns: tuple[str, ...] = ("name", "spent")) -> Run:
    return Run(run_id, SYNC, "place", "build-1", columns)


def add(key: str, **fields: Any) -> Record:
    return Record("add", key, "customer", "permission", json.dumps(fields), "hash")


def update(key: str, **fields: Any) -> Record:
    return add(key, **fields)._replace(operation="update")


def remove(key: str) -> Record:
    return Record("remove", key, "customer", None, None, None)


def batches(of: Run, records: Iterable[Record]) -> list[Batch]:
    """Removals first, at most one batch of each sort."""
    found = list(records)
    sorts = ([one for one in found if one.operation == "remove"], [one for one in found if one.operation != "remove"])
    return [Batch(of, tuple(sort)) for sort in sorts if sort]


def send(
    destination: Destination,
    records: Iterable[Record],
    of: Run,
    *,
    job: str | None = None,
    before_finish: Callable[[Transport], None] = lambda _transport: None,
) -> dict[str, Outcome]:
    """What was said last about each key, and whether to stop under the key `stop`."""
    said: dict[str, Outcome] = {}
    with destination.connect() as transport:
        sender = Sender(destination, transport, Unlimited())
        for batch in batches(of, records):
            asked = Batch(of, batch.records, job)
            for answer in deliver(sender, asked):
                pairs = zip(answer.batch.records, answer.outcomes, strict=True)
                said |= {record.record_key: outcome for record, outcome in pairs}
                if answer.stop:
                    said["stop"] = Outcome("unknown", answer.stop)
        before_finish(transport)
        transport.finish()
    return said


def everything(destination: Destination) -> dict[str, Mapping[str, object] | None]:
    """What can be read back, page by page."""
    assert destination.read
    found: dict[str, Mapping[str, object] | None] = {}
    cursor: str | None = None
    with destination.connect() as transport:
        while True:
            people, cursor = destination.read.parse_response(transport.send(destination.read.build_request(cursor)))
            found |= {one.record_key: one.fields for one in people}
            if cursor is None:
                return found
