"""A level that does not exist, or thresholds out of order, stop the build with one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.warehouse import Scratch, identity_project
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    folder: Path = tmp_path_factory.mktemp("settings") / "project"
    return identity_project(folder)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"identity_matching": "fuzzy"}, "The variable identity_matching is 'fuzzy', which is not known"),
        ({"matching_thresholds": {"strict": 0.9, "loose": 0.95, "review": 0.5}}, "matching_thresholds is out of order"),
        ({"matching_thresholds": {"strict": 99, "loose": 0.95, "review": 0.5}}, "matching_thresholds is out of order"),
        ({"matching_thresholds": {"strict": 0.9, "loose": 0.9}}, "matching_thresholds says no number for 'review'"),
    ],
)
def test_a_wrong_setting_is_named(project: Scratch, variables: dict[str, Any], sentence: str) -> None:
    with pytest.raises(KindredError, match=sentence):
        project.dbt("compile", "--select", "matching_levels", "likely_links", variables=variables)
