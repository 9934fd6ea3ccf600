"""The rules of the models: every dbt unit test, on the warehouse that a whole run built."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_every_rule_holds(unit_tests: list[Any]) -> None:
    assert len(unit_tests) > 300
    assert [result.node.name for result in unit_tests if result.status != "pass"] == []
