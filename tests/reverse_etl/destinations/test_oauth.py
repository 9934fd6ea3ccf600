from __future__ import annotations

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reverse_etl.destinations import KINDS
from reverse_etl.destinations._oauth import Renewal
from reverse_etl.fakes import FAKES, Reply, serving
from reverse_etl.fakes._faults import Fault
from reverse_etl.fakes._tokens import WithTokens
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_etl.fakes import Serving
    from tests.reverse_etl.conftest import World

REFRESH = {"grant_type": "refresh_token", "refresh_token": "refresh me", "client_id": "app"}
CLIENT = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "refresh me"}
SALESFORCE = {"object": "Contact", "external_id_field": "email", "status_field": "In_Audience__c", "key": "email"}
GOOGLE = {
    "operating_account_id": "1234567890",
    "audience_id": "8000",
    "terms_of_service_accepted": True,
    "ad_personalization": False,
}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ACCOUNT = {
    "client_email": "kindred@example.iam.gserviceaccount.com",
    "private_key": KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
}


@pytest.fixture
def vendor(world: World) -> Iterator[Serving]:
    """A Salesforce org that takes short-lived tokens only, and gives them for a refresh token."""
    fake = WithTokens(
        inner=FAKES["salesforce"](external_id_field="email"),
        accepts=lambda form: form == REFRESH,  # type: ignore[call-arg]
    )
    with serving(fake) as one:
        _configure(world, "salesforce", one, {**SALESFORCE, "grant": "refresh_token", "client_id": "app"})
        yield one


@pytest.mark.parametrize(
    ("kind", "table", "form"),
    [
        ("salesforce", {**SALESFORCE, "grant": "refresh_token", "client_id": "app"}, REFRESH),
        ("salesforce", {**SALESFORCE, "grant": "client_credentials", "client_id": "app"}, CLIENT),
        (
            "salesforce",
            {**SALESFORCE, "grant": "refresh_token", "client_id": "app", "client_secret_env": "SECRET"},
            {**REFRESH, "client_secret": "a secret"},
        ),
        (
            "google_data_manager",
            {**GOOGLE, "grant": "refresh_token", "client_id": "app"},
            {**REFRESH, "scope": "https://www.googleapis.com/auth/datamanager"},
        ),
        ("linkedin_audience", {"segment_id": "10804", "grant": "refresh_token", "client_id": "app"}, REFRESH),
    ],
)
def test_a_run_asks_for_a_token_once_and_delivers(
    world: World, kind: str, table: Mapping[str, Any], form: Mapping[str, str]
) -> None:
    inner = FAKES[kind]()
    inner.external_id_field = "email"  # type: ignore[attr-defined]
    inner.job_polls = 0
    with serving(WithTokens(inner=inner, accepts=lambda said: said == form, expires_in=3600)) as one:
        _configure(world, kind, one, table)
        world.want(world.people("a", "b", "c"))
        result = world.run()
        assert result.status == "succeeded", result
        assert len(one.fake.held()) == 3
        assert one.fake.given == 1  # type: ignore[attr-defined]
        assert not [call for call, _ in one.seen if "refresh me" in str(call.headers)]


def test_a_service_account_signs_for_itself(world: World) -> None:
    said: list[Mapping[str, str]] = []
    fake = WithTokens(inner=FAKES["google_data_manager"](job_polls=0), accepts=lambda form: not said.append(form))  # type: ignore[call-arg, func-returns-value]
    with serving(fake) as one:
        _configure(world, "google_data_manager", one, {**GOOGLE, "grant": "service_account"}, json.dumps(ACCOUNT))
        world.want(world.people("a"))
        assert world.run().status == "succeeded"
        assert list(one.fake.held()) == [hashlib.sha256(b"a@example.com").hexdigest()]
    address = f"{one.url}/services/oauth2/token"
    claims = jwt.decode(said[0]["assertion"], KEY.public_key(), algorithms=["RS256"], audience=address)
    assert said[0]["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert claims["iss"] == ACCOUNT["client_email"]
    assert claims["scope"] == "https://www.googleapis.com/auth/datamanager"
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize(
    "key", ["", "no JSON", "[]", '{"client_email": "a"}', '{"client_email": "a", "private_key": "b"}']
)
def test_a_key_that_is_none_is_said_before_the_first_request(world: World, key: str) -> None:
    with serving(FAKES["google_data_manager"]()) as one:
        _configure(world, "google_data_manager", one, {**GOOGLE, "grant": "service_account"}, key or " ")
        world.want(world.people("a"))
        with pytest.raises(KindredError, match=r"TOKEN: must hold the JSON key of a service account"):
            world.run()
        assert not one.seen


def test_a_token_that_ends_within_a_run_is_renewed_and_nobody_is_lost(world: World, vendor: Serving) -> None:
    vendor.fake.ends_after = 4  # type: ignore[attr-defined]
    people = world.people(*(f"p{number}" for number in range(1_900)))
    world.want(people)
    assert world.run().status == "succeeded"
    assert set(vendor.fake.held()) == set(people)
    assert vendor.fake.given == 2  # type: ignore[attr-defined]
    taken = [call for call, reply in vendor.seen if reply and reply.status == 200 and call.method == "PATCH"]
    assert len(taken) == 10


def test_a_client_that_is_refused_stops_the_run_in_one_sentence(world: World, vendor: Serving) -> None:
    vendor.fake.accepts = lambda _form: False  # type: ignore[attr-defined]
    world.want(world.people("a"))
    result = world.run()
    assert result.status == "failed"
    assert result.message is not None
    assert "gives no access token (invalid_grant): look at grant, client_id and TOKEN." in result.message
    assert "refresh me" not in result.message
    assert not vendor.fake.held()
    assert {call.path for call, _ in vendor.seen} == {"/services/oauth2/token"}


def test_a_token_that_is_refused_again_stops_the_run(world: World, vendor: Serving) -> None:
    vendor.fake.inner.answer = lambda _call: Reply(401, [{"errorCode": "INVALID_SESSION_ID"}])  # type: ignore[attr-defined]
    world.want(world.people("a"))
    result = world.run()
    assert result.status == "failed"
    assert "renew TOKEN" in (result.message or "")
    assert vendor.fake.given == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["unavailable", "error", "rate_limit", "close"])
def test_a_vendor_that_gives_no_token_now_is_asked_again(world: World, vendor: Serving, kind: str) -> None:
    vendor.fail(Fault(kind, value="0" if kind == "rate_limit" else None))  # type: ignore[arg-type]
    world.want(world.people("a"))
    assert world.run().status == "succeeded"
    assert set(vendor.fake.held()) == {"a@example.com"}


def test_a_vendor_that_gives_no_token_at_all_took_nobody(world: World, vendor: Serving) -> None:
    vendor.fail(Fault("close", times=20))
    world.want(world.people("a"))
    assert world.run().status == "failed"
    assert not vendor.fake.held()
    said = world.sql("select distinct outcome from activation.receipts")
    assert said == [("retryable",)]


def test_workers_share_a_token_and_a_renewal() -> None:
    given, at_once = [], threading.Barrier(4)

    def fetch() -> tuple[str, float | None]:
        given.append(f"token {len(given)}")
        return given[-1], None

    auth = Renewal(fetch)

    def first(request: httpx.Request) -> str:
        at_once.wait()
        flow = auth.sync_auth_flow(request)
        next(flow)
        at_once.wait()
        return flow.send(httpx.Response(401)).headers["Authorization"]

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(first, [httpx.Request("GET", "http://127.0.0.1/") for _ in range(4)]))
    assert found == {"Bearer token 1"}
    assert given == ["token 0", "token 1"]


@pytest.mark.parametrize(("lives", "given"), [(3600.0, 1), (None, 1), (0.0, 3)])
def test_a_token_is_used_until_it_is_about_to_end(lives: float | None, given: int) -> None:
    asked = []
    auth = Renewal(lambda: (f"token {len(asked)}", asked.append(1) or lives))  # type: ignore[func-returns-value]
    for _ in range(3):
        next(auth.sync_auth_flow(httpx.Request("GET", "http://127.0.0.1/")))
    assert len(asked) == given


@pytest.mark.parametrize(
    ("kind", "table", "field", "sentence"),
    [
        ("salesforce", {"grant": "service_account"}, "grant", "must be refresh_token or client_credentials"),
        ("google_data_manager", {"grant": "client_credentials"}, "grant", "must be refresh_token or service_account"),
        ("linkedin_audience", {"grant": "password"}, "grant", "must be refresh_token;"),
        ("salesforce", {"grant": "refresh_token"}, "client_id", "grant = refresh_token needs it"),
        ("salesforce", {"client_id": "app"}, "client_id", "is used with `grant` only"),
        ("linkedin_audience", {"client_secret_env": "SECRET"}, "client_secret_env", "is used with `grant` only"),
        (
            "google_data_manager",
            {"grant": "service_account", "token_url": "http://example.com/token"},
            "token_url",
            "must begin with https://",
        ),
    ],
)
def test_what_is_wrong_is_said_by_its_field(kind: str, table: Mapping[str, Any], field: str, sentence: str) -> None:
    needed = {"salesforce": SALESFORCE, "google_data_manager": GOOGLE, "linkedin_audience": {"segment_id": "1"}}[kind]
    base = {"base_url": "https://example.com", "token_env": "TOKEN"}
    problems = KINDS[kind].problems(KINDS[kind].settings(**base, **needed, **table))
    assert [name for name, said in problems if sentence in said] == [field], problems


def _configure(
    world: World,
    kind: str,
    one: Serving,
    fields: Mapping[str, Any],
    token: str = "refresh me",  # noqa: S107 - no secret
) -> None:
    world.environment.update(TOKEN=token, SECRET="a secret")  # noqa: S106 - no secret
    quick = {"attempts": 3, "first_wait_seconds": 0.001, "longest_wait_seconds": 0.01, "timeout_seconds": 2.0}
    addresses = {"base_url": one.url, "token_url": f"{one.url}/services/oauth2/token"}
    table = {"type": kind, **addresses, "token_env": "TOKEN", **quick, **fields}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in table.items())
    world.settings.destinations.write_text(f"[demo_webhook]\n{lines}\n")
