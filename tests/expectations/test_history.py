from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from expectations._history import History, forget, keep, read
from expectations._results import ExpectationResult, SuiteResult
from warehouse import Settings

if TYPE_CHECKING:
    from pathlib import Path

FAILED = ExpectationResult("…", "critical", passed=False, observed="")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, project=tmp_path, destinations=tmp_path)


def _build(name: str, customers: int, *failures: ExpectationResult) -> SuiteResult:
    return SuiteResult("customers", name, failures, {"customers": customers})


def test_the_usual_is_the_median_of_the_last_five_builds() -> None:
    builds = tuple({"customers": size} for size in (1, 100, 110, 120, 130, 9000))
    assert History(builds).typical("customers") == 120
    assert History().typical("customers") is None


def test_a_build_that_failed_never_becomes_the_usual(settings: Settings) -> None:
    keep(settings, _build("a", 100), "2026-07-01")
    keep(settings, _build("b", 5, FAILED), "2026-07-02")
    assert read(settings, "customers", "c", "2026-07-03").builds == ({"customers": 100},)


def test_a_past_day_is_not_compared_with_what_came_after(settings: Settings) -> None:
    keep(settings, _build("a", 100), "2026-07-01")
    keep(settings, _build("b", 200), "2026-08-01")
    assert read(settings, "customers", "c", "2026-07-15").last("customers") == 100
    assert read(settings, "customers", "c", "2026-06-15").last("customers") is None


def test_a_build_is_not_compared_with_itself_nor_after_forgetting(settings: Settings) -> None:
    keep(settings, _build("a", 100), "2026-07-01")
    assert read(settings, "customers", "a", "2026-07-01").builds == ()
    forget(settings)
    assert read(settings, "customers", "b", "2026-07-01").builds == ()
