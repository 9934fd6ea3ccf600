"""A Salesforce org: one object, upserts by external id, and the little SOQL that the connector asks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from reverse_etl.fakes._fake import Call, Fake, Reply
from reverse_etl.fakes._salesforce_jobs import BulkJobs

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 200
_ROOT: Final = re.compile(r"/services/data/v[0-9]+\.0")
_SELECT: Final = re.compile(r"SELECT (?P<columns>[\w, ]+) FROM (?P<object>\w+) WHERE (?P<where>.+)", re.DOTALL)
_IN: Final = re.compile(r"(\w+) IN \(((?:'(?:[^'\\]|\\.)*',?)*)\)")
_EQUALS: Final = re.compile(r"(\w+) = (TRUE|FALSE|'(?:[^'\\]|\\.)*')")
_TEXT: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")

Row = dict[str, Any]


@dataclass
class SalesforceFake(Fake):
    """Holds the records of one object.

    Attributes:
        object, external_id_field, status_field: their names.
        fields: the other fields that the object has.
        locked: keys whose rows are locked the next time they are written.
        limited: how many of the next calls are over the limit of the day.
        page_rows: the most records on one page of a query.
        unprocessed: keys that a job does not come to.
        unnamed: keys of which no result of a job tells.
        job_error: why jobs fail as a whole; empty when they do not.
        job_bytes: the largest upload of a job.
        jobs: the bulk jobs.
        rows: the records, by Id.
    """

    object: str = "Contact"
    external_id_field: str = "Kindred_Id__c"
    status_field: str = "In_Audience__c"
    fields: frozenset[str] = frozenset({"FirstName", "City__c"})
    locked: set[str] = field(default_factory=set)
    limited: int = 0
    page_rows: int = 2_000
    unprocessed: set[str] = field(default_factory=set)
    unnamed: set[str] = field(default_factory=set)
    job_error: str = ""
    job_bytes: int = 100_000_000
    jobs: BulkJobs = field(default_factory=BulkJobs)
    rows: dict[str, Row] = field(default_factory=dict)

    def answer(self, call: Call) -> Reply:
        """Upsert, update, or answer a query."""
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return _error(HTTPStatus.UNAUTHORIZED, "INVALID_SESSION_ID", "Session expired or invalid")
        if self.limited:
            self.limited -= 1
            return _error(HTTPStatus.FORBIDDEN, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        resource = call.method, _ROOT.sub("", call.path, count=1)
        if resource[0] == "GET" and resource[1].startswith("/query/"):
            return self._page(call)
        if resource[1].startswith("/jobs/ingest"):
            return self.jobs.answer(self, resource[1], call)
        if resource == ("POST", "/composite"):
            return self._composite(call.json()["compositeRequest"])
        return self._collections(resource, call)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The records whose status field is true, by external id."""
        members = [row for row in self.rows.values() if row.get(self.status_field)]
        return {row[self.external_id_field]: row for row in members}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there."""
        for key, fields in people.items():
            self._create({**fields, self.external_id_field: key, self.status_field: True})

    def _collections(self, resource: tuple[str, str], call: Call) -> Reply:
        ways = {
            ("PATCH", f"/composite/sobjects/{self.object}/{self.external_id_field}"): self.upsert,
            ("PATCH", "/composite/sobjects"): self._update,
        }
        if resource not in ways:
            return _error(HTTPStatus.NOT_FOUND, "NOT_FOUND", "The requested resource does not exist")
        records = call.json().get("records") or []
        if len(records) > _MOST or any(one.get("attributes") != {"type": self.object} for one in records):
            return _error(HTTPStatus.BAD_REQUEST, "EXCEEDED_MAX_SIZE_REQUEST", f"at most {_MOST} typed records")
        if self.refuses_whole_batch and any(one.get(self.external_id_field) in self.refused for one in records):
            return _error(HTTPStatus.BAD_REQUEST, "JSON_PARSER_ERROR", "Cannot deserialize a record")
        return Reply(HTTPStatus.OK, [ways[resource](one) for one in records])

    def columns(self) -> set[str]:
        """The fields of the object."""
        return {self.external_id_field, self.status_field, *self.fields}

    def upsert(self, record: Row) -> Row:
        """Write one record, and say what came of it."""
        key = record.get(self.external_id_field)
        wrong = self._wrong(record, str(key))
        if wrong:
            return wrong
        known = [number for number, row in self.rows.items() if _same(row[self.external_id_field], key)]
        values = {name: value for name, value in record.items() if name != "attributes"}
        if not known:
            return {"id": self._create(values), "success": True, "created": True, "errors": []}
        self.rows[known[0]].update(values)
        return {"id": known[0], "success": True, "created": False, "errors": []}

    def _update(self, record: Row) -> Row:
        row = self.rows.get(record.get("id", ""))
        if row is None:
            return _failed("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        wrong = self._wrong(record, row[self.external_id_field])
        if not wrong:
            row.update({name: value for name, value in record.items() if name not in {"attributes", "id"}})
        return wrong or {"id": record["id"], "success": True, "errors": []}

    def _wrong(self, record: Row, key: str) -> Row | None:
        unknown = record.keys() - {"attributes", "id"} - self.columns()
        if unknown:
            return _failed("INVALID_FIELD", f"No such column '{min(unknown)}' on {self.object}")
        if key in self.locked:
            self.locked.discard(key)
            return _failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        if key in self.refused:
            return _failed("FIELD_CUSTOM_VALIDATION_EXCEPTION", f"{key} is not allowed")
        return None

    def _create(self, values: Row) -> str:
        number = f"003{len(self.rows):015}"
        self.rows[number] = dict(values)
        return number

    def _composite(self, requests: list[Row]) -> Reply:
        url = urlsplit(requests[0]["url"])
        found = self._found(parse_qs(url.query)["q"][0])
        body = {"totalSize": len(found), "done": True, "records": found}
        said = {"body": body, "httpHeaders": {}, "httpStatusCode": 200, "referenceId": requests[0]["referenceId"]}
        return Reply(HTTPStatus.OK, {"compositeResponse": [said]})

    def _page(self, call: Call) -> Reply:
        _, _, start = call.path.rpartition("-")
        begin = int(start) if start.isdecimal() else 0
        found = self._found(call.query["q"])
        page = found[begin : begin + self.page_rows]
        body = {"totalSize": len(found), "done": begin + self.page_rows >= len(found), "records": page}
        query = urlsplit(call.url).query
        more = {"nextRecordsUrl": f"/services/data/v62.0/query/01g-{begin + self.page_rows}?{query}"}
        return Reply(HTTPStatus.OK, body if body["done"] else {**body, **more})

    def _found(self, query: str) -> list[Row]:
        select = _SELECT.fullmatch(query)
        if not select or select["object"] != self.object:
            raise ValueError(f"this fake does not understand {query}")
        rows = [{"Id": number, **row} for number, row in self.rows.items()]
        columns = select["columns"].split(", ")
        return [{name: row.get(name) for name in columns} for row in rows if _matches(row, select["where"])]


def _matches(row: Row, where: str) -> bool:
    within = [(name, _TEXT.findall(values)) for name, values in _IN.findall(where)]
    if any(_same(row.get(name), _plain(value)) for name, values in within for value in values):
        return True
    equal = _EQUALS.fullmatch(where)
    if not equal:
        return False
    value = row.get(equal[1])
    return bool(value) is (equal[2] == "TRUE") if "'" not in equal[2] else _same(value, _plain(equal[2][1:-1]))


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _same(one: object, other: object) -> bool:
    return str(one).lower() == str(other).lower()


def _error(status: HTTPStatus, code: str, message: str) -> Reply:
    return Reply(status, [{"message": message, "errorCode": code}])


def _failed(code: str, message: str) -> Row:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}
