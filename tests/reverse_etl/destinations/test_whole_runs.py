"""Whole runs against the fakes: after each the destination holds the audience, and whoever else was there.

Six destinations stand for the others: steps that hand on ids, or look them up with another credential; a job, also of
hashes; a job whose contacts are read back; a status field.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl.fakes import FAKES, serving

if TYPE_CHECKING:
    from tests.reverse_etl.conftest import World

TABLES: dict[str, dict[str, Any]] = {
    "customerio": {"segment_id": "7", "site_id": "a site", "app_token_env": "APP", "app_url": "{url}", "key": "email"},
    "google_data_manager": {
        "operating_account_id": "1234567890",
        "audience_id": "8000",
        "terms_of_service_accepted": True,
        "ad_personalization": False,
    },
    "hubspot_list": {"list_id": "77"},
    "klaviyo_list": {"list_id": "Y6nRLr"},
    "salesforce": {
        "object": "Contact",
        "external_id_field": "email",
        "status_field": "In_Audience__c",
        "key": "email",
    },
    "sendgrid": {"list_id": "ca1b40cd-8d5b-4b0c-9d5b-2f6f5a4f2a01"},
}
FAKE: dict[str, dict[str, Any]] = {"salesforce": {"external_id_field": "email"}}
STRANGER = "stranger@example.com"


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(TABLES))
def test_a_destination_holds_the_audience_after_every_run(world: World, kind: str) -> None:
    with serving(FAKES[kind](job_polls=0, **FAKE.get(kind, {}))) as one:
        world.environment.update(TOKEN=one.fake.token, APP=getattr(one.fake, "app_token", "-"))
        _configure(world, kind, one.url)
        one.fake.hold({_held_as(kind, STRANGER): {}})
        for names in ("abcd", "bcde", "bcde"):
            people = world.people(*names)
            world.want(people)
            asked = len(one.seen)
            result = world.run()
            assert result.status == "succeeded", result
            assert set(one.fake.held()) == {_held_as(kind, key) for key in (*people, STRANGER)}
            assert (len(one.seen) == asked) == (result.plan.changes == 0)
        looked_up = [call.path for call, _reply in one.seen if call.path.endswith("/batch/read")]
    assert not looked_up  # HubSpot's ids come from the receipts


def _held_as(kind: str, key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest() if kind == "google_data_manager" else key


def _configure(world: World, kind: str, url: str) -> None:
    table = {"type": kind, "base_url": url, "token_env": "TOKEN", "first_wait_seconds": 0.001, **TABLES[kind]}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in table.items()).replace("{url}", url)
    world.settings.destinations.write_text(f"[demo_webhook]\n{lines}\n")
