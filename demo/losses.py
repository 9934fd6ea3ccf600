"""Which kinds of mess cost how much: the missed and the wrong pairs, each laid to what most likely caused it."""

from __future__ import annotations

from dataclasses import dataclass

from demo.options import KINDS

_JOINING = ("households", "recycled_phones", "shared_devices", "shared_emails", "placeholder_values", "store_tablet")
"""The kinds that put one identifier into the records of several people."""

_RANKS = ", ".join(f"('{kind}', {rank}, {str(kind in _JOINING).lower()})" for rank, kind in enumerate(KINDS))

BY_MESS = f"""
kinds (mess, rank, joins) as (
    values {_RANKS}
),

cell_kinds as (
    select counted.person, counted.customer, kinds.rank, kinds.joins, count(*) as records
    from counted
    inner join kinds on counted.mess = kinds.mess
    group by all
),

-- What a person's records were split into: the largest part is where they belong, the others broke away.
parts as (
    select
        cells.person,
        cells.customer,
        cells.records,
        row_number() over (partition by cells.person order by cells.records desc, cells.customer) as place,
        first_value(cells.records) over (partition by cells.person order by cells.records desc, cells.customer) as main,
        sum(cells.records) over (partition by cells.person) as everything
    from cells
),

missed as (
    select
        max(cell_kinds.rank) as rank,
        any_value(
            parts.records * parts.main + parts.records * (parts.everything - parts.main - parts.records) / 2
        ) as pairs
    from parts
    inner join cell_kinds on parts.person = cell_kinds.person and parts.customer = cell_kinds.customer
    where parts.place > 1
    group by parts.person, parts.customer
),

-- What a customer was mixed from: the person with most records belongs there, the others are intruders.
mixtures as (
    select
        cells.person,
        cells.customer,
        cells.records,
        row_number() over (partition by cells.customer order by cells.records desc, cells.person) as place,
        first_value(cells.records) over (partition by cells.customer order by cells.records desc, cells.person) as main,
        sum(cells.records) over (partition by cells.customer) as everything
    from cells
),

-- A shared identifier leaves its mark on the records of each one who shares it.
bridges as (
    select customer, rank
    from cell_kinds
    where joins
    group by customer, rank
    having count(distinct person) > 1
),

crossed as (
    select cell_kinds.person, cell_kinds.customer, max(cell_kinds.rank) as rank
    from cell_kinds
    inner join bridges on cell_kinds.customer = bridges.customer and cell_kinds.rank = bridges.rank
    group by cell_kinds.person, cell_kinds.customer
),

wrong as (
    select
        coalesce(crossed.rank, 0) as rank,
        mixtures.records * mixtures.main
        + mixtures.records * (mixtures.everything - mixtures.main - mixtures.records) / 2 as pairs
    from mixtures
    left join crossed on mixtures.person = crossed.person and mixtures.customer = crossed.customer
    where mixtures.place > 1
),

costs as (
    select rank, 0 as records, pairs as missed, 0 as wrong from missed
    union all
    select rank, 0 as records, 0 as missed, pairs as wrong from wrong
    union all
    select rank, records, 0 as missed, 0 as wrong from cell_kinds
)

select
    kinds.mess,
    sum(costs.records) as records,
    sum(costs.missed) as missed,
    sum(costs.wrong) as wrong
from costs
inner join kinds on costs.rank = kinds.rank
group by kinds.mess, kinds.rank
order by sum(costs.missed) + sum(costs.wrong) desc, kinds.rank
"""
"""Continues the CTEs `counted` and `cells` of `demo.accuracy`: kind, records, missed pairs, wrong pairs."""


@dataclass(frozen=True)
class MessLoss:
    """What one kind of mess costs. The losses of all kinds add up to 1 - recall and 1 - precision.

    A part of a person's records that broke away is laid to the heaviest mess in it; a person mixed into another one's
    customer, to the heaviest mess that both of them carry and that can join people. What nothing explains is `clean`.

    Attributes:
        mess: the kind.
        records: how many of the counted records it touched most.
        missed_pairs: pairs of records of one person in different customers.
        wrong_pairs: pairs of records of different people in one customer.
        recall_loss: the share of the true pairs that is missed because of it.
        precision_loss: the share of the found pairs that is wrong because of it.
    """

    mess: str
    records: int
    missed_pairs: int
    wrong_pairs: int
    recall_loss: float
    precision_loss: float
