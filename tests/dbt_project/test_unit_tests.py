"""The rules of the models: every dbt unit test, on the warehouse that a whole run built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration.dbt import Dbt
from warehouse import exclusive

if TYPE_CHECKING:
    from warehouse import Settings

pytestmark = pytest.mark.slow


def test_every_rule_holds(built_warehouse: Settings) -> None:
    with exclusive(built_warehouse):
        outcome = Dbt(built_warehouse).invoke("test", "--select", "test_type:unit")
    assert not outcome.exception, outcome.exception
    results = list(outcome.result)
    assert len(results) > 100
    assert [result.node.name for result in results if result.status != "pass"] == []
