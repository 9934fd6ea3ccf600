"""Score pairs with Splink, in a scratch database that nobody else sees."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import splink
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

from matching._blocking import BLOCKS, CERTAIN, SWAPPED_NAMES
from matching._comparisons import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    import pyarrow as pa

    from matching._comparisons import Comparison, Level

LEAST_SCORE = 0.1
"""Pairs that are less likely one person are not kept."""

_FOUND_BY_CERTAIN_RULES = 0.6
"""The share of the pairs of one person that agree on one of the certain rules."""
_LEAST_DUPLICATES = 0.005
"""Pairs of one person per record that are reckoned with where the certain rules find fewer."""

_TIDY = """
create or replace table people as
select
    identifier_id,
    {columns},
    string_split(emails, ' ') as emails,
    left({first}, 1) as first_letter,
    left({last}, 1) as last_letter
from records
order by identifier_id
"""
_NAMES = ("first_name", "last_name")
_TEXTS = (*_NAMES, "birth_date", "national_id", "street", "street_number", "street_2", "postal_code", "city")


@dataclass(frozen=True)
class Scored:
    """What one comparison of people gave.

    Attributes:
        people: how many were compared.
        scores: identifier_id, other_identifier_id, score, is_contradicted, evidence; ordered by the first two.
        version: changes with the rules, the weights and Splink.
    """

    people: int
    scores: pa.Table
    version: str


def score(scratch: duckdb.DuckDBPyConnection) -> Scored:
    """Compare the people in the table `records` of a scratch database.

    Args:
        scratch: holds `records`, with the columns of `identity.matching_records`; other tables are made in it.
    """
    tidy = [f"nullif(strip_accents(lower(trim({name}))), '') as {name}" for name in _TEXTS]
    scratch.execute(_TIDY.format(columns=", ".join(tidy), first="first_name", last="last_name"))
    people = _count(scratch, "select count(*) from people")
    api = DuckDBAPI(scratch)
    linker = Linker(api.register("people"), _settings(_prior(scratch, people)), log_level=None)
    found = linker.inference.predict(threshold_match_probability=LEAST_SCORE, warning_mode="never")
    scores = scratch.execute(_result(found.physical_name)).to_arrow_table()
    return Scored(people, scores, version())


def version() -> str:
    """A short name of the rules, the weights and Splink."""
    rules = repr((COMPARISONS, BLOCKS, CERTAIN, SWAPPED_NAMES, splink.__version__))
    return f"splink-{splink.__version__}-{hashlib.sha256(rules.encode()).hexdigest()[:10]}"


def _settings(prior: float) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="identifier_id",
        comparisons=[_splink_comparison(one) for one in COMPARISONS],
        blocking_rules_to_generate_predictions=[*(block_on(*columns) for columns in BLOCKS), CustomRule(SWAPPED_NAMES)],
        probability_two_random_records_match=prior,
        retain_matching_columns=True,  # with them come the answers
        retain_intermediate_calculation_columns=False,
    )


def _splink_comparison(comparison: Comparison) -> dict[str, Any]:
    unknown = {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}
    levels = [unknown, *(_splink_level(level) for level in comparison.levels)]
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _splink_level(level: Level) -> dict[str, Any]:
    frequency = {"tf_adjustment_column": level.frequency_of} if level.frequency_of else {}
    return {
        "sql_condition": level.condition,
        "label_for_charts": level.says,
        "m_probability": level.m,
        "u_probability": level.u,
        **frequency,
    }


def _prior(scratch: duckdb.DuckDBPyConnection, people: int) -> float:
    """How likely two people, taken at random, are one: reckoned from how many surely are."""
    certain = " union ".join(
        "select l.identifier_id as one, r.identifier_id as other from people as l"
        f" inner join people as r using ({', '.join(columns)}) where l.identifier_id < r.identifier_id"
        for columns in CERTAIN
    )
    found = _count(scratch, f"select count(*) from ({certain})") / _FOUND_BY_CERTAIN_RULES
    pairs = max(people * (people - 1) / 2, 1)
    return float(min(max(found, _LEAST_DUPLICATES * max(people, 1)) / pairs, 0.5))


def _count(scratch: duckdb.DuckDBPyConnection, query: str) -> int:
    [(count,)] = scratch.execute(query).fetchall()
    return int(count)


def _result(predictions: str) -> str:
    words = ", ".join(
        _by_level(one, lambda level: f"'{level.says.replace(chr(39), chr(39) * 2)}'") for one in COMPARISONS
    )
    signs = " + ".join(f"coalesce({_by_level(one, lambda level: str(level.sign))}, 0)" for one in COMPARISONS)
    return f"""
        select
            least(identifier_id_l, identifier_id_r) as identifier_id,
            greatest(identifier_id_l, identifier_id_r) as other_identifier_id,
            cast(match_probability as decimal(7, 6)) as score,
            {signs} <= 0 as is_contradicted,
            concat_ws('; ', {words}) as evidence
        from {predictions}
        order by 1, 2
    """


def _by_level(comparison: Comparison, value: Callable[[Level], str]) -> str:
    """SQL that gives each answer its value; null where one side does not say. Splink numbers the last answer 0."""
    cases = " ".join(f"when {place} then {value(level)}" for place, level in enumerate(reversed(comparison.levels)))
    return f"case gamma_{comparison.name} {cases} end"
