"""Salesforce: PATCH `/composite/sobjects/{object}/{external id field}`, up to 200 rows, a status field for membership.

    {"allOrNone": false, "records": [
        {"attributes": {"type": "Contact"}, "Kindred_Id__c": "c-1", "In_Audience__c": true, "City__c": "Bonn"}]}

Additions and updates are upserts by an external id and set the status field. Leaving sets the status field to the
leaver's value and deletes nobody: an upsert would make people who are no longer there, so the ids are looked up first
(a query inside POST `/composite`, so that no key stands in an address) and then updated. Somebody who is not there
has left. A null clears the field.

Traps: a 200 carries success per row, in order; 403 may be REQUEST_LIMIT_EXCEEDED, which is a rate limit; a locked row
is worth another attempt; text is compared without case. Members are read back by the status field.

A run of more than `bulk_above` additions and updates sends them as jobs of up to 10,000, and a last batch that is small
as ever: see `_salesforce_jobs.py`. Nobody leaves by a job: ids have to be looked up 200 at a time, so that it would
save half of the calls, and a withdrawal takes effect at once instead of when a queue comes to it.

`token_env` holds a session id or an access token, or by `grant` what access tokens are given for. Read: Salesforce's
pages on sObject collections, queries, composite and Bulk API 2.0. Not verified against a real account.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from reverse_etl._errors import AnswerLost, StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Held, Onward, Outcome, Record, Run
from reverse_etl.destinations._api import answered_json, bearer, json_request, open_api
from reverse_etl.destinations._contract import (
    Configured,
    Destination,
    Facts,
    Kind,
    Many,
    Reader,
    Request,
    Response,
    Step,
)
from reverse_etl.destinations._oauth import renewal
from reverse_etl.destinations._people import words
from reverse_etl.destinations._rows import NOT_SAID
from reverse_etl.destinations._salesforce import SalesforceSettings, ensure_taken, member_row, problems, refused
from reverse_etl.destinations._salesforce_jobs import AT_ONCE, ROWS_OF_A_JOB, job_steps, needs_job, question_steps
from reverse_etl.destinations._soql import with_keys, with_value

if TYPE_CHECKING:
    from pathlib import Path

_GONE: Final = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"})


def build_request(settings: SalesforceSettings, batch: Batch) -> Request:
    """The upserts of one batch."""
    path = f"{settings.root}/composite/sobjects/{settings.object}/{settings.external_id_field}"
    return _rows(settings, path, [member_row(settings, record) for record in batch.records])


def look_up(settings: SalesforceSettings, batch: Batch) -> Request:
    """Which records have the keys, or the ids that earlier answers gave for them."""
    keys = [record.record_key for record in batch.records]
    ids = [record.external_id for record in batch.records if record.external_id]
    query = with_keys(settings.object, settings.external_id_field, keys, ids)
    inner = {"method": "GET", "referenceId": "found", "url": f"{settings.root}/query/?q={quote(query)}"}
    return json_request("POST", f"{settings.base_url}{settings.root}/composite", {"compositeRequest": [inner]})


def found(settings: SalesforceSettings, batch: Batch, response: Response) -> list[Outcome | Onward]:
    """Those who are there go on with their id; the others have left."""
    ensure_taken(settings, response)
    rows = _found_rows(response)
    ids = {str(row["Id"]) for row in rows}
    by_key = {str(row.get(settings.external_id_field)).casefold(): str(row["Id"]) for row in rows}
    return [_next(record, ids, by_key) for record in batch.records]


def leave(settings: SalesforceSettings, batch: Batch) -> Request:
    """The updates that say that people have left."""
    left = {settings.status_field: settings.status(member=False)}
    rows = [{"id": record.external_id, **left} for record in batch.records]
    return _rows(settings, f"{settings.root}/composite/sobjects", rows)


def parse_response(settings: SalesforceSettings, batch: Batch, response: Response) -> list[Outcome]:
    """One outcome per record, by its place."""
    ensure_taken(settings, response)
    results = answered_json(response)
    if not isinstance(results, list) or len(results) != len(batch.records):
        return [NOT_SAID] * len(batch.records)
    return [_outcome(record, result) for record, result in zip(batch.records, results, strict=True)]


def _rows(settings: SalesforceSettings, path: str, rows: list[dict[str, Any]]) -> Request:
    typed = [{"attributes": {"type": settings.object}, **row} for row in rows]
    return json_request("PATCH", f"{settings.base_url}{path}", {"allOrNone": False, "records": typed})


def _next(record: Record, ids: set[str], by_key: dict[str, str]) -> Outcome | Onward:
    # An id of an earlier answer wins: somebody may have changed the key at Salesforce since.
    if record.external_id in ids:
        return Onward(record.external_id)
    known = by_key.get(record.record_key.casefold())
    return Onward(known) if known else ACCEPTED


def _outcome(record: Record, result: Any) -> Outcome:
    if not isinstance(result, dict) or not isinstance(result.get("success"), bool):
        return NOT_SAID
    if result["success"]:
        return Outcome("accepted", external_id=result.get("id"))
    said = result.get("errors")
    errors = [error for error in said if isinstance(error, dict)] if isinstance(said, list) else []
    codes = {str(error.get("statusCode")) for error in errors}
    if record.operation == "remove" and codes & _GONE:
        return ACCEPTED
    reason = "; ".join(f"{error.get('statusCode')}: {words(error.get('message'))}" for error in errors)
    return refused(codes, reason)


def _found_rows(response: Response) -> list[dict[str, Any]]:
    try:
        answer = answered_json(response)["compositeResponse"][0]
        status, body = answer["httpStatusCode"], answer["body"]
        if status == HTTPStatus.OK:
            return [{**row, "Id": row["Id"]} for row in body["records"]]
        # Its message quotes the query, and with it the keys.
        raise StopDelivery(f"Salesforce cannot look people up ({body[0].get('errorCode')}): look at the fields.")
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise AnswerLost("Salesforce's answer has no records") from error


def page(settings: SalesforceSettings, columns: tuple[str, ...], cursor: str | None) -> Request:
    """The request for one page of the members and their fields."""
    names = [settings.external_id_field, *columns]
    query = with_value(settings.object, names, settings.status_field, settings.status(member=True))
    path = cursor or f"{settings.root}/query/?q={quote(query)}"
    return Request("GET", f"{settings.base_url}{path}", b"")


def members(
    settings: SalesforceSettings, columns: tuple[str, ...], response: Response
) -> tuple[list[Held], str | None]:
    """Who is on a page, with their fields, and where the next one is."""
    ensure_taken(settings, response)
    body = answered_json(response)
    key = settings.external_id_field
    try:
        rows = [row for row in body["records"] if row.get(key)]
        held = [Held(str(row[key]), {name: row.get(name) for name in columns}) for row in rows]
        return held, body.get("nextRecordsUrl")
    except (AttributeError, KeyError, TypeError) as error:
        raise AnswerLost("Salesforce's answer has no records") from error


def _open(configured: Configured, run: Run, home: Path) -> Destination:
    settings: SalesforceSettings = configured.settings
    parse = partial(parse_response, settings)
    write = Step(partial(build_request, settings), parse, needed=lambda batch: not needs_job(settings, batch))
    facts = Facts(
        batch_size=AT_ONCE,
        max_bytes=100_000_000,
        idempotent=True,
        identifiers=frozenset({settings.key}),
        personal_data="plain",
        many=Many(settings.bulk_above, ROWS_OF_A_JOB),
    )
    return open_api(
        configured,
        facts,
        add=(write, *job_steps(settings)),
        remove=(Step(partial(look_up, settings), partial(found, settings)), Step(partial(leave, settings), parse)),
        headers=bearer,
        auth=renewal(configured, home),
        poll=question_steps(settings),
        read=Reader(partial(page, settings, run.columns), partial(members, settings, run.columns)),
    )


KIND = Kind(SalesforceSettings, problems, _open)
