"""`python -m demo.accuracy` in words: how right the customers are, what is held apart, and which mess costs what."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from demo.accuracy import accuracy
from warehouse import KindredError, Settings, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from demo.accuracy import Accuracy
    from demo.losses import MessLoss

_LARGEST = """
with

sizes as (
    select customer_id, count(*) as records
    from identity.record_customers
    group by customer_id
),

identified as (
    select customer_id, count(*) as identifiers
    from identity.customer_identifiers
    group by customer_id
)

select
    sizes.customer_id,
    sizes.records,
    coalesce(any_value(identified.identifiers), 0) as identifiers,
    count(distinct owners.person_id) as people
from sizes
left join identified on sizes.customer_id = identified.customer_id
left join identity.record_customers as assignments on sizes.customer_id = assignments.customer_id
left join truth.record_owners as owners on assignments.record_id = owners.record_id
group by sizes.customer_id, sizes.records
order by sizes.records desc, sizes.customer_id asc
limit 1
"""
_REFUSED = "select refused_by || ': ' || reason, count(*) from identity.refused_links group by 1 order by 2 desc, 1"
_BLOCKED = """
select
    reason || ': ' || identifier_type,
    count(*)
from identity.blocked_identifiers
group by 1
order by 2 desc, 1
"""
_NEEDED = {
    "truth.record_owners": "python -m demo",
    "identity.record_customers": "kindred run",
    "identity.customer_identifiers": "kindred run",
    "identity.refused_links": "kindred run",
    "identity.blocked_identifiers": "kindred run",
}


@dataclass(frozen=True)
class LargestCustomer:
    """The customer with most records.

    Attributes:
        customer_id: who it is.
        records: how many records it has.
        identifiers: how many identifiers it has.
        people: how many true people these records belong to; 1 is right.
    """

    customer_id: str
    records: int
    identifiers: int
    people: int


@dataclass(frozen=True)
class Report:
    """What is shown.

    Attributes:
        accuracy: customers against the true people.
        largest: the customer with most records; None if there is none.
        refused_links: rule and reason → how many links it refused.
        blocked_identifiers: reason and type → how many identifiers link nobody.
    """

    accuracy: Accuracy
    largest: LargestCustomer | None
    refused_links: dict[str, int]
    blocked_identifiers: dict[str, int]


def report(connection: duckdb.DuckDBPyConnection) -> Report:
    """Measure a warehouse that holds the demo.

    Raises:
        KindredError: it holds no truth, or identity is not built.
    """
    _refuse_without_tables(connection)
    largest = connection.execute(_LARGEST).fetchone()
    return Report(
        accuracy=accuracy(connection),
        largest=LargestCustomer(*largest) if largest else None,
        refused_links=dict(connection.execute(_REFUSED).fetchall()),
        blocked_identifiers=dict(connection.execute(_BLOCKED).fetchall()),
    )


def _refuse_without_tables(connection: duckdb.DuckDBPyConnection) -> None:
    query = "select table_schema || '.' || table_name from information_schema.tables"
    present = {name for (name,) in connection.execute(query).fetchall()}
    for table, command in _NEEDED.items():
        if table not in present:
            raise KindredError(f"The warehouse has no {table}: run `{command}` first.")


def lines(found: Report) -> Iterator[str]:
    """The report as a person reads it."""
    yield from _headline(found.accuracy)
    if found.largest:
        yield from _largest(found.largest)
    yield from _table("Links refused, by rule", found.refused_links)
    yield from _table("Identifiers that link nobody, by reason and type", found.blocked_identifiers)
    yield from _losses(found.accuracy.losses)


def _headline(found: Accuracy) -> Iterator[str]:
    yield f"{found.people:,} true people left {found.records:,} records; they became {found.customers:,} customers."
    yield f"{found.unassigned:,} of the records hold an identifier and belong to no customer."
    yield ""
    yield f"{'':<12}{'by pairs':>10}{'by records':>12}"
    for name, pairs, records, meaning in (
        ("precision", found.precision, found.bcubed_precision, "of what was joined, what is right"),
        ("recall", found.recall, found.bcubed_recall, "of what belongs together, what was joined"),
        ("F1", found.f1, found.bcubed_f1, "both in one figure"),
    ):
        yield f"  {name:<10}{pairs:>10.4f}{records:>12.4f}   {meaning}"
    yield "By pairs: two records of one person are to be of one customer, and no others. By records: B-cubed, a mean."
    yield f"The most people that one customer mixes: {found.largest_customer_people}."


def _largest(largest: LargestCustomer) -> Iterator[str]:
    yield ""
    yield (
        f"Largest customer: {largest.customer_id}, {largest.records:,} records, {largest.identifiers:,} identifiers,"
        f" of {largest.people} true {'person' if largest.people == 1 else 'people'}."
    )


def _table(title: str, counts: dict[str, int]) -> Iterator[str]:
    yield ""
    yield f"{title}: {sum(counts.values()):,}"
    yield from (f"  {count:>9,}  {what}" for what, count in counts.items())


def _losses(losses: tuple[MessLoss, ...]) -> Iterator[str]:
    yield ""
    yield "What each kind of mess costs: the last two columns add up to what is lacking in recall and in precision."
    yield f"  {'mess':<20}{'records':>9}{'missed pairs':>14}{'wrong pairs':>13}{'of recall':>11}{'of precision':>14}"
    for loss in losses:
        yield (
            f"  {loss.mess:<20}{loss.records:>9,}{loss.missed_pairs:>14,}{loss.wrong_pairs:>13,}"
            f"{loss.recall_loss:>11.5f}{loss.precision_loss:>14.5f}"
        )


@click.command(help="Compare the customers with the true people of the demo.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def _command(*, as_json: bool) -> None:
    """Print the report of the warehouse at KINDRED_HOME."""
    try:
        with connect(Settings.from_env(), read_only=True) as connection:
            found = report(connection)
    except KindredError as error:
        click.echo(error, err=True)
        sys.exit(1)
    click.echo(json.dumps(asdict(found)) if as_json else "\n".join(lines(found)))


def main() -> None:
    """Start the command."""
    _command()
