"""Klaviyo's bulk import jobs: start one, ask about it, read its errors page by page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import httpx

from reverse_etl._records import Outcome
from reverse_etl.destinations._contract import Step
from reverse_etl.destinations._http import ensure_answered
from reverse_etl.destinations._klaviyo import (
    PAGE,
    KlaviyoSettings,
    api_request,
    clears_own,
    comparable,
    next_cursor,
    profile_of,
)
from reverse_etl.destinations._rows import answered_object, at_most

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reverse_etl._records import Batch
    from reverse_etl.destinations._contract import Request, Response

_JOBS: Final = "/api/profile-bulk-import-jobs"
_RUNNING: Final = frozenset({"queued", "processing"})
_NO_JOB: Final = Outcome("unknown", "Klaviyo took the profiles without saying in which job")


def build_write(settings: KlaviyoSettings, also: Mapping[str, Any], list_id: str, batch: Batch) -> Request:
    """Create or update profiles: a job, or one request for a profile that clears a field of Klaviyo's own.

    Args:
        settings: which field the key is.
        also: custom properties that every profile gets.
        list_id: a list that the job puts them on; empty for none.
        batch: the records.

    Raises:
        BatchRefused: one of several has to go alone.
    """
    alone = any(clears_own(record) for record in batch.records)
    at_most(batch, 1 if alone else len(batch.records))
    profiles = [profile_of(settings, also, record) for record in batch.records]
    if alone:
        return api_request("POST", f"{settings.base_url}/api/profile-import", profiles[0])
    return build_job(settings, profiles, list_id)


def build_job(settings: KlaviyoSettings, profiles: Sequence[Mapping[str, Any]], list_id: str = "") -> Request:
    """A bulk import job."""
    data: dict[str, Any] = {"type": "profile-bulk-import-job", "attributes": {"profiles": {"data": list(profiles)}}}
    if list_id:
        data["relationships"] = {"lists": {"data": [{"type": "list", "id": list_id}]}}
    return api_request("POST", f"{settings.base_url}{_JOBS}", data)


def parse_write(batch: Batch, response: Response) -> list[Outcome]:
    """Pending with the job's id, or accepted with that of the profile which went alone."""
    ensure_answered(response)
    data = answered_object(response).get("data") or {}
    if data.get("type") == "profile":
        return [Outcome("accepted", None, data.get("id"))]
    return [Outcome("pending", str(data["id"])) if data.get("id") else _NO_JOB] * len(batch.records)


def job_step(settings: KlaviyoSettings) -> Step:
    """The step that asks what became of a job."""
    return Step(partial(ask_job, settings), partial(parse_job, settings), next_errors)


def ask_job(settings: KlaviyoSettings, batch: Batch) -> Request:
    """Ask about a job."""
    return api_request("GET", f"{settings.base_url}{_JOBS}/{quote(batch.job or '', safe='')}")


def next_errors(request: Request, response: Response) -> Request | None:
    """The next page of a job's import errors, once it has ended and has some."""
    if response.status != httpx.codes.OK:
        return None
    body = answered_object(response)
    cursor = next_cursor(body)
    if isinstance(body.get("data"), dict):
        attributes = body["data"].get("attributes") or {}
        if attributes.get("status") in _RUNNING or not attributes.get("failed_count"):
            return None
    elif not cursor:
        return None
    query = {"page[size]": str(PAGE)} | ({"page[cursor]": cursor} if cursor else {})
    return api_request("GET", f"{request.url}/import-errors?{urlencode(query)}")


def parse_job(settings: KlaviyoSettings, batch: Batch, response: Response) -> list[Outcome]:
    """Pending while the job runs; then rejected for whom an error names, and accepted for the others.

    Where more failed than the errors name, nobody else of the job is known to be taken.
    """
    if response.status == httpx.codes.NOT_FOUND:
        return [Outcome("unknown", "Klaviyo no longer knows the job")] * len(batch.records)
    for page in (response, *response.more):
        ensure_answered(page)
    job = (answered_object(response).get("data") or {}).get("attributes") or {}
    if job.get("status") in _RUNNING:
        return [Outcome("pending", batch.job)] * len(batch.records)
    if job.get("status") != "complete":
        return [Outcome("unknown", f"Klaviyo ended the job as {job.get('status')}")] * len(batch.records)
    named = _failures(settings, response.more)
    silent = (job.get("failed_count") or 0) > len(named) or (job.get("total_count") or 0) < len(batch.records)
    others = Outcome("unknown", "Klaviyo counts failures that it does not name") if silent else Outcome("accepted")
    return [
        named.get(comparable(record.record_key), named.get(record.external_id or "", others))
        for record in batch.records
    ]


def _failures(settings: KlaviyoSettings, pages: Sequence[Response]) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for error in (one["attributes"] for page in pages for one in answered_object(page, data=list)["data"]):
        payload = error.get("original_payload") or {}
        names = (comparable((payload.get("attributes") or payload).get(settings.identifier)), payload.get("id") or "")
        key = next((name for name in names if name), None)
        if key:
            found[key] = Outcome("rejected", f"{error.get('title')}: {error.get('detail')}")
    return found
