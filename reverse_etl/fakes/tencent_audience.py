"""A Tencent Ads audience: files of hashed numbers that are processed later, and error codes inside HTTP 200."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply
from reverse_etl.fakes._jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_BYTES: Final = 100_000_000
_CLOCK_SECONDS: Final = 300
_LONGEST_NONCE: Final = 32
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_ADD: Final = ("POST", "/v1.3/custom_audience_files/add")
_GET: Final = ("GET", "/v1.3/custom_audience_files/get")


@dataclass
class TencentFake(Fake):
    """Holds the hashes of one audience; nothing takes effect before its file is processed.

    Attributes:
        account_id, audience_id: the only ones that there are.
        fails: every file ends as ERROR.
        members: the hashes in the audience.
        jobs: the files, by id.
        lines: how many lines each file has, and how many are valid.
        nonces: those that were used.
    """

    account_id: str = "5000"
    audience_id: str = "6000"
    fails: bool = False
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: Jobs = field(default_factory=Jobs)
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Reply:
        """Take a file, or say what became of one; what is wrong is said with 200."""
        wrong = self._unsigned(call.query)
        if wrong:
            return _said(11000, wrong)
        if (call.method, call.path) == _ADD:
            return self._add(call)
        if (call.method, call.path) == _GET:
            return self._get(call.query)
        return Reply(HTTPStatus.NOT_FOUND, b"")

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The members, by hash."""
        return self.members

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there, by hash."""
        self.members.update({key: dict(fields) for key, fields in people.items()})

    def _unsigned(self, query: Mapping[str, str]) -> str | None:
        nonce, stamp = query.get("nonce", ""), query.get("timestamp", "")
        if query.get("access_token") != self.token:
            return "access_token is invalid"
        if not stamp.isdecimal() or abs(time.time() - int(stamp)) > _CLOCK_SECONDS:
            return "timestamp is too far away"
        if not 1 <= len(nonce) <= _LONGEST_NONCE or nonce in self.nonces:
            return "nonce is missing, too long or was used before"
        self.nonces.add(nonce)
        return None

    def _add(self, call: Call) -> Reply:
        form = _form(call)
        if (form.get("account_id"), form.get("audience_id")) != (self.account_id, self.audience_id):
            return _said(18001, "account_id or audience_id does not exist")
        if form.get("user_id_type") != "HASH_MOBILE_PHONE" or form.get("operation_type") not in {"APPEND", "REDUCE"}:
            return _said(18002, "user_id_type or operation_type is invalid")
        if not form.get("file") or len(call.body) > _MOST_BYTES:
            return _said(18003, "the file is empty or too large")
        return self._start(form["operation_type"], form["file"].splitlines())

    def _start(self, operation: str, lines: list[str]) -> Reply:
        valid = [line for line in lines if _MD5.fullmatch(line) and line not in self.refused]
        name = self.jobs.start(lambda: self._work(operation, valid), self.job_polls)
        self.lines[name] = (len(lines), len(valid))
        return _said(0, "", {"custom_audience_file_id": int(name)})

    def _work(self, operation: str, hashes: list[str]) -> None:
        for one in () if self.fails else hashes:
            if operation == "APPEND":
                self.members[one] = {}
            else:
                self.members.pop(one, None)

    def _get(self, query: Mapping[str, str]) -> Reply:
        name = query.get("custom_audience_file_id", "")
        job = self.jobs.known.get(name)
        if job is None or query.get("account_id") != self.account_id:
            return _said(0, "", {"list": []})
        ended = job.ask()
        lines, valid = self.lines[name]
        file = {"custom_audience_file_id": int(name), "process_status": "PROCESSING"}
        counts = {"line_count": lines, "valid_line_count": valid, "error_message": "unreadable" if self.fails else ""}
        status = {"process_status": "ERROR" if self.fails else "SUCCESSFUL", **counts} if ended else {}
        return _said(0, "", {"list": [{**file, **status}]})


def _form(call: Call) -> dict[str, str]:
    head = b"Content-Type: " + call.headers.get("content-type", "").encode() + b"\r\n\r\n"
    parts = BytesParser().parsebytes(head + call.body).get_payload()
    found = [part for part in parts if isinstance(part, Message)] if isinstance(parts, list) else []
    names = [str(part.get_param("name", header="content-disposition")) for part in found]
    return {name: str(part.get_payload()) for name, part in zip(names, found, strict=True)}


def _said(code: int, message: str, data: dict[str, Any] | None = None) -> Reply:
    return Reply(HTTPStatus.OK, {"code": code, "message": message, "message_cn": message, "data": data or {}})
