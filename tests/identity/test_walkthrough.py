"""The walk-through of docs/identity.md, with the very records that stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.warehouse import Scratch, write_observations

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

PAGE = Path("docs/identity.md").read_text()
TABLET = [(f"shop order {order}", {"user_id": "U-tablet", "email": f"guest{order}@x.org"}) for order in range(3, 14)]


def records() -> list[tuple[str, dict[str, str]]]:
    """The rows of the page's table; the last row stands for eleven."""
    table = PAGE.partition("| record |")[2].partition("\n\n")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ") and "orders" not in line]
    found = [(line.split("|")[1].strip(), dict(re.findall(r"(\w+) `([^`]+)`", line))) for line in lines]
    return [*found, *TABLET]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, new_identity: Callable[[Path], Scratch]) -> Scratch:
    scratch = new_identity(tmp_path_factory.mktemp("walk") / "through")
    rows = [
        (record, kind, value, "Anna" if record.startswith("CRM") else None)
        for record, identifiers in records()
        for kind, value in identifiers.items()
    ]
    columns = ("record_id", "identifier_type", "identifier_value", "first_name")
    unnested = ", ".join(f"unnest(?) as {column}" for column in columns)
    select = f"select {unnested}, 'demo' as source, timestamp '2026-01-01' as observed_at"
    write_observations(scratch, select, [[row[place] for row in rows] for place in range(len(columns))])
    scratch.dbt("seed")
    scratch.dbt("run")
    return scratch


def rows(scratch: Scratch, query: str) -> list[Any]:
    with scratch.connect() as connection:
        return connection.execute(query).fetchall()


def test_the_customers_are_those_of_the_picture(built: Scratch) -> None:
    found = rows(
        built, "select list_sort(list(identifier_value)) from identity.customer_identifiers group by customer_id"
    )
    together = {frozenset(values) for (values,) in found}
    assert {
        frozenset({"U7", "anna@x.org", "eu:1204", "cookie-31"}),
        frozenset({"U8", "otto@x.org"}),
        frozenset({"+491517654321"}),
    } <= together


def test_the_records_belong_to_whom_the_page_says(built: Scratch) -> None:
    owners = dict(rows(built, "select record_id, customer_id from identity.record_customers"))
    assert owners["CRM contact 1204"] == owners["shop order 1"] == owners["web visit 1"]
    assert owners["shop order 2"] != owners["shop order 1"]


def test_what_is_refused_and_blocked_has_the_sentence_of_the_picture(built: Scratch) -> None:
    picture = Path("docs/identity.svg").read_text()
    refused = rows(built, "select distinct identifier_value, reason from identity.refused_links")
    [(value, reason)] = refused
    assert value == "+491517654321"
    assert all(part in picture for part in reason.partition("customer ")[::2])
    [(blocked, evidence)] = rows(built, "select identifier_value, evidence from identity.blocked_identifiers")
    assert (blocked, evidence.split()[2]) == ("U-tablet", "11")
