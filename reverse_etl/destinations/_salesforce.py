"""Salesforce's settings, what can be wrong with them, and what its statuses mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from reverse_etl._errors import RateLimited
from reverse_etl.destinations._http import retry_after
from reverse_etl.destinations._oauth import OAuthSettings, oauth_problems
from reverse_etl.destinations._people import ensure

if TYPE_CHECKING:
    from reverse_etl.destinations._contract import Response

_GRANTS: Final = ("refresh_token", "client_credentials")
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
    if not re.fullmatch(r"v[0-9]+\.0", settings.version):
        found.append(("version", "must look like v62.0."))
    return found


def ensure_taken(settings: SalesforceSettings, response: Response) -> None:
    """Return if the status is a 2xx.

    Raises:
        RateLimited: the allowance of the day is used up.
        DeliveryError: another one that says what to do.
        StopDelivery: nobody but a person can do anything about it.
    """
    if response.status == HTTPStatus.FORBIDDEN and b"REQUEST_LIMIT_EXCEEDED" in response.body:
        raise RateLimited("403: REQUEST_LIMIT_EXCEEDED", retry_after(response))
    names = f"{settings.object}, {settings.external_id_field} and version"
    advice = {
        401: f"Salesforce refuses the session: renew {settings.token_env}.",
        403: f"Salesforce refuses the user: it needs the API and the right to edit {settings.object}.",
        404: f"Salesforce has no such object or field: look at {names}.",
    }
    ensure(response, advice)
