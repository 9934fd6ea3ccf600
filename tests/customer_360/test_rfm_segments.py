from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import pytest

SEED = Path(__file__).parents[2] / "dbt_project" / "seeds" / "rfm_segments.csv"
CELLS = list(product(range(1, 6), repeat=3))


def named_by_definition(recency: int, frequency: int, monetary: int) -> str:
    rules = (
        ("Champions", recency >= 4 and frequency >= 4 and monetary >= 4),
        ("Cannot lose", recency <= 2 and frequency >= 4 and monetary >= 4),
        ("Loyal", recency >= 3 and frequency >= 4),
        ("At risk", recency <= 2 and frequency >= 3),
        ("Need attention", recency == 3 and frequency == 3),
        ("Potential loyalist", recency >= 4 and frequency in (2, 3)),
        ("New", recency == 5 and frequency == 1),
        ("Promising", recency == 4 and frequency == 1),
        ("About to sleep", recency == 3 and frequency <= 2),
        ("Hibernating", recency == 2 and frequency <= 2),
        ("Lost", recency == 1 and frequency <= 2),
    )
    return next(name for name, holds in rules if holds)


def names_in_seed(scores: dict[str, int]) -> list[str]:
    with SEED.open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["priority"]))
    return [
        row["rfm_segment"]
        for row in rows
        if all(int(row[f"{name}_from"]) <= score <= int(row[f"{name}_to"]) for name, score in scores.items())
    ]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: "".join(map(str, cell)))
def test_the_seed_names_each_of_the_125_cells_as_the_definition_does(cell: tuple[int, int, int]) -> None:
    names = names_in_seed(dict(zip(("recency", "frequency", "monetary"), cell, strict=True)))
    assert names[0] == named_by_definition(*cell)
