"""The outbox of a sync: one folder per run, complete when it holds a manifest; the same on a disk, on S3 and over SFTP.

    <place>/<sync>/<run_id>/remove.csv  add.csv  manifest.json

Additions and updates share `add.csv`, whose first column `operation` says which; to a reader both mean "from now on
this key has these fields", and an empty cell clears one. No file has its name before it is whole, and the manifest
comes last, with rows and SHA-256 of each: a reader takes the folders that have one in the order of their names, and in
each the removals first. Nothing counts before the manifest is there: a run's receipts are `pending` until then.
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx

from reverse_etl._errors import BatchRefused
from reverse_etl._records import ACCEPTED, ONWARD, Batch, Held, Outcome, Record, Run
from reverse_etl.destinations._cells import cell
from reverse_etl.destinations._contract import Destination, Facts, Patience, Reader, Request, Response, Step
from reverse_etl.destinations._outbox_reader import ADD, MANIFEST, REMOVE, held
from reverse_etl.destinations._outbox_transport import outbox_transport
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reverse_etl._records import Onward
    from reverse_etl.destinations._stores import Store

__all__ = ["build_request", "held", "outbox_destination", "parse_response"]

_NEVER_FINISHED: Final = Outcome("retryable", "the run ended before its manifest was written")
_PAGE: Final = 10_000  # people
_FACTS = Facts(
    batch_size=10_000,
    max_bytes=256_000_000,
    idempotent=True,
    identifiers=None,
    personal_data="plain",
    connections=1,  # rows are appended to one file
    staged=True,
)


def build_request(batch: Batch, *, spreadsheet_safe: bool = True) -> Request:
    """The rows of one batch, all removals or none.

    Raises:
        BatchRefused: a payload has a field that is no column of the file, or text that UTF-8 cannot say.
    """
    rows = [_row(record, batch.run.columns, spreadsheet_safe) for record in batch.records]
    try:
        content = _csv(rows)
    except UnicodeEncodeError as error:
        raise BatchRefused("a text holds half a character, which UTF-8 cannot say") from error
    return Request("APPEND", REMOVE if batch.is_removal else ADD, content, {"rows": str(len(rows))})


def parse_response(batch: Batch, _response: Response) -> list[Outcome]:
    """Every row is taken and waits for the manifest; the job is the run."""
    return [Outcome("pending", batch.run.run_id)] * len(batch.records)


def ask(batch: Batch) -> Request:
    """Whether a run's files were completed: its manifest is the proof."""
    return Request("GET", f"{batch.job}/{MANIFEST}", b"")


def read_answer(batch: Batch, response: Response) -> list[Outcome | Onward]:
    """Accepted once the manifest is there; what a run without one left is then taken back."""
    return [ACCEPTED if response.status == httpx.codes.OK else ONWARD] * len(batch.records)


def take_back(batch: Batch) -> Request:
    """Remove the files of a run that ended without a manifest."""
    return Request("DELETE", str(batch.job), b"")


def read_taken_back(batch: Batch, _response: Response) -> list[Outcome]:
    """A run that ended without a manifest delivered nothing."""
    return [_NEVER_FINISHED] * len(batch.records)


def ask_page(cursor: str | None) -> Request:
    """What a reader of all complete runs holds: so many people whose keys follow the cursor."""
    return Request("LIST", "", json.dumps({"after": cursor or "", "most": _PAGE}).encode())


def read_page(response: Response) -> tuple[list[Held], str | None]:
    """The people of one page with their cells, which are text, and where the next one begins."""
    people = [Held(key, fields) for key, fields in json.loads(response.body)]
    return people, people[-1].record_key if len(people) == _PAGE else None


def outbox_destination(name: str, run: Run, store: Callable[[], Store], *, spreadsheet_safe: bool) -> Destination:
    """An outbox in some place.

    Args:
        name: as in destinations.toml.
        run: whose files they are.
        store: opens the sync's folder there.
        spreadsheet_safe: a leading quote before cells that begin with = + - @ or a tab.

    Raises:
        KindredError: the payload has a column that the files already have.
    """
    taken = {"operation", "record_key"} & set(run.columns)
    if taken:
        raise KindredError(
            f"The sync {run.sync} has a payload column {min(taken)}, which add.csv already has: rename it."
        )
    headers = {REMOVE: _csv([["operation", "record_key"]]), ADD: _csv([["operation", "record_key", *run.columns]])}
    steps = (Step(partial(build_request, spreadsheet_safe=spreadsheet_safe), parse_response),)
    return Destination(
        name=name,
        facts=_FACTS,
        patience=Patience(),
        add=steps,
        remove=steps,
        connect=partial(outbox_transport, store, run, headers),
        poll=(Step(ask, read_answer), Step(take_back, read_taken_back)),
        read=Reader(ask_page, read_page),
    )


def _row(record: Record, columns: tuple[str, ...], spreadsheet_safe: bool) -> list[str]:  # noqa: FBT001 - private
    values: list[Any] = [record.operation, record.record_key]
    if record.operation != "remove":
        payload = json.loads(record.payload or "{}", parse_float=Decimal)
        if not payload.keys() <= set(columns):
            raise BatchRefused("the payload has a field that the file has no column for")
        values += [payload.get(column) for column in columns]
    return [cell(value, spreadsheet_safe=spreadsheet_safe) for value in values]


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)  # lines end in CR LF (RFC 4180), without which it would not quote a CR in a cell
    return text.getvalue().encode()
