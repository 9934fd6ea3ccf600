"""Rows that no source should write, through the whole pipeline: what becomes of them, and of everybody else."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.bad_rows import BUSY
from warehouse import connect

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable

    from warehouse import Settings

pytestmark = pytest.mark.slow

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Built:
    """A warehouse in which all of that went through `kindred run`."""

    settings: Settings
    page: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with connect(self.settings, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def customer(self, user_id: str, columns: str) -> tuple[Any, ...]:
        [row] = self.rows(
            f"""
            select {columns} from customer_360.customers where customer_id in (
                select customer_id from identity.customer_identifiers
                where identifier_type = 'user_id' and identifier_value = '{user_id}'
            )
            """
        )
        return row


@pytest.fixture
def built(whole_run: tuple[Settings, subprocess.CompletedProcess[str]]) -> Built:
    settings, result = whole_run
    return Built(settings, result.stdout)


def _quarantined(built: Built, source: str) -> dict[str, str]:
    return dict(built.rows(f"select record_id, reason from staging.quarantine_{source} where record_id like '%:BAD%'"))


def test_what_cannot_be_meant_is_quarantined_with_its_reason(built: Built) -> None:
    assert _quarantined(built, "shop") == {
        "shop_customers:BAD-TOMORROW": "created_at lies in the future",
        "shop_orders:BAD-FUTURE": "ordered_at lies in the future",
        "shop_orders:BAD-SIGN": "missing or unreadable currency",
        "shop_orders:BAD-LESS": "negative total_amount",
        "shop_order_items:BAD-1": "negative quantity",
        "shop_refunds:BAD-LESS": "negative amount",
    }


def test_currencies_are_converted_and_an_unknown_one_is_no_revenue(built: Built) -> None:
    orders, revenue = built.customer("BAD-KARL", "orders_count, net_revenue")
    in_dollars = Decimal(10) * Decimal("0.925926")
    assert (orders, revenue) == (2, Decimal("100.0000") + in_dollars.quantize(Decimal("0.0001")) - Decimal("10.0000"))
    assert built.rows(
        "select currency, total_amount, is_counted from customer_360.orders where order_id like '%XTS'"
    ) == [("XTS", None, False)]


def test_money_adds_up_and_a_refund_without_an_order_is_nobodys(built: Built) -> None:
    assert built.rows("select * from customer_360.money_reconciliation where difference <> 0") == []
    assert built.rows("select sum(records_without_rate) from customer_360.money_reconciliation") == [(1,)]
    loose = "select revenue_id, customer_id, net_amount from customer_360.revenue where revenue_id like 'refund:%BAD%'"
    assert sorted(built.rows(loose)) == [
        ("refund:shop:BAD-LOOSE", None, Decimal("-30.0000")),
        ("refund:shop:BAD-NONE", None, Decimal("-5.0000")),
    ]
    page = " ".join(built.page.split())
    assert re.search(r"Revenue: [\d,.]+ of customers \+ -?[\d,.]+ of nobody = [\d,.]+ by the sources' records;", page)
    assert "1 records have no exchange rate" in page


def test_a_birthday_in_1900_is_none(built: Built) -> None:
    assert built.customer("BAD-KARL", "birth_date, age, first_name") == (None, None, "Karl")


def test_names_lose_what_cannot_be_read_and_free_text_keeps_its_emoji(built: Built) -> None:
    names = built.customer("BAD-ZOE", "email, first_name, last_name, style_preference")
    assert names == ("zoe@bad.example", "Zoë", "O'Neill Smith", "sporty 🏃🏽‍♀️ and شيك")


def test_payloads_and_files_stay_valid(built: Built) -> None:
    payloads = built.rows("select payload from activation.desired_records")
    assert len(payloads) > 10
    assert not [payload for (payload,) in payloads if CONTROL.search(str(list(json.loads(payload).values())))]
    delivered = list(_delivered(built.settings))
    assert [row["first_name"] for row in delivered if row["record_key"] == "zoe@bad.example"] == ["Zoë"]
    assert not [row for row in delivered if CONTROL.search("".join(row.values()))]


def _delivered(settings: Settings) -> Iterable[dict[str, str]]:
    for path in settings.home.glob("outbox/*/*/add.csv"):
        with path.open(newline="") as lines:
            yield from csv.DictReader(lines, strict=True)


def test_a_customer_with_200_000_events_is_one_customer_and_holds_up_nobody(built: Built) -> None:
    identifiers, visited = built.customer("BAD-ROBOT", "identifiers_count, last_visited_at is not null")
    assert (identifiers, visited) == (4, True)
    [(events,)] = built.rows(
        "select count(customer_id) from customer_360.interactions where record_id like 'web_events:BAD-%'"
    )
    assert events == BUSY
    [(others,)] = built.rows("select count(*) from customer_360.customers")
    assert others > 100
