"""A segment that does not say who answers for it, or says it wrongly, does not load; one sentence says what to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.activation.conftest import Project

    NewProject = Callable[[Path], Project]

Settings = dict[str, Any]
GOOD: Settings = {"owner": "a@example.org", "goal": "orders", "expected_size": [10, 5000], "review_by": "2027-01-01"}
WRONG: dict[str, tuple[Settings, str]] = {
    "no_owner": ({"owner": None}, "its owner is missing"),
    "blank_owner": ({"owner": " "}, "its owner must be one name"),
    "no_goal": ({"goal": None}, "its goal is missing"),
    "no_size": ({"expected_size": None}, "its expected_size is missing"),
    "one_size": ({"expected_size": 10}, "its expected_size must be two whole numbers"),
    "size_in_words": ({"expected_size": ["ten", "many"]}, "its expected_size must be two whole numbers"),
    "size_reversed": ({"expected_size": [5000, 10]}, "its expected_size must be two whole numbers"),
    "no_review": ({"review_by": None}, "its review_by is missing"),
    "no_such_day": ({"review_by": "next year"}, "its review_by is 'next year', which is no day"),
    "misspelt": ({"ower": "a@example.org"}, "its ower is no field that a segment has"),
    "holds_back_what": ({"holds_back": "everything"}, "its holds_back is 'everything', which is not known"),
}


CHECK = (
    "{%% set model = model_node('%s') %%}"
    "select 1 {%% if execute %%}{%% do check_segment(model, model.config.meta.segment) %%}{%% endif %%}"
)


def described(name: str, settings: Settings, description: str = "Silent buyers.") -> dict[str, Any]:
    said = {key: value for key, value in settings.items() if value is not None}
    return {"name": name, "description": description, "config": {"meta": {"segment": said}}}


@pytest.fixture(scope="module")
def answers(new_project: NewProject, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """What compilation says of each case."""
    project = new_project(tmp_path_factory.mktemp("segment_settings"))
    models = [described(case, GOOD | change) for case, (change, _) in WRONG.items()]
    models += [described("good", GOOD), described("undescribed", GOOD, " ")]
    for model in models:
        name = model["name"]
        project.write(f"models/{name}.sql", "select 1 as nothing")
        project.write(f"models/checks/check_{name}.sql", CHECK % name)
    project.write("models/_models.yml", yaml.safe_dump({"models": models}))
    results = project.dbt("run", "--select", "checks")
    return {result["unique_id"].rsplit(".check_", 1)[1]: result["message"] for result in results}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_setting_is_named_with_its_segment(answers: dict[str, str | None], case: str) -> None:
    assert f"The segment '{case}' does not load: {WRONG[case][1]}" in (answers[case] or "")


def test_a_segment_that_says_everything_loads_and_one_that_nobody_described_does_not(
    answers: dict[str, str | None],
) -> None:
    assert "does not load" not in (answers["good"] or "")
    assert "its description is missing" in (answers["undescribed"] or "")


def test_a_company_says_by_a_var_what_a_package_cannot_know(new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(tmp_path)
    project.write("models/win_back.sql", "select 1 as nothing")
    project.write("models/segments/segment_settings.sql", "{{ segment_settings() }}")
    project.write("models/_models.yml", yaml.safe_dump({"models": [described("win_back", GOOD)]}))
    changed = "{segment_settings: {win_back: {owner: b@example.org, expected_size: [1, 2], holds_back: promotions}}}"
    [result] = project.dbt("run", "--select", "segment_settings", "--vars", changed)
    assert result["status"] == "success", result["message"]
    with duckdb.connect(str(project.database), read_only=True) as connection:
        rows = connection.execute("select * exclude (review_by) from segments.segment_settings").fetchall()
    assert rows == [("win_back", "b@example.org", "orders", 1, 2, True)]
    misspelt = "{segment_settings: {winback: {goal: calm}}}"
    [result] = project.dbt("run", "--select", "segment_settings", "--vars", misspelt)
    assert "'winback', which is no segment" in result["message"]
