"""The benchmark of segments and audiences runs, on few rows: in the campaign, as it takes a minute of a processor."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from benchmarks.audiences import measure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.campaign
@pytest.mark.timeout(1200)
def test_the_same_models_are_measured_in_each_step(tmp_path: Path) -> None:
    steps = list(islice(measure(500, tmp_path), 4))  # the next day is one more change
    assert [step.name for step in steps] == ["bare", "full", "same", "1% changed"]
    assert all(step.models.keys() == steps[0].models.keys() for step in steps)
    assert {"win_back", "audience_decisions", "pending_records"} <= steps[0].models.keys()
    assert all(step.active > 0 for step in steps[3:])
