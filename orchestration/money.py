"""All revenue on one line: what the records of the sources say, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.registry import read_yaml
from warehouse import REPOSITORY, KindredError

if TYPE_CHECKING:
    import duckdb

    from warehouse import Settings

_CENT = Decimal("0.005")
_MONEY = """
select
    coalesce(sum(records_amount), 0),
    (select coalesce(sum(net_revenue), 0) from customer_360.customers),
    coalesce(sum(anonymous_amount), 0),
    coalesce(sum(records_without_rate), 0)
from customer_360.money_reconciliation
"""


@dataclass(frozen=True)
class Money:
    """Net revenue in base currency.

    Attributes:
        records: what was sold less what was paid back, by the records alone.
        customers: the sum over customers.
        anonymous: what is nobody's.
        without_rate: records in a currency without a rate, which no sum holds.
    """

    records: Decimal
    customers: Decimal
    anonymous: Decimal
    without_rate: int

    def __str__(self) -> str:
        """The line."""
        adds_up = abs(self.records - self.customers - self.anonymous) < _CENT
        line = f"Revenue: {self.customers:,.2f} of customers + {self.anonymous:,.2f} of nobody "
        line += "=" if adds_up else "DOES NOT ADD UP TO"
        line += f" {self.records:,.2f} by the sources' records"
        return line + (f"; {self.without_rate:,} records have no exchange rate." if self.without_rate else ".")


def read_money(connection: duckdb.DuckDBPyConnection) -> Money:
    """Read the sums."""
    [row] = connection.execute(_MONEY).fetchall()
    return Money(*row)


def base_currency(settings: Settings) -> str:
    """The currency of all amounts: the variable `base_currency` of the project, else of Kindred's own."""
    for project in (settings.project, REPOSITORY / "dbt_project"):
        variables = read_yaml(project / "dbt_project.yml").get("vars") or {}
        for scope in (variables, *(one for one in variables.values() if isinstance(one, dict))):
            if "base_currency" in scope:
                return str(scope["base_currency"])
    raise KindredError("No dbt_project.yml says `base_currency`: name it under `vars`.")
