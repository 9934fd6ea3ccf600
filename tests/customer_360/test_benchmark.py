"""The benchmark of the layer runs, on few rows: in the campaign, as it takes a minute of a processor."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from benchmarks.customer_360 import Load, measure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.campaign
@pytest.mark.timeout(1200)
def test_the_same_models_are_measured_in_each_step(tmp_path: Path) -> None:
    steps = list(
        islice(measure(Load(customers=300, events=4000, memory="1GB"), tmp_path), 3)
    )  # a day more is a load more
    assert [step.name for step in steps] == ["bare", "full", "late 1%"]
    assert all(step.models.keys() == steps[0].models.keys() for step in steps)
    assert {"interactions", "timeline", "customers"} <= steps[0].models.keys()
    assert all(step.active > 0 for step in steps[2:])
