"""Results against simulated people whose effect is known, and against scipy; through the real models, in one batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.activation.conftest import Project

pytestmark = pytest.mark.slow

Row = dict[str, Any]
REAL = ("assignments", "memberships", "arms", "members", "outcomes", "totals", "arm_pairs", "sample_ratios",
        "conversions", "revenues", "sizes", "results")  # fmt: skip
SEEDS, PEOPLE, EFFECTS, TREATED_BETTER = 400, 2000, 200, 600
AS_OF = "2026-03-01 00:00:00"
SIMULATED = f"""
create schema activation;
create schema customer_360;
create schema consent;
create table consent.suppressions (customer_id varchar, reason varchar);
create table activation.syncs (sync varchar, holdout_share double, conversion_days bigint, holdout_until timestamp);
create table activation.sync_holdouts (sync varchar, customer_id varchar, reason varchar);
create table activation.experiment_exposures (experiment_id varchar, customer_id varchar);

-- the same people in each A/A run, who buy or do not whatever the toss; and other people in each run with an effect
create table activation.experiment_candidates as
    select 'audience:aa' || seed as experiment_id, 'aa' || seed as salt, 'p' || one as unit_id,
        'p' || one as customer_id, 0.5 as holdout_share
    from range({SEEDS}) as s(seed), range({PEOPLE}) as p(one)
    union all
    select 'audience:ab' || seed, 'ab' || seed, 'e' || seed || '-' || one, 'e' || seed || '-' || one, 0.2
    from range({EFFECTS}) as s(seed), range({TREATED_BETTER}) as p(one);
create table activation.experiment_units as
    select distinct customer_id, customer_id as current_customer_id, unit_id from activation.experiment_candidates;

-- one in ten buys untreated, one in five more treated; the toss is reckoned here again, from its definition
create table truth as
    select
        experiment_id,
        customer_id,
        hash(customer_id, 'untreated') % 10 = 0 as buys_untreated,
        hash(customer_id, 'untreated') % 10 = 0
        or (experiment_id like 'audience:ab%' and hash(customer_id, 'treated') % 5 = 0) as buys_treated,
        cast('0x' || substr(md5(salt || ':' || unit_id), 1, 8) as bigint) % 10000 >= 10000 * holdout_share as is_treated
    from activation.experiment_candidates;
create table customer_360.orders as
    select distinct 'o' || customer_id as order_id, customer_id, timestamp '2026-01-05' as ordered_at,
        true as is_counted,
        cast(20 + hash(customer_id, 'basket') % 100 as decimal(18, 4)) as net_amount
    from truth
    where case when is_treated then buys_treated else buys_untreated end;

-- a tool that lost a fifth of its controls
create table activation.campaign_assignments as
    select 'r' || one as record_id, 'broken' as campaign_id, if(one % 2 = 0, 'treatment', 'control') as arm,
        0.5 as treatment_share, 14 as conversion_days, timestamp '2026-01-01' as assigned_at, 'p' || one as customer_id
    from range({PEOPLE}) as p(one) where one % 10 != 1;
"""


@dataclass(frozen=True)
class Batch:
    """The results of every simulated experiment, what was bought in it, and its true effect."""

    results: dict[str, Row]
    arms: dict[str, dict[str, np.ndarray[Any, Any]]]
    truth: dict[str, float]

    def named(self, prefix: str) -> list[Row]:
        return [row for name, row in self.results.items() if name.startswith(prefix)]


@pytest.fixture(scope="module")
def batch(new_project: Callable[[Path], Project], tmp_path_factory: pytest.TempPathFactory) -> Batch:
    project = new_project(tmp_path_factory.mktemp("statistics"))
    for model in REAL:
        project.copy_model(f"experiments/experiment_{model}")
    (project.folder / "home").mkdir()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(SIMULATED)
        stubs = "select table_schema, table_name from information_schema.tables where table_schema != 'main'"
        for schema, table in connection.execute(stubs).fetchall():
            project.write(f"models/{schema}/stubs/{table}.sql", "select 1 as nothing")
    project = project.read_once()
    run = ("--exclude", "path:models/*/stubs", "--vars")
    project.build(*run, '{as_of: "2026-01-01 00:00:00"}', "--select", "experiment_assignments")
    project.build(*run, f'{{as_of: "{AS_OF}"}}')
    with duckdb.connect(str(project.database), read_only=True) as connection:
        return Batch(_results(connection), _arms(connection), dict(connection.execute(
            "select experiment_id, avg(buys_treated::int) - avg(buys_untreated::int) from truth group by all"
        ).fetchall()))  # fmt: skip


def _results(connection: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    found = connection.execute("select * from activation.experiment_results")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {str(row["experiment_id"]): row for row in rows}


def _arms(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, np.ndarray[Any, Any]]]:
    """The revenue of each customer, by experiment and arm."""
    rows = connection.execute(
        "select experiment_id, arm, list(revenue::double) from activation.experiment_outcomes group by all"
    ).fetchall()
    found: dict[str, dict[str, np.ndarray[Any, Any]]] = {}
    for experiment, arm, revenues in rows:
        found.setdefault(experiment, {})[arm] = np.array(revenues)
    return found


def most_by_chance(tries: int, chance: float) -> int:
    """How many of so many tries succeed at most, but for one time in a thousand."""
    return int(stats.binom.ppf(0.999, tries, chance))


def test_a_toss_without_an_effect_is_significant_five_times_in_a_hundred(batch: Batch) -> None:
    runs = batch.named("audience:aa")
    assert len(runs) == SEEDS
    significant = [row for row in runs if row["status"] == "significant"]
    assert all(row["status"] in {"significant", "not significant"} for row in runs)
    assert SEEDS - most_by_chance(SEEDS, 0.95) <= len(significant) <= most_by_chance(SEEDS, 0.05)
    moved = [row for row in runs if not row["revenue_lift_low"] <= 0 <= row["revenue_lift_high"]]
    assert SEEDS - most_by_chance(SEEDS, 0.95) <= len(moved) <= most_by_chance(SEEDS, 0.05)


def test_a_known_effect_lies_within_its_interval_and_nobody_bought_who_was_not_tossed_as_defined(batch: Batch) -> None:
    runs = batch.named("audience:ab")
    assert len(runs) == EFFECTS
    missed = [row for row in runs if not row["lift_low"] <= batch.truth[row["experiment_id"]] <= row["lift_high"]]
    assert len(missed) <= most_by_chance(EFFECTS, 0.05)
    lifts = [row["lift"] - batch.truth[row["experiment_id"]] for row in runs]
    assert abs(float(np.mean(lifts))) < 3 * float(np.std(lifts)) / math.sqrt(EFFECTS)
    assert sum(row["status"] == "significant" for row in runs) > EFFECTS * 0.9


def test_a_broken_split_is_found_and_says_no_more(batch: Batch) -> None:
    broken = batch.results["campaign:broken"]
    assert broken["status"] == "blocked: the split is not the planned one"
    assert broken["sample_ratio_p_value"] == pytest.approx(stats.chisquare([1000, 800]).pvalue, abs=1e-6)
    shown = {name for name, value in broken.items() if value is not None}
    assert shown.isdisjoint({"treated_rate", "held_out_rate", "lift", "p_value", "revenue_lift", "incremental_revenue"})


def test_every_figure_is_scipys(batch: Batch) -> None:
    for row in [*batch.named("audience:aa")[:40], *batch.named("audience:ab")[:40]]:
        arms = batch.arms[row["experiment_id"]]
        treated, held_out = arms["treatment"], arms["control"]
        welch = stats.ttest_ind(treated, held_out, equal_var=False).confidence_interval(0.95)
        assert (row["revenue_lift_low"], row["revenue_lift_high"]) == pytest.approx((welch.low, welch.high), abs=1e-3)
        bought = [int((one > 0).sum()) for one in (treated, held_out)]
        sizes = [len(treated), len(held_out)]
        table = [bought, [size - one for size, one in zip(sizes, bought, strict=True)]]
        assert row["z"] ** 2 == pytest.approx(stats.chi2_contingency(table, correction=False).statistic, abs=1e-4)
        assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(row["z"])), abs=2e-6)
        assert row["incremental_conversions"] == pytest.approx(bought[0] - sizes[0] * bought[1] / sizes[1], abs=1e-3)


def test_the_quantile_of_students_t_is_as_near_as_it_says(
    tmp_path: Path, new_project: Callable[[Path], Project]
) -> None:
    project = new_project(tmp_path)
    project.write(
        "models/activation/quantiles.sql",
        "select df, {{ student_quantile_975('df') }} as t from (select unnest([5.0, 10.0, 30.0, 1000.0]) as df) as d",
    )
    project.build()
    with duckdb.connect(str(project.database), read_only=True) as connection:
        rows = connection.execute("select df, t from activation.quantiles").fetchall()
    for degrees, quantile in rows:
        assert float(quantile) == pytest.approx(stats.t.ppf(0.975, float(degrees)), abs=0.003 if degrees < 10 else 2e-4)
