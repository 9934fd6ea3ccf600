"""Synthetic customers and events for the customer_360 benchmark, made inside DuckDB.

Events come in sessions of five. Who has one is skewed (a tenth of the customers have a third of them), and when is even
over two years. Of twenty events seventeen are interactions, and one each is a cart, an order and a payment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.warehouse import Scratch

AS_OF = "2026-07-01 00:00:00"

_EVENTS = """
create or replace temp table events as
select
    i,
    'c_' || substr(md5(cast(person as varchar)), 1, 16) as customer_id,
    timestamp '{ends}' - to_seconds(cast(hash(i // 5, 2) % {seconds} + (5 - i % 5) * 100 as bigint)) as moment,
    'p' || hash(i, 3) % 20000 as product_id,
    cast(5 + hash(i, 4) % 20000 / 100.0 as decimal(18, 4)) as amount
from (
    select i, cast(floor({customers} * pow(hash(i // 5) / 18446744073709551616.0, 2)) as bigint) as person
    from range({first}, {last}) as r(i)
) as chosen;

insert into raw.interactions
select
    'web:' || i, 'web', 'web:' || i, (
        ['page_view', 'product_view', 'product_view', 'search', 'add_to_cart', 'email_sent', 'email_open']
        || ['email_click', 'ad_impression', 'usage', 'login', 'campaign_send', 'social', 'support_ticket']
    )[cast(1 + hash(i, 5) % 14 as integer)],
    'web', moment, case when hash(i, 6) % 2 = 0 then product_id end, null, hash(i, 7) % 50 = 0
from events where i % 20 not in (3, 8, 13);

insert into raw.carts
select 'cart:' || i, 'shop', 'shop:' || i, moment, moment + interval 1 minute, 1 + i % 3, amount, 'EUR'
from events where i % 20 = 3;

insert into raw.orders
select
    'order:' || i, 'shop', 'shop:' || i, 'web', moment, case when i % 400 = 8 then 'cancelled' else 'completed' end,
    'EUR', amount, amount * 0.16, 0
from events where i % 20 = 8;

insert into raw.order_items
select 'shop', 'shop:' || i || '-' || line, 'shop:' || i, 'p' || (hash(i, 3) + line) % 20000, 1, amount / 2, 0
from events, range(2) as lines(line) where i % 20 = 8;

insert into raw.refunds
select 'order:' || i, 'shop', 'shop:r' || i, 'shop:' || i, moment + interval 90 second, 'EUR', amount, amount * 0.16
from events where i % 200 = 8;

insert into raw.payments
select
    'payment:' || i, 'shop', 'shop:' || i, 'shop:' || (i - 5), case when i % 200 = 13 then 'failed' else 'paid' end,
    moment, amount, 'EUR'
from events where i % 20 = 13;

insert into raw.survey_scores
select 'web:' || i, 'surveys', 'nps', i % 11, moment from events where i % 100 = 19;

insert into raw.record_customers
select
    case i % 20 when 3 then 'cart:' when 8 then 'order:' when 13 then 'payment:' else 'web:' end || i,
    'web', customer_id
from events;
"""
_CUSTOMERS = """
insert into raw.people select
    'person:' || i, 'shop', timestamp '2024-07-01', timestamp '2024-07-01', 'p' || i || '@example.org', null,
    'Name' || i % 5000, 'Family' || i % 90000, '19' || 50 + i % 50 || '-05-17', 'DE', 'Town' || i % 300
from range({customers}) as r(i);
insert into raw.record_customers
select 'person:' || i, 'shop', 'c_' || substr(md5(cast(i as varchar)), 1, 16) from range({customers}) as r(i);
insert into raw.customer_identifiers
select
    'c_' || substr(md5(cast(i as varchar)), 1, 16), 2 * i + number,
    case number when 0 then 'email' else 'device_id' end,
    case number when 0 then 'p' || i || '@example.org' else 'd' || i end,
    timestamp '2024-07-01', timestamp '2026-06-30', 5
from range({customers}) as r(i), range(2) as numbers(number);
insert into raw.identifier_types values ('email', 'email', 6, 2, true), ('device_id', 'device_id', 20, 4, false);
insert into raw.products
select 'shop', 'p' || i, 'Product ' || i, 'category ' || i % 40, 'brand ' || i % 90, 20, 11 from range(20000) as r(i);
"""


def write_customers(scratch: Scratch, customers: int) -> None:
    """Everything that stands before the first event."""
    with scratch.connect() as connection:
        connection.execute(_CUSTOMERS.format(customers=customers))


def write_events(scratch: Scratch, customers: int, numbers: tuple[int, int], ends: str, days: int) -> int:
    """Append events.

    Args:
        scratch: where.
        customers: of how many, at most.
        numbers: of the first event, and of the one after the last.
        ends: the moment before which all of them happen.
        days: how long before it the first may happen.

    Returns:
        how many customers have one of them.
    """
    first, last = numbers
    with scratch.connect() as connection:
        made = _EVENTS.format(customers=customers, first=first, last=last, ends=ends, seconds=days * 86400)
        connection.execute(made)
        [(active,)] = connection.execute("select count(distinct customer_id) from events").fetchall()
    return int(active)
