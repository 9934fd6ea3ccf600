"""What became of the models' unit tests, which run once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orchestration.dbt import Dbt
from warehouse import exclusive

if TYPE_CHECKING:
    from tests.conftest import Copied


@pytest.fixture(scope="session")
def unit_tests(copied: Copied) -> list[Any]:
    """dbt's result of each unit test, on the warehouse that a whole run built."""
    with copied() as settings, exclusive(settings):
        outcome = Dbt(settings).invoke("test", "--select", "test_type:unit")
    assert not outcome.exception, outcome.exception
    return list(outcome.result)  # type: ignore[arg-type]
