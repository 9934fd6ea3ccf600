"""The identity models alone, run through dbt on a file of observations.

    python -m benchmarks.identity --observations OBS.parquet --out CUSTOMERS.parquet

OBS has the columns `record_id`, `source`, `identifier_type`, `identifier_value` and `observed_at`; any identifier
type works, by the default line of identifier_rules. CUSTOMERS gets `record_id` and `customer_id`, one row per record
that has a trusted identifier.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.measure import check_columns, sql_text, stopwatch, wall_seconds
from warehouse import KindredError

COLUMNS = ("record_id", "source", "identifier_type", "identifier_value", "observed_at")
_ROWS = f"""
select {", ".join(COLUMNS)} from read_parquet(?)
where record_id is not null and identifier_type is not null and identifier_value is not null
"""
_COUNTS = """
select
    (select count(*) from raw.observations),
    (select count(*) from identity.record_customers),
    (select count(distinct customer_id) from identity.record_customers),
    (select max(identifiers) from (
        select count(*) as identifiers from identity.customer_identifiers group by customer_id
    ) as sizes),
    (select count(*) from identity.blocked_identifiers),
    (select count(*) from identity.refused_links)
"""


@dataclass(frozen=True)
class Resolved:
    """What one run found and took.

    Attributes:
        seconds: of the models alone, by the wall clock of dbt's run without its start.
        whole: seconds in all.
        observations: rows read.
        records: records that got a customer.
        customers: how many.
        largest: the identifiers of the largest customer.
        blocked: identifiers that link nobody.
        refused: links that were refused.
    """

    seconds: float
    whole: float
    observations: int
    records: int
    customers: int
    largest: int
    blocked: int
    refused: int


def resolve(observations: Path, out: Path) -> Resolved:
    """Write the customer of each record to `out`.

    Raises:
        KindredError: the file cannot be read or lacks a column.
    """
    check_columns(observations, COLUMNS)
    with stopwatch() as whole, tempfile.TemporaryDirectory() as folder:
        from benchmarks.warehouse import identity_project, write_observations  # noqa: PLC0415  (dbt imports slowly)

        scratch = identity_project(Path(folder) / "project").read_once()
        write_observations(scratch, _ROWS, [str(observations)])
        scratch.dbt("seed")
        nodes = scratch.dbt("run", variables={"as_of": "9999-12-31 00:00:00"})
        with scratch.connect() as connection:
            connection.execute(f"copy ({_RESULT}) to {sql_text(out)} (format parquet)")
            [counts] = connection.execute(_COUNTS).fetchall()
    return Resolved(wall_seconds(nodes), whole.seconds, *(int(count or 0) for count in counts))


_RESULT = "select record_id, customer_id from identity.record_customers order by record_id"


@click.command(help=__doc__)
@click.option("--observations", type=click.Path(path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def main(observations: Path, out: Path) -> None:
    """Resolve one file and print what was found."""
    try:
        found = resolve(observations, out)
    except KindredError as error:
        raise click.ClickException(str(error)) from error
    print(f"{found.observations:,} observations, {found.records:,} records, {found.customers:,} customers")
    print(f"largest customer: {found.largest:,} identifiers")
    print(f"blocked identifiers: {found.blocked:,}; refused links: {found.refused:,}")
    print(f"identity models: {found.seconds:.1f} s; with dbt's start and the files: {found.whole:.1f} s")


if __name__ == "__main__":
    main()
