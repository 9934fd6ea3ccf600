"""Salesforce's settings, what can be wrong with them, the row of a member, and what its statuses and codes mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._errors import RateLimited
from reverse_etl._records import Outcome
from reverse_etl.destinations._http import retry_after
from reverse_etl.destinations._oauth import OAuthSettings, oauth_problems
from reverse_etl.destinations._people import ensure

if TYPE_CHECKING:
    from reverse_etl._records import Record
    from reverse_etl.destinations._contract import Response

_GRANTS: Final = ("refresh_token", "client_credentials")
_PASSING: Final = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG"})
_OVER_THE_LIMIT: Final[dict[int, bytes]] = {
    HTTPStatus.FORBIDDEN: b"REQUEST_LIMIT_EXCEEDED",
    HTTPStatus.BAD_REQUEST: b"EXCEEDEDQUOTA",
}
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class SalesforceSettings(OAuthSettings):
    """The table of a Salesforce object in destinations.toml; base_url is your own domain (https://….my.salesforce.com)."""

    object: str  # for instance Contact
    external_id_field: str  # unique and marked as external id
    status_field: str  # what says who is in the audience
    member_value: str = ""  # empty: status_field is a checkbox
    leaver_value: str = ""
    version: str = "v62.0"
    key: str = "customer_id"  # the type of the sync's key
    bulk_above: int = 2_000  # more additions and updates of one run than this go as jobs; 0: all of them

    @property
    def token_endpoint(self) -> str:
        """Where tokens are given: at your own domain, unless another address is said."""
        return self.token_url or f"{self.base_url}/services/oauth2/token"

    @property
    def root(self) -> str:
        """The path of this version of the API."""
        return f"/services/data/{self.version}"

    def status(self, *, member: bool) -> str | bool:
        """What the status field says."""
        text = self.member_value if member else self.leaver_value
        return text or member


def problems(settings: SalesforceSettings) -> list[tuple[str, str]]:
    """What is wrong with the settings, as (field, sentence) pairs."""
    found = oauth_problems(settings, _GRANTS)
    names = ("object", "external_id_field", "status_field")
    found += [(name, "must be an API name.") for name in names if not _NAME.fullmatch(getattr(settings, name))]
    if bool(settings.member_value) != bool(settings.leaver_value):
        found.append(("leaver_value", "must be given with member_value, or neither, for a checkbox."))
    elif settings.member_value and settings.member_value == settings.leaver_value:
        found.append(("leaver_value", "must differ from member_value."))
    if settings.bulk_above < 0:
        found.append(("bulk_above", "must not be negative."))
    if not re.fullmatch(r"v[0-9]+\.0", settings.version):
        found.append(("version", "must look like v62.0."))
    return found


def member_row(settings: SalesforceSettings, record: Record) -> dict[str, Any]:
    """The fields of somebody who is in the audience, with key and status."""
    member = {settings.status_field: settings.status(member=True)}
    return {**record.fields(), settings.external_id_field: record.record_key, **member}


def refused(codes: set[str], reason: str) -> Outcome:
    """The outcome for a row that Salesforce did not write, by its error codes."""
    return Outcome("retryable" if codes & _PASSING else "rejected", reason or "Salesforce gave no reason")


def ensure_taken(settings: SalesforceSettings, response: Response) -> None:
    """Return if the status is a 2xx.

    Raises:
        RateLimited: the allowance of the day is used up: of requests, or of batches in jobs.
        DeliveryError: another one that says what to do.
        StopDelivery: nobody but a person can do anything about it.
    """
    limit = _OVER_THE_LIMIT.get(response.status)
    if limit and limit in response.body.upper():
        raise RateLimited(f"{response.status}: {limit.decode()}", retry_after(response))
    names = f"{settings.object}, {settings.external_id_field} and version"
    advice = {
        401: f"Salesforce refuses the session: renew {settings.token_env}.",
        403: f"Salesforce refuses the user: it needs the API and the right to edit {settings.object}.",
        404: f"Salesforce has no such object or field: look at {names}.",
    }
    ensure(response, advice)
