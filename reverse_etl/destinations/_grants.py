"""How an access token is asked for: one request to the vendor's token endpoint, which says yes, no, or nothing."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from jwt import PyJWTError
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error, ServiceApplicationClient, WebApplicationClient

from reverse_etl._errors import AnswerLost, RateLimited, RetryLater, StopDelivery
from reverse_etl.destinations._contract import Request, Response
from reverse_etl.destinations._http import http_transport, retry_after
from reverse_etl.destinations._kept_tokens import KeptToken, TokenRefused
from reverse_etl.destinations._people import words
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from reverse_etl.destinations._contract import Configured
    from reverse_etl.destinations._oauth import OAuthSettings

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}

Token = tuple[str, float | None]


def fetcher(configured: Configured, home: Path) -> Callable[[], Token]:
    """What asks for an access token, and says it with the seconds that it lives if those are known.

    Args:
        configured: the destination.
        home: the home folder, where refresh tokens are kept that replace the one in the environment.

    Raises:
        KindredError: the key of the service account cannot be read.
    """
    settings: OAuthSettings = configured.settings
    secrets = {name: secret.value for name, secret in configured.secrets.items()}
    key = _key(configured) if settings.grant == "service_account" else {}
    kept = KeptToken(home, settings.token_env, secrets["token"])
    ways: dict[str, Callable[[], Mapping[str, Any]]] = {
        "refresh_token": lambda: kept.renew(lambda token: _ask(settings, _refresh(settings, secrets, token))),
        "client_credentials": lambda: _ask(settings, _credentials(settings, secrets)),
        "service_account": lambda: _ask(settings, _signed(settings, key)),
    }
    return partial(_fetch, ways[settings.grant])


def _refresh(settings: OAuthSettings, secrets: dict[str, str], token: str) -> str:
    secret = {"client_secret": secrets["client_secret"]} if settings.client_secret_env else {}
    client = WebApplicationClient(settings.client_id)
    return str(
        client.prepare_refresh_body(
            refresh_token=token, client_id=settings.client_id, scope=settings.scope or None, **secret
        )
    )


def _credentials(settings: OAuthSettings, secrets: dict[str, str]) -> str:
    client = BackendApplicationClient(settings.client_id)
    scope = settings.scope or None
    return str(client.prepare_request_body(scope=scope, include_client_id=True, client_secret=secrets["token"]))


def _signed(settings: OAuthSettings, key: dict[str, str]) -> str:
    # Lives an hour by itself; the account asks for itself and for nobody else.
    email = key["client_email"]
    client = ServiceApplicationClient("", private_key=key["private_key"], subject=email, issuer=email)
    claims = {"scope": settings.scope}
    return str(client.prepare_request_body(audience=settings.token_endpoint, extra_claims=claims))


def _key(configured: Configured) -> dict[str, str]:
    try:
        key: dict[str, str] = json.loads(configured.secrets["token"].value)
        _signed(configured.settings, key)
    except (KeyError, PyJWTError, TypeError, ValueError) as error:
        raise KindredError(
            f"[{configured.name}] {configured.settings.token_env}: must hold the JSON key of a service account,"
            " as it was downloaded."
        ) from error
    return key


def _fetch(ask: Callable[[], Mapping[str, Any]]) -> Token:
    try:
        said = ask()
    except AnswerLost as error:
        # What waits for the token was not sent.
        raise RetryLater(f"no access token: {error}", error.wait_seconds) from error
    lives = said.get("expires_in")
    return str(said["access_token"]), None if lives is None else float(lives)


def _ask(settings: OAuthSettings, form: str) -> dict[str, Any]:
    request = Request("POST", settings.token_endpoint, form.encode(), _FORM)
    with http_transport(settings.token_endpoint, settings.timeout_seconds) as transport:
        return _said(settings, transport.send(request))


def _said(settings: OAuthSettings, answer: Response) -> dict[str, Any]:
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited("no access token: 429", retry_after(answer))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise AnswerLost(str(answer.status), retry_after(answer))
    try:
        return dict(WebApplicationClient(settings.client_id).parse_request_body_response(answer.body.decode()))
    except (OAuth2Error, TypeError, ValueError) as error:
        why = words(getattr(error, "error", None)) or str(answer.status)
        look = f"look at grant, client_id and {settings.token_env}"
        sentence = f"{settings.token_endpoint} gives no access token ({why}): {look}."
        if answer.status < HTTPStatus.BAD_REQUEST:
            raise StopDelivery(sentence) from error  # what cannot be read may have held a new refresh token
        raise TokenRefused(sentence, is_void=why == "invalid_grant") from error
