"""Check what was sent, and what a fake answered, against the specifications that vendors publish."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathNotFound
from openapi_core.testing import MockRequest, MockResponse
from werkzeug.datastructures import ImmutableMultiDict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_etl.fakes import Call, Reply, Serving

_BESIDE = Path(__file__).parents[4] / "shared" / "specs"
FOLDER = Path(os.environ.get("KINDRED_SPECS") or _BESIDE)
HERE = "http://127.0.0.1"
_CONFIG = Config(spec_validator_cls=None, extra_media_type_deserializers={"application/problem+json": json.loads})
_SPECS = {
    "hubspot": ("hubspot_contacts_v3.json", "hubspot_lists_v3.json"),
    "klaviyo": ("klaviyo_profiles.json", "klaviyo_lists.json"),
    "mailchimp": ("mailchimp_lists_v3.json",),
    "sendgrid": ("sendgrid_contacts_v3.json", "sendgrid_lists_v3.json"),
}


def vendor(kind: str) -> str:
    """Whose specification a kind is held against."""
    return kind.partition("_")[0]


def check_all(kind: str, serving: Serving) -> set[tuple[str, str]]:
    """The methods and paths that were checked.

    Raises:
        OpenAPIError: a request or an answer is not as the vendor specifies.
    """
    answered = [(call, reply) for call, reply in serving.seen if reply is not None]
    for call, reply in answered:
        check(kind, call, reply)
    return {(call.method, call.path) for call, _reply in answered}


def check(kind: str, call: Call, reply: Reply) -> None:
    """One request and its answer."""
    url = urlsplit(call.url)
    request = MockRequest(
        HERE,
        call.method.lower(),
        url.path,
        args=dict(parse_qsl(url.query)),
        headers=dict(call.headers),
        data=call.body or None,
        content_type=call.headers.get("content-type", "application/json"),
    )
    request.parameters.query = ImmutableMultiDict(parse_qsl(url.query))
    kind_of_body = reply.headers.get("Content-Type", _kind_of_body(kind)).partition(";")[0]
    response = MockResponse(reply.content(), reply.status, dict(reply.headers), kind_of_body)
    specification = _specification_of(kind, request)
    specification.validate_request(request)
    if reply.content():
        specification.validate_response(request, response)


def _kind_of_body(kind: str) -> str:
    return "application/vnd.api+json" if vendor(kind) == "klaviyo" else "application/json"


def _specification_of(kind: str, request: MockRequest) -> OpenAPI:
    for specification in specifications(vendor(kind)):
        try:
            specification.validate_request(request)
        except PathNotFound:
            continue
        except OpenAPIError:
            pass  # the caller asks again and shows it
        return specification
    raise AssertionError(f"{request.method} {request.path} is in none of the vendor's specifications")


@cache
def specifications(name: str) -> tuple[OpenAPI, ...]:
    """The vendor's specifications, whose servers are this machine."""
    return tuple(_load(FOLDER / file) for file in _SPECS[name])


def _load(path: Path) -> OpenAPI:
    content: dict[str, Any] = json.loads(path.read_text())
    content["servers"] = [{"url": HERE}]
    return OpenAPI.from_dict(content, config=_CONFIG)


def missing(kinds: Iterable[str]) -> list[Path]:
    """The specifications that are not here."""
    return [path for kind in kinds for file in _SPECS[vendor(kind)] if not (path := FOLDER / file).exists()]
