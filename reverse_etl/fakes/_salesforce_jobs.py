"""The bulk jobs of the Salesforce on this machine: Bulk API 2.0, ingest."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, Protocol

from reverse_etl.fakes._fake import Call, Reply
from reverse_etl.fakes._jobs import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_JOB: Final = re.compile(r"/jobs/ingest/(\w+)(?:/(\w+))?/?")
_FORM: Final = {"contentType": "CSV", "columnDelimiter": "COMMA"}
_ENDINGS: Final = {"LF": "\n", "CRLF": "\r\n"}
_TOGETHER: Final = 200
_TWICE: Final = {"sf__Id": "", "sf__Error": "DUPLICATE_VALUE:Duplicate external id specified:--"}

Row = dict[str, Any]


class Org(Protocol):
    """The records that jobs write, and how jobs are to fail; see `SalesforceFake`."""

    object: str
    external_id_field: str
    status_field: str
    job_polls: int | None
    unprocessed: set[str]
    unnamed: set[str]
    job_error: str
    job_bytes: int

    def columns(self) -> set[str]:
        """The fields of the object."""

    def upsert(self, record: Row) -> Row:
        """Write one record."""


@dataclass
class BulkJob:
    """One job.

    Attributes:
        said: how it was opened.
        cells: the rows as they were uploaded; None before.
        results: by name, each row with what was said about it.
    """

    id: str
    said: Row
    state: str = "Open"
    cells: list[dict[str, str]] | None = None
    text: str = field(default="", repr=False)
    message: str = ""
    running: Job | None = None
    results: dict[str, list[dict[str, str]]] = field(
        default_factory=lambda: {"successfulResults": [], "failedResults": [], "unprocessedrecords": []}
    )

    def info(self) -> Row:
        """The job as it is answered."""
        failed = len(self.results["failedResults"])
        counts = {"numberRecordsProcessed": len(self.results["successfulResults"]) + failed}
        about = {"id": self.id, "state": self.state, "jobType": "V2Ingest", "apiVersion": 62.0, **counts}
        return {**self.said, **about, "numberRecordsFailed": failed, "errorMessage": self.message or None}


@dataclass
class BulkJobs:
    """The jobs of an org, by id."""

    known: dict[str, BulkJob] = field(default_factory=dict)

    def answer(self, org: Org, path: str, call: Call) -> Reply:
        """Carry out one request under `/jobs/ingest`."""
        if (call.method, path.rstrip("/")) == ("POST", "/jobs/ingest"):
            return self._open(org, call.json())
        found = _JOB.fullmatch(path)
        job = self.known.get(found[1]) if found else None
        if not found or job is None:
            return _error(HTTPStatus.NOT_FOUND, "NOT_FOUND", "The requested resource does not exist")
        if call.method == "GET" and found[2] in job.results:
            return _result(job, found[2])
        ways: dict[tuple[str, str | None], Callable[[], Reply]] = {
            ("PUT", "batches"): lambda: _upload(org, job, call.body),
            ("PATCH", None): lambda: _end(org, job, call.json()["state"]),
            ("GET", None): lambda: _ask(job),
        }
        way = ways.get((call.method, found[2]))
        return way() if way else _error(HTTPStatus.METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "HTTP Method not allowed")

    def _open(self, org: Org, said: Row) -> Reply:
        if said.get("object") != org.object or said.get("operation") != "upsert":
            return _error(HTTPStatus.BAD_REQUEST, "INVALIDENTITY", "Unable to find object")
        if said.get("externalIdFieldName") != org.external_id_field:
            return _error(HTTPStatus.BAD_REQUEST, "INVALIDJOB", "InvalidJob : Field name not found")
        if said.get("lineEnding") not in _ENDINGS or any(said.get(name) != value for name, value in _FORM.items()):
            return _error(HTTPStatus.BAD_REQUEST, "INVALIDJOB", "InvalidJob : Unsupported form")
        job = BulkJob(f"7505g{len(self.known):010}AAA", said)
        self.known[job.id] = job
        return Reply(HTTPStatus.OK, job.info())


def _upload(org: Org, job: BulkJob, body: bytes) -> Reply:
    if job.state != "Open" or job.cells is not None:
        return _error(HTTPStatus.BAD_REQUEST, "INVALIDJOBSTATE", "Job data was uploaded already")
    if len(body) > org.job_bytes:
        return _error(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "REQUEST_TOO_LARGE", "Job data is larger than 150 MB in base64"
        )
    job.text = body.decode()
    job.cells = list(csv.DictReader(StringIO(job.text, newline="")))
    return Reply(HTTPStatus.CREATED)


def _end(org: Org, job: BulkJob, state: str) -> Reply:
    if job.state not in {"Open", "UploadComplete", "InProgress"} or (state == "UploadComplete" and job.state != "Open"):
        return _error(HTTPStatus.BAD_REQUEST, "INVALIDJOBSTATE", f"Job is in state {job.state}")
    job.state = state
    job.running = Job(lambda: _carry_out(org, job), org.job_polls) if state == "UploadComplete" else None
    return Reply(HTTPStatus.OK, job.info())


def _ask(job: BulkJob) -> Reply:
    if job.running and not job.running.ask():
        job.state = "InProgress"
    return Reply(HTTPStatus.OK, job.info())


def _carry_out(org: Org, job: BulkJob) -> None:
    cells = job.cells or []
    job.message = org.job_error or _mistake(org, job, cells)
    job.state = "Failed" if job.message or any(_key(org, one) in org.unprocessed for one in cells) else "JobComplete"
    for start in range(0, len(cells), _TOGETHER):
        _carry_out_together(org, job, cells[start : start + _TOGETHER])


def _carry_out_together(org: Org, job: BulkJob, together: Iterable[dict[str, str]]) -> None:
    seen: set[str] = set()
    for one in together:
        key = _key(org, one)
        if job.message or key in org.unprocessed:
            job.results["unprocessedrecords"].append(one)
            continue
        twice = key.lower() in seen
        seen.add(key.lower())
        name, result = ("failedResults", _TWICE) if twice else _written(org, one)
        if key not in org.unnamed:
            job.results[name].append({**result, **one})


def _written(org: Org, cells: dict[str, str]) -> tuple[str, dict[str, str]]:
    said = org.upsert({name: _value(org, name, text) for name, text in cells.items() if text})
    if said["success"]:
        return "successfulResults", {"sf__Id": said["id"], "sf__Created": str(said["created"]).lower()}
    error = said["errors"][0]
    return "failedResults", {"sf__Id": "", "sf__Error": f"{error['statusCode']}:{error['message']}:--"}


def _value(org: Org, name: str, text: str) -> str | bool | None:
    if name == org.status_field and text in {"true", "false"}:
        return text == "true"
    return None if text == "#N/A" else text


def _mistake(org: Org, job: BulkJob, cells: list[dict[str, str]]) -> str:
    ending = job.said["lineEnding"]
    if job.text.partition("\n")[0].endswith("\r") != (ending == "CRLF"):
        return f"InvalidBatch : LineEnding is invalid on user data. Current LineEnding setting is {ending}"
    unknown = {name for one in cells[:1] for name in one} - org.columns()
    return f"InvalidBatch : Field name not found : {min(unknown)}" if unknown else ""


def _result(job: BulkJob, name: str) -> Reply:
    # In another order than they were sent, and the columns in that of the alphabet.
    extra = {"successfulResults": ["sf__Id", "sf__Created"], "failedResults": ["sf__Id", "sf__Error"]}.get(name, [])
    text = StringIO(newline="")
    writer = csv.DictWriter(
        text, [*extra, *sorted((job.cells or [{}])[0])], lineterminator=_ENDINGS[job.said["lineEnding"]]
    )
    writer.writeheader()
    writer.writerows(reversed(job.results[name]))
    return Reply(HTTPStatus.OK, text.getvalue().encode(), {"Content-Type": "text/csv; charset=UTF-8"})


def _key(org: Org, cells: dict[str, str]) -> str:
    return cells.get(org.external_id_field, "")


def _error(status: HTTPStatus, code: str, message: str) -> Reply:
    return Reply(status, [{"message": message, "errorCode": code}])
