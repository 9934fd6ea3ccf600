"""Files: `add.csv`, `remove.csv` and `manifest.json` in a folder for each run.

Additions and updates share `add.csv`, whose first column `operation` says which; to a reader both mean "from now on
this key has these fields". Nothing counts before the manifest is there: a run's receipts are `pending` until then.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx

from reverse_etl._errors import BatchRefused
from reverse_etl._records import ACCEPTED, Batch, Outcome, Record, Run
from reverse_etl.destinations._cells import cell
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Patience, Request, Response, Step
from reverse_etl.destinations._outbox import ADD, MANIFEST, REMOVE, outbox_transport
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_NEVER_FINISHED: Final = Outcome("retryable", "the run ended before its manifest was written")
_FACTS = Facts(
    batch_size=10_000,
    max_bytes=256_000_000,
    idempotent=True,
    identifiers=None,
    personal_data="plain",
    connections=1,
    staged=True,
)


@dataclass(frozen=True)
class FilesSettings:
    """The table of a files destination in destinations.toml."""

    directory: str = "outbox"  # relative to KINDRED_HOME, or absolute
    spreadsheet_safe: bool = True  # a leading quote before cells that begin with = + - @ or a tab


def build_request(batch: Batch, *, spreadsheet_safe: bool = True) -> Request:
    """The rows of one batch, all removals or none.

    Raises:
        BatchRefused: a payload has a field that is no column of the file.
    """
    rows = [_row(record, batch.run.columns, spreadsheet_safe) for record in batch.records]
    return Request("APPEND", REMOVE if batch.is_removal else ADD, _csv(rows))


def parse_response(batch: Batch, _response: Response) -> list[Outcome]:
    """Every row is taken and waits for the manifest; the job is the run."""
    return [Outcome("pending", batch.run.run_id)] * len(batch.records)


def ask(batch: Batch) -> Request:
    """Whether a run's files were completed: its manifest is the proof."""
    return Request("GET", f"{batch.job}/{MANIFEST}", b"")


def read_answer(batch: Batch, response: Response) -> list[Outcome]:
    """Accepted once the manifest is there; a run that ended without one delivered nothing."""
    found = ACCEPTED if response.status == httpx.codes.OK else _NEVER_FINISHED
    return [found] * len(batch.records)


def outbox(configured: Configured, sync: str, home: Path) -> Path:
    """The folder that holds one folder per run of a sync."""
    settings: FilesSettings = configured.settings
    return home / settings.directory / sync


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
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _problems(settings: FilesSettings) -> list[tuple[str, str]]:
    return [] if settings.directory else [("directory", "must name a folder.")]


def _open(configured: Configured, run: Run, home: Path) -> Destination:
    taken = {"operation", "record_key"} & set(run.columns)
    if taken:
        raise KindredError(
            f"The sync {run.sync} has a payload column {min(taken)}, which add.csv already has: rename it."
        )
    folder = outbox(configured, run.sync, home)
    headers = {REMOVE: _csv([["operation", "record_key"]]), ADD: _csv([["operation", "record_key", *run.columns]])}
    steps = (Step(partial(build_request, spreadsheet_safe=configured.settings.spreadsheet_safe), parse_response),)
    return Destination(
        name=configured.name,
        facts=_FACTS,
        patience=Patience(),
        add=steps,
        remove=steps,
        connect=partial(outbox_transport, folder, run, headers),
        poll=(Step(ask, read_answer),),
    )


KIND = Kind(FilesSettings, _problems, _open)
