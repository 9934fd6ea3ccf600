"""Whole runs against the fakes: after each the destination holds the audience, and whoever else was there.

Three destinations stand for the others: steps that hand on ids, a job, a job whose contacts are read back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl.fakes import FAKES, serving

if TYPE_CHECKING:
    from tests.reverse_etl.conftest import World

TABLES: dict[str, dict[str, Any]] = {
    "hubspot_list": {"list_id": "77"},
    "klaviyo_list": {"list_id": "Y6nRLr"},
    "sendgrid": {"list_id": "ca1b40cd-8d5b-4b0c-9d5b-2f6f5a4f2a01"},
}
STRANGER = "stranger@example.com"


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(TABLES))
def test_a_destination_holds_the_audience_after_every_run(world: World, kind: str) -> None:
    with serving(FAKES[kind](job_polls=0)) as one:
        world.environment["TOKEN"] = one.fake.token
        _configure(world, kind, one.url)
        one.fake.hold({STRANGER: {}})
        for names in ("abcd", "bcde", "bcde"):
            people = world.people(*names)
            world.want(people)
            asked = len(one.seen)
            result = world.run()
            assert result.status == "succeeded", result
            assert set(one.fake.held()) == {*people, STRANGER}
            assert (len(one.seen) == asked) == (result.plan.changes == 0)
        looked_up = [call.path for call, _reply in one.seen if call.path.endswith("/batch/read")]
    assert not looked_up  # HubSpot's ids come from the receipts


def _configure(world: World, kind: str, url: str) -> None:
    table = {"type": kind, "base_url": url, "token_env": "TOKEN", "first_wait_seconds": 0.001, **TABLES[kind]}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in table.items())
    world.settings.destinations.write_text(f"[demo_webhook]\n{lines}\n")
