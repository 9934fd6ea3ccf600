"""Salesforce's Bulk API 2.0: many upserts at once, as a job.

    POST  /jobs/ingest                {"object": "Contact", "operation": "upsert", …}: a job, open
    PUT   /jobs/ingest/{id}/batches   its rows, as CSV; they are `pending` from here on
    PATCH /jobs/ingest/{id}           {"state": "UploadComplete"}: from here on it writes
    GET   /jobs/ingest/{id}           until it has ended, and then its three results

Whoever asks about a job closes it, not whoever fills it: what may write stands in the journal before it does, so that
no lost answer and no kill leaves a job that writes and is not known. A run asks about its jobs when all are filled. One
that a later run finds open is aborted, and its people are sent as they are to be by then: somebody may have withdrawn
their consent meanwhile.

The results have to name everybody who was sent, by the external id: whom none of them names is `unknown`, and whom
Salesforce did not come to is retryable. An empty cell leaves a field as it is, so that null and the empty text are
`#N/A`; a text that is just that cannot be said here: its batch is halved until it goes the other way. Salesforce keeps
a job that ended, and its results, for seven days.
"""

from __future__ import annotations

import csv
from functools import partial
from http import HTTPStatus
from io import StringIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from reverse_etl._errors import AnswerLost, BatchRefused, StopDelivery
from reverse_etl._records import ONWARD, Onward, Outcome
from reverse_etl.destinations._api import json_request
from reverse_etl.destinations._cells import cell
from reverse_etl.destinations._contract import Request, Step
from reverse_etl.destinations._people import words
from reverse_etl.destinations._rows import answered_object
from reverse_etl.destinations._salesforce import SalesforceSettings, ensure_taken, member_row, refused

if TYPE_CHECKING:
    from reverse_etl._records import Batch
    from reverse_etl.destinations._contract import Response

AT_ONCE: Final = 200  # rows that Salesforce writes without a job
ROWS_OF_A_JOB: Final = 10_000  # those that Salesforce takes together: larger jobs would use up as much of the allowance
_NULL: Final = "#N/A"
_RUNNING: Final = frozenset({"UploadComplete", "InProgress"})
_ENDED: Final = frozenset({"JobComplete", "Failed", "Aborted"})
_RESULTS: Final = ("successfulResults", "failedResults", "unprocessedrecords")
_FORGOTTEN: Final = Outcome("unknown", "Salesforce no longer knows the job")
_NEVER_BEGUN: Final = Outcome("retryable", "the run ended before its job began: it was aborted and wrote nobody")


def needs_job(settings: SalesforceSettings, batch: Batch) -> bool:
    """Whether a batch is too large to go without a job."""
    return len(batch.records) > min(AT_ONCE, settings.bulk_above)


def job_steps(settings: SalesforceSettings) -> tuple[Step, Step]:
    """The steps that fill a job."""
    return (
        Step(partial(open_job, settings), partial(opened, settings), needed=partial(needs_job, settings)),
        Step(partial(fill, settings), partial(filled, settings), needed=partial(needs_job, settings)),
    )


def question_steps(settings: SalesforceSettings) -> tuple[Step, Step]:
    """The steps that ask about a job, and end the upload of one that is still open."""
    return (
        Step(partial(ask, settings), partial(answered, settings), next_result),
        Step(partial(end_upload, settings), partial(ended_upload, settings)),
    )


def open_job(settings: SalesforceSettings, batch: Batch) -> Request:
    """A job for the upserts of one batch.

    Raises:
        BatchRefused: a text is what a job takes for null.
    """
    if any(f'"{_NULL}"' in (record.payload or "") for record in batch.records):
        raise BatchRefused(f"a job takes the text {_NULL} for null")
    job = {"object": settings.object, "externalIdFieldName": settings.external_id_field, "operation": "upsert"}
    form = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "CRLF"}
    return json_request("POST", _address(settings), {**job, **form})


def opened(settings: SalesforceSettings, batch: Batch, response: Response) -> list[Onward]:
    """Everybody goes on with the job's id."""
    try:
        ensure_taken(settings, response)
    except BatchRefused as error:
        # The request says nothing about anybody, so that no smaller batch would fare better.
        raise StopDelivery(f"Salesforce opens no job ({error}): look at object and external_id_field.") from error
    return [Onward(job=str(answered_object(response, id=str)["id"]))] * len(batch.records)


def fill(settings: SalesforceSettings, batch: Batch) -> Request:
    """The rows of the open job, as CSV whose lines end in CR LF."""
    rows = [{name: _cell(value) for name, value in member_row(settings, record).items()} for record in batch.records]
    text = StringIO(newline="")
    writer = csv.DictWriter(text, dict.fromkeys(name for row in rows for name in row))
    writer.writeheader()
    writer.writerows(rows)
    return Request("PUT", _address(settings, batch, "batches"), text.getvalue().encode(), {"Content-Type": "text/csv"})


def filled(settings: SalesforceSettings, batch: Batch, response: Response) -> list[Outcome]:
    """Pending: the job waits for the end of its upload."""
    ensure_taken(settings, response)
    return [Outcome("pending", f"{batch.job}@{batch.run.run_id}")] * len(batch.records)


def ask(settings: SalesforceSettings, batch: Batch) -> Request:
    """The question about a job."""
    return Request("GET", _address(settings, batch), b"")


def next_result(request: Request, response: Response) -> Request | None:
    """The next one of the results of a job that has ended; `request` is the question about the job."""
    if response.status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
        return None
    read = response.url.rpartition("/")[2]
    if read not in _RESULTS and answered_object(response, state=str)["state"] not in _ENDED:
        return None
    left = _RESULTS[_RESULTS.index(read) + 1 :] if read in _RESULTS else _RESULTS
    return Request("GET", f"{request.url}/{left[0]}", b"") if left else None


def answered(settings: SalesforceSettings, batch: Batch, response: Response) -> list[Outcome] | list[Onward]:
    """Onward while the job is open, pending while it runs, and then what its results say about each record.

    Raises:
        AnswerLost: it is in no state that is described.
    """
    pages = (response, *response.more)
    if HTTPStatus.NOT_FOUND in {page.status for page in pages}:
        return [_FORGOTTEN] * len(batch.records)
    for page in pages:
        ensure_taken(settings, page)
    job = answered_object(response, state=str)
    if job["state"] == "Open":
        return [ONWARD] * len(batch.records)
    if job["state"] in _RUNNING:
        return [Outcome("pending", batch.job)] * len(batch.records)
    if job["state"] not in _ENDED:
        raise AnswerLost("the job is in no state that Salesforce describes")
    said = _said(settings, response, words(job.get("errorMessage") or job["state"]))
    unnamed = Outcome(
        "unknown", f"no result of the job ({job['state']}) names this record by {settings.external_id_field}"
    )
    return [said.get(record.record_key, unnamed) for record in batch.records]


def end_upload(settings: SalesforceSettings, batch: Batch) -> Request:
    """Let an open job begin; abort it when another run filled it."""
    state = "UploadComplete" if _is_ours(batch) else "Aborted"
    return json_request("PATCH", _address(settings, batch), {"state": state})


def ended_upload(settings: SalesforceSettings, batch: Batch, response: Response) -> list[Outcome]:
    """Pending, or retryable when the job was aborted."""
    ensure_taken(settings, response)
    aborted = not _is_ours(batch) and answered_object(response).get("state") == "Aborted"
    return [_NEVER_BEGUN if aborted else Outcome("pending", batch.job)] * len(batch.records)


def _said(settings: SalesforceSettings, response: Response, why: str) -> dict[str, Outcome]:
    successful, failed, left = (_rows(page) for page in response.more)
    key = settings.external_id_field
    return {
        **{row.get(key, ""): Outcome("retryable", f"Salesforce did not come to it: {why}") for row in left},
        **{row.get(key, ""): _failure(row["sf__Error"]) for row in failed},
        **{row.get(key, ""): Outcome("accepted", None, row["sf__Id"] or None) for row in successful},
    }


def _failure(error: str) -> Outcome:
    # UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--
    return refused({error.partition(":")[0].strip()}, words(error))


def _rows(page: Response) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(StringIO(page.body.decode("utf-8-sig"), newline="")))
    except csv.Error as error:
        raise AnswerLost("the job's results are no CSV") from error


def _cell(value: Any) -> str:
    return _NULL if value is None or value == "" else cell(value, spreadsheet_safe=False)


def _is_ours(batch: Batch) -> bool:
    return (batch.job or "").partition("@")[2] == batch.run.run_id


def _address(settings: SalesforceSettings, batch: Batch | None = None, *part: str) -> str:
    job = [quote((batch.job or "").partition("@")[0], safe="")] if batch else []
    return "/".join([f"{settings.base_url}{settings.root}/jobs/ingest", *job, *part])
