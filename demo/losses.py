"""Which kinds of mess cost how much: the missed and the wrong pairs, each laid to what most likely caused it."""

from __future__ import annotations

from dataclasses import dataclass

from demo.options import KINDS

_JOINING = ("households", "recycled_phones", "shared_devices", "shared_emails", "placeholder_values", "store_tablet")
"""The kinds that put one identifier into the records of several people."""

_SPLITTING = (
    *_JOINING,
    "typos",
    "changed_emails",
    "unlinked_devices",
    "unlinked_handles",
    "broken_rows",
    "test_accounts",
)
"""The kinds that can keep a person's records apart: the others change how something is written, or when it comes."""

_RANKS = ", ".join(
    f"('{kind}', {rank}, {str(kind in _JOINING).lower()}, {str(kind in _SPLITTING).lower()})"
    for rank, kind in enumerate(KINDS)
)

BY_MESS = f"""
kinds (mess, rank, joins, splits) as (
    values {_RANKS}
),

cell_kinds as (
    select counted.person, counted.customer, kinds.rank, kinds.joins, kinds.splits, count(*) as records
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

-- What splits a person lies in the part that broke away or, where the record is that should have tied it, in another.
weights as (
    select
        parts.person,
        parts.customer,
        cell_kinds.rank,
        sum(cell_kinds.records) as weight,
        case
            when cell_kinds.splits and cell_kinds.customer = parts.customer then 1
            when cell_kinds.splits then 2
            else 3
        end as place
    from parts
    inner join cell_kinds on parts.person = cell_kinds.person
    where parts.place > 1 and (cell_kinds.splits or cell_kinds.customer = parts.customer)
    group by all
),

shares as (
    select
        person,
        customer,
        rank,
        weight / sum(weight) over (partition by person, customer) as share
    from (
        select * from weights
        qualify place = min(place) over (partition by person, customer)
    )
),

missed as (
    select
        shares.rank,
        shares.share
        * (parts.records * parts.main + parts.records * (parts.everything - parts.main - parts.records) / 2) as pairs
    from parts
    inner join shares on parts.person = shares.person and parts.customer = shares.customer
    where parts.place > 1
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
    select
        cell_kinds.person,
        cell_kinds.customer,
        cell_kinds.rank,
        cell_kinds.records / sum(cell_kinds.records) over (
            partition by cell_kinds.person, cell_kinds.customer
        ) as weight
    from cell_kinds
    inner join bridges on cell_kinds.customer = bridges.customer and cell_kinds.rank = bridges.rank
),

wrong as (
    select
        coalesce(crossed.rank, 0) as rank,
        (
            mixtures.records * mixtures.main
            + mixtures.records * (mixtures.everything - mixtures.main - mixtures.records) / 2
        ) * coalesce(crossed.weight, 1) as pairs
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

    A part of a person's records that broke away is laid to the mess in it that can split a person, by how many of its
    records each kind touched: one placeholder among forty records of a shared device explains a fortieth. Where it
    carries none, to such mess in the person's other records, among which is the one that should have tied them. A
    person mixed into another one's customer is laid in the same way to the mess that both of them carry and that can
    join people. What nothing explains is laid to what the part does carry, or to `clean`.

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
