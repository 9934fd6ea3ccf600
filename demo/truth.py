"""What is true and no model may read: who is behind each record, what was broken, and what campaigns did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from demo.arrays import Bools, Text, filled, mapped, only, text
from demo.behaviour.campaigns import CAMPAIGNS
from demo.frames import NOBODY
from demo.options import KINDS

if TYPE_CHECKING:
    from demo.mess.rows import Raw
    from demo.world import World


TRUTH: dict[str, dict[str, str]] = {
    "people": {
        "person_id": "varchar",
        "first_name": "varchar",
        "last_name": "varchar",
        "birth_date": "date",
        "gender": "varchar",
        "country": "varchar",
        "email": "varchar",
        "phone": "varchar",
        "is_test": "boolean",
        "household_id": "varchar",
    },
    "record_owners": {
        "record_id": "varchar",
        "person_id": "varchar",
        "mess": "varchar",
        "is_identifiable": "boolean",
    },
    "broken_rows": {"raw_table": "varchar", "primary_key": "varchar", "record_id": "varchar", "kind": "varchar"},
    "campaign_effects": {
        "campaign_id": "varchar",
        "metric": "varchar",
        "control_rate": "double",
        "treatment_rate": "double",
        "effect": "double",
    },
    "campaign_outcomes": {
        "send_id": "varchar",
        "converted": "boolean",
        "converts_untreated": "boolean",
        "converts_treated": "boolean",
    },
}
"""The truth tables: column → DuckDB type. No model reads them."""


def people(world: World) -> pa.Table:
    """One row a person."""
    persons, contacts = world.persons, world.contacts
    birth = np.array(persons.birth_date, dtype="datetime64[D]")
    return pa.table(
        {
            "person_id": strings(persons.person_id),
            "first_name": strings(persons.first_name),
            "last_name": strings(persons.last_name),
            "birth_date": pa.array(birth, type=pa.date32()),
            "gender": strings(persons.gender),
            "country": strings(persons.names("code")),
            "email": strings(contacts.email),
            "phone": strings(contacts.phone),
            "is_test": pa.array(persons.is_test),
            "household_id": strings(text(f"H{number:08d}" for number in persons.household.tolist())),
        }
    )


def record_owners(world: World, parts: list[Raw]) -> pa.Table:
    """One row for each primary key of a table; rows without a key are no records."""
    key = np.concatenate([part.frame.keys for part in parts])
    kept = _first_of_each(key)
    owner = np.concatenate([part.frame.owner for part in parts])[kept]
    mess = np.concatenate([part.frame.mess for part in parts])[kept]
    table = parts[0].frame.table.name
    return pa.table(
        {
            "record_id": strings(np.asarray(f"{table}:" + key[kept], dtype=object)),
            "person_id": strings(only(owner != NOBODY, world.persons.person_id[owner])),
            "mess": strings(text(KINDS)[mess]),
            "is_identifiable": pa.array(np.concatenate([part.identifiable for part in parts])[kept]),
        }
    )


def broken_rows(parts: list[Raw]) -> pa.Table:
    """Every row that cannot be read, and why."""
    key = np.concatenate([part.frame.keys for part in parts])
    kind = np.concatenate([part.broken for part in parts])
    rows = filled(kind)
    table = parts[0].frame.table.name
    named = mapped(lambda value: f"{table}:{value}" if value else None, key[rows])
    return pa.table(
        {
            "raw_table": strings(np.full(int(rows.sum()), table, dtype=object)),
            "primary_key": strings(key[rows]),
            "record_id": strings(named),
            "kind": strings(kind[rows]),
        }
    )


def _first_of_each(key: Text) -> Bools:
    """Rows with a key that no earlier row has. The latest version of a record comes first."""
    seen: set[str] = set()
    result = np.zeros(len(key), dtype=bool)
    for row, value in enumerate(key):
        if value and value not in seen:
            seen.add(value)
            result[row] = True
    return result


def campaign_outcomes(world: World) -> pa.Table:
    """For each send what happened, and what would have happened without and with it."""
    trials = world.trials
    return pa.table(
        {
            "send_id": strings(world.chunk.ids("N", len(trials.owner))),
            "converted": pa.array(trials.converted),
            "converts_untreated": pa.array(trials.converts_untreated),
            "converts_treated": pa.array(trials.converts_treated),
        }
    )


@dataclass(frozen=True)
class Effects:
    """Counts of each campaign, added up over the chunks."""

    assigned: np.ndarray
    untreated: np.ndarray
    treated: np.ndarray

    @classmethod
    def none(cls) -> Effects:
        """Before the first chunk."""
        return cls(*(np.zeros(len(CAMPAIGNS), dtype=np.int64) for _ in range(3)))

    def plus(self, world: World) -> Effects:
        """With one chunk more."""
        trials, size = world.trials, len(CAMPAIGNS)
        return replace(
            self,
            assigned=self.assigned + np.bincount(trials.campaign, minlength=size),
            untreated=self.untreated + np.bincount(trials.campaign[trials.converts_untreated], minlength=size),
            treated=self.treated + np.bincount(trials.campaign[trials.converts_treated], minlength=size),
        )

    def table(self) -> pa.Table:
        """The mean outcomes of everybody in each campaign: the effect is known, not estimated."""
        count = np.maximum(self.assigned, 1)
        control, treatment = self.untreated / count, self.treated / count
        return pa.table(
            {
                "campaign_id": pa.array([campaign.campaign_id for campaign in CAMPAIGNS]),
                "metric": pa.array(["conversion_14d"] * len(CAMPAIGNS)),
                "control_rate": pa.array(control),
                "treatment_rate": pa.array(treatment),
                "effect": pa.array(treatment - control),
            }
        )


def strings(column: Text) -> pa.Array:
    """A text column as Arrow."""
    return pa.array(column, type=pa.string(), from_pandas=True)
