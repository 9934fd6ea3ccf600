"""`kindred results`: the page, the document, and the demo's truth."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from rich.console import Console

from benchmarks.experiments import campaigns
from orchestration.results import read_results, render_results
from warehouse import REPOSITORY, KindredError, Settings, connect

if TYPE_CHECKING:
    from tests.conftest import Kindred

MODELS = REPOSITORY / "dbt_project" / "models" / "activation" / "experiments" / "_experiments__models.yml"
DOCUMENT = (REPOSITORY / "docs" / "experiments.md").read_text()
_KNOWN = {
    "kind": "campaign", "experiment": "spring", "status": "significant", "treated": 5000, "held_out": 5000,
    "waiting": 0, "lost": 0, "contaminated": 0, "held_out_reached": None, "treated_rate": 0.06, "held_out_rate": 0.05,
    "lift": 0.01, "lift_low": 0.00106549, "lift_high": 0.01893451, "p_value": 0.028295, "incremental_conversions": 50.0,
    "revenue_lift_low": -1.0, "revenue_lift_high": 5.0, "incremental_revenue": 10000.0,
}  # fmt: skip
_NOTHING = {name: None for name in _KNOWN if name.startswith(("lift", "treated_rate", "p_", "revenue", "increm"))}


def columns_of_results() -> list[str]:
    models = yaml.safe_load(MODELS.read_text())["models"]
    [results] = [model for model in models if model["name"] == "experiment_results"]
    return [column["name"] for column in results["columns"]]


def page(*results: dict[str, Any]) -> str:
    console = Console(width=130)
    with console.capture() as captured:
        console.print(render_results(list(results)), highlight=False)
    return captured.get()


def test_the_document_explains_each_column_and_no_other() -> None:
    [section] = re.findall(r"## Every figure\n(.*?)\n## ", DOCUMENT, re.DOTALL)
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == columns_of_results()


def test_the_document_explains_what_the_page_and_the_status_say() -> None:
    [shown] = re.findall(r"## What the page says\n(.*?)\n\*\*Do not", DOCUMENT, re.DOTALL)
    explained = [name for cell in re.findall(r"^\| ([a-z, ]+) \|", shown, re.MULTILINE) for name in cell.split(", ")]
    [head] = [line for line in page(_KNOWN).splitlines() if "campaign  " in line]
    assert [name for name in explained if name != "on the page"] == re.split(r"\s{2,}", head.strip())
    said = set(re.findall(r"then '([^']+)'|else '([^']+)'", (MODELS.parent / "experiment_results.sql").read_text()))
    assert {one or other for one, other in said} == {
        cell for cell in re.findall(r"^\| ([a-z: ]+) \| \w", DOCUMENT, re.MULTILINE) if cell in STATUSES
    } == STATUSES  # fmt: skip


STATUSES = {
    "significant", "not significant", "waiting", "too small", "nobody is held out",
    "blocked: the split is not the planned one", "blocked: the planned split is not stated",
}  # fmt: skip


def line_of(name: str, *results: dict[str, Any]) -> str:
    """The line of the page that begins so, with single spaces."""
    [line] = [line for line in page(*results).splitlines() if line.split()[:1] == [name]]
    return " ".join(line.split())


def test_a_result_is_one_line_with_its_uncertainty() -> None:
    line = line_of("spring", _KNOWN)
    assert line == "spring 5,000 5,000 6.0% / 5.0% +1.0 ± 0.9 +50 +10,000 ± 15,000 significant"


def test_what_cannot_be_said_has_its_reason_and_no_figure() -> None:
    blocked = {**_KNOWN, **_NOTHING, "status": "blocked: the split is not the planned one"}
    waits = {**_KNOWN, **_NOTHING, "status": "waiting", "waiting": 1234, "treated": 0, "held_out": 0}
    assert line_of("spring", blocked) == "spring 5,000 5,000 blocked: the split is not the planned one"
    assert line_of("spring", waits) == "spring 0 0 waiting: 1,234"


def test_who_was_left_out_is_told() -> None:
    text = page({**_KNOWN, "contaminated": 2, "lost": 3, "held_out_reached": 4})
    assert "spring: 2 customers in both arms by a merge: left out." in text
    assert "spring: 3 who were tossed for cannot be found any more: left out." in text
    assert "spring: 4 of those held out have been sent it at some time." in text
    assert "left out" not in page(_KNOWN)


def test_without_an_experiment_or_a_build_one_sentence_says_so(tmp_path: Any) -> None:
    assert page() == "There is no experiment: no campaign has arms, and no audience or promotion a holdout.\n"
    settings = Settings(home=tmp_path, project=REPOSITORY / "dbt_project", destinations=tmp_path / "none.toml")
    with connect(settings):
        pass
    with pytest.raises(KindredError, match="There are no results yet"):
        read_results(settings)


@pytest.mark.slow
def test_the_demos_effects_lie_within_their_intervals(built_warehouse: Settings, kindred: Kindred) -> None:
    found = campaigns(built_warehouse)
    assert len(found) == 6
    assert sum(not row[7] for row in found) <= 1, "of six intervals of 95% two miss in 3 of 100 demos"
    printed = json.loads(kindred(built_warehouse, "results", "--json").stdout)
    assert [list(row) for row in printed] == [columns_of_results()] * len(printed)
    assert {row["kind"] for row in printed} == {"campaign", "audience", "universal"}
    text = kindred(built_warehouse, "results").stdout
    assert all(row["experiment"] in text for row in printed)
    assert all(row["held_out_reached"] in {0, None} for row in printed), "a first run sends nobody who is held out"
