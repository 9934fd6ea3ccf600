"""A list of customers at Google Data Manager: requests that fail as a whole or are processed later."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply
from reverse_etl.fakes._jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 10_000
_MOST_IDENTIFIERS: Final = 10
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_HASHED: Final = frozenset({"emailAddress", "phoneNumber"})


@dataclass
class GoogleFake(Fake):
    """Holds the hashes of one list; nothing takes effect before its request is processed.

    Attributes:
        account_id, audience_id: the only ones that there are.
        fails: every request ends as FAILED.
        members: the hashes in the list.
        jobs: the requests, by id.
        partial: the requests that some of their people are left out of.
    """

    account_id: str = "1234567890"
    audience_id: str = "8000"
    fails: bool = False
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: Jobs = field(default_factory=Jobs)
    partial: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Reply:
        """Take a request, or say what became of one."""
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return _error(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if (call.method, call.path) == ("GET", "/v1/requestStatus:retrieve"):
            return self._status(call.query.get("requestId", ""))
        verb = call.path.removeprefix("/v1/audienceMembers:")
        if call.method != "POST" or verb not in {"ingest", "remove"}:
            return _error(HTTPStatus.NOT_FOUND, "NOT_FOUND", "No such method.")
        return self._take(verb, call.json())

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The members, by hash."""
        return self.members

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there, by hash."""
        self.members.update({key: dict(fields) for key, fields in people.items()})

    def _take(self, verb: str, body: dict[str, Any]) -> Reply:
        wrong = self._wrong(verb, body)
        if wrong:
            return _error(HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT", wrong)
        if body.get("validateOnly"):
            return Reply(HTTPStatus.OK, {})
        hashes = [value for member in body["audienceMembers"] for value in _hashes(member)]
        job = self.jobs.start(lambda: self._work(verb, hashes), self.job_polls)
        self.partial |= {job} if self.refused & set(hashes) else set()
        return Reply(HTTPStatus.OK, {"requestId": job})

    def _work(self, verb: str, hashes: list[str]) -> None:
        for one in hashes:
            if self.fails or one in self.refused:
                continue
            if verb == "ingest":
                self.members[one] = {}
            else:
                self.members.pop(one, None)

    def _wrong(self, verb: str, body: dict[str, Any]) -> str | None:
        destinations, members = body.get("destinations") or [{}], body.get("audienceMembers") or []
        account = destinations[0].get("operatingAccount") or {}
        if account != {"accountType": "GOOGLE_ADS", "accountId": self.account_id}:
            return "operatingAccount is not accessible"
        if destinations[0].get("productDestinationId") != self.audience_id:
            return "productDestinationId does not exist"
        if body.get("encoding") != "HEX" or not 1 <= len(members) <= _MOST:
            return f"encoding is required, and 1 to {_MOST} members"
        return self._wrong_terms(body) if verb == "ingest" else self._wrong_member(members)

    def _wrong_terms(self, body: dict[str, Any]) -> str | None:
        terms = (body.get("termsOfService") or {}).get("customerMatchTermsOfServiceStatus")
        consent = body.get("consent") or {}
        if terms != "ACCEPTED" or consent.get("adUserData") != "CONSENT_GRANTED":
            return "consent and the terms of service of Customer Match are required"
        if consent.get("adPersonalization") not in {"CONSENT_GRANTED", "CONSENT_DENIED"}:
            return "adPersonalization is required"
        return self._wrong_member(body["audienceMembers"])

    def _wrong_member(self, members: list[dict[str, Any]]) -> str | None:
        for member in members:
            hashes = _hashes(member)
            if not 1 <= len(hashes) <= _MOST_IDENTIFIERS or not all(map(_HEX.fullmatch, hashes)):
                return "a member's identifiers are missing or no hex"
            if self.refuses_whole_batch and self.refused & set(hashes):
                return f"the member {hashes[0]} is not allowed"
        return None

    def _status(self, request_id: str) -> Reply:
        job = self.jobs.known.get(request_id)
        if job is None:
            return _error(HTTPStatus.NOT_FOUND, "NOT_FOUND", "The request id does not exist.")
        status: dict[str, Any] = {"requestStatus": self._ended(request_id) if job.ask() else "PROCESSING"}
        if status["requestStatus"] in {"FAILED", "PARTIAL_SUCCESS"}:
            counts = [{"recordCount": "1", "reason": "PROCESSING_ERROR_REASON_INTERNAL_ERROR"}]
            status["errorInfo"] = {"errorCounts": counts}
        return Reply(HTTPStatus.OK, {"requestStatusPerDestination": [status]})

    def _ended(self, request_id: str) -> str:
        if self.fails:
            return "FAILED"
        return "PARTIAL_SUCCESS" if request_id in self.partial else "SUCCESS"


def _hashes(member: dict[str, Any]) -> list[str]:
    identifiers = (member.get("userData") or {}).get("userIdentifiers") or []
    return [str(value) for one in identifiers for name, value in one.items() if name in _HASHED]


def _error(status: HTTPStatus, code: str, message: str) -> Reply:
    return Reply(status, {"error": {"code": int(status), "message": message, "status": code}})
