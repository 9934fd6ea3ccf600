"""How well the identity layer found the true people: customers against truth, record by record.

What is counted: a record of `truth.record_owners` that `identity.record_customers` gives to a customer, and one that it
gives to nobody although it can be read and holds an identifier of its person (`is_identifiable`); the latter stands
alone, as a customer of one record. Left out are records that name nobody: receipts without a card, rows with only a
placeholder or only the stores' tablet, and rows that cannot be read. A record that belongs to nobody in the truth but
was given to a customer is a person of its own: to link it is an error.

Two records form a pair if they are of one person (true) or of one customer (found). Pairs are counted from the sizes
of the groups, n(n-1)/2, and never listed. B-cubed (Bagga & Baldwin 1998) averages over records instead: the share of
the records with this record's customer that are of its person, and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.losses import BY_MESS, MessLoss

if TYPE_CHECKING:
    import duckdb

_COUNTED = """
with

owners as (
    select * from truth.record_owners
),

assignments as (
    select * from identity.record_customers
),

counted as (
    select
        owners.mess,
        assignments.customer_id,
        coalesce('person ' || owners.person_id, 'record ' || owners.record_id) as person,
        coalesce('customer ' || assignments.customer_id, 'record ' || owners.record_id) as customer
    from owners
    left join assignments on owners.record_id = assignments.record_id
    where assignments.customer_id is not null or owners.is_identifiable
),

cells as (
    select person, customer, count(*) as records
    from counted
    group by all
),

persons as (
    select person, sum(records) as records
    from cells
    group by all
),

customers as (
    select customer, sum(records) as records, count(*) as people
    from cells
    group by all
),
"""

_SUMMARY = f"""
{_COUNTED}

pairs as (
    select
        (select sum(records * (records - 1) / 2) from cells) as both,
        (select sum(records * (records - 1) / 2) from customers) as found,
        (select sum(records * (records - 1) / 2) from persons) as actual
),

shares as (
    select
        sum(cells.records * cells.records / customers.records) as of_customers,
        sum(cells.records * cells.records / persons.records) as of_persons
    from cells
    inner join customers on cells.customer = customers.customer
    inner join persons on cells.person = persons.person
)

select
    (select count(*) from counted),
    (select count(*) from persons),
    (select count(distinct customer_id) from counted),
    (select count(*) from counted where customer_id is null),
    (select coalesce(max(records), 0) from customers),
    (select coalesce(max(people), 0) from customers),
    pairs.both,
    pairs.found,
    pairs.actual,
    shares.of_customers,
    shares.of_persons
from pairs
cross join shares
"""


@dataclass(frozen=True)
class Accuracy:
    """How customers compare with the true people.

    Attributes:
        records: how many records are counted.
        people: how many true people they belong to.
        customers: how many customers were found among them.
        unassigned: how many of them belong to no customer although they hold an identifier.
        largest_customer_records: the records of the largest customer.
        largest_customer_people: the most people that one customer mixes.
        precision: of the found pairs, the share that is true; 1 if there are none.
        recall: of the true pairs, the share that is found; 1 if there are none.
        f1: their harmonic mean.
        bcubed_precision: the same by B-cubed.
        bcubed_recall: the same by B-cubed.
        bcubed_f1: their harmonic mean.
        losses: what each kind of mess costs, the dearest first.
    """

    records: int
    people: int
    customers: int
    unassigned: int
    largest_customer_records: int
    largest_customer_people: int
    precision: float
    recall: float
    f1: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    losses: tuple[MessLoss, ...]


def accuracy(connection: duckdb.DuckDBPyConnection) -> Accuracy:
    """Compare `identity.record_customers` with `truth.record_owners`.

    Args:
        connection: an open warehouse that holds both.
    """
    [(records, people, customers, unassigned, largest, mixed, *sums)] = connection.execute(_SUMMARY).fetchall()
    both, found, actual, of_customers, of_persons = (float(value or 0) for value in sums)
    precision, recall = _share(both, found), _share(both, actual)
    bcubed_precision, bcubed_recall = _share(of_customers, records), _share(of_persons, records)
    losses = connection.execute(f"{_COUNTED}{BY_MESS}").fetchall()
    return Accuracy(
        records=records,
        people=people,
        customers=customers,
        unassigned=unassigned,
        largest_customer_records=int(largest),
        largest_customer_people=int(mixed),
        precision=precision,
        recall=recall,
        f1=_harmonic(precision, recall),
        bcubed_precision=bcubed_precision,
        bcubed_recall=bcubed_recall,
        bcubed_f1=_harmonic(bcubed_precision, bcubed_recall),
        losses=tuple(
            MessLoss(
                mess,
                int(count),
                int(missed),
                int(wrong),
                _share(missed, actual, empty=0.0),
                _share(wrong, found, empty=0.0),
            )
            for mess, count, missed, wrong in losses
        ),
    )


def _share(part: float, whole: float, *, empty: float = 1.0) -> float:
    return part / whole if whole else empty


def _harmonic(one: float, other: float) -> float:
    return _share(2 * one * other, one + other, empty=0.0)


if __name__ == "__main__":
    from demo import report

    report.main()
