from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from orchestration.as_of import VARIABLE, chosen_as_of
from warehouse import KindredError, Settings

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def _project(folder: Path, variables: str) -> Settings:
    (folder / "dbt_project.yml").write_text(f"name: shop\nvars: {variables}\n")
    return Settings(home=folder, project=folder, destinations=folder)


def test_a_project_without_a_day_of_its_own_moves_with_the_calendar(tmp_path: Path) -> None:
    assert chosen_as_of(_project(tmp_path, "{default_country: DE}"), MOMENT) == "2026-03-01 04:00:00"


@pytest.mark.parametrize("variables", ['{as_of: "2020-01-01"}', '{kindred: {as_of: "2020-01-01"}}'])
def test_a_day_that_the_project_fixes_stands(tmp_path: Path, variables: str) -> None:
    assert chosen_as_of(_project(tmp_path, variables), MOMENT) is None


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _project(tmp_path, '{as_of: "2020-01-01"}')
    monkeypatch.setenv(VARIABLE, "2025-06-01 12:00:00")
    assert chosen_as_of(settings, MOMENT) == "2025-06-01 12:00:00"
    monkeypatch.setenv(VARIABLE, "2025-06-01T12:00:00+02:00")
    assert chosen_as_of(settings, MOMENT) == "2025-06-01 10:00:00"
    monkeypatch.setenv(VARIABLE, "now")
    assert chosen_as_of(settings, MOMENT) == "2026-03-01 04:00:00"


def test_what_is_no_time_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "yesterday")
    with pytest.raises(KindredError, match="no timestamp"):
        chosen_as_of(_project(tmp_path, "{}"), MOMENT)


def test_a_moment_elsewhere_is_told_in_utc(tmp_path: Path) -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=9)))
    assert chosen_as_of(_project(tmp_path, "{}"), there) == "2026-03-01 04:00:00"
