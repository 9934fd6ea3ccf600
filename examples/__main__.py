"""Run both examples, each in a warehouse of its own, and hold their totals against what the data's descriptions say."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from warehouse import KindredError, Settings, connect

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Total:
    """A figure that the data's description gives, and the query that finds it in the warehouse."""

    what: str
    expected: Decimal
    query: str


TOTALS = {
    "completejourney": (
        Total("till lines", Decimal(75000), "select count(*) from staging.stg_completejourney__lines"),
        Total("baskets", Decimal(47243), "select count(*) from customer_360.orders"),
        Total(
            "households that bought",
            Decimal(2377),
            "select count(*) from customer_360.customers where orders_count > 0",
        ),
        Total("sales, dollars", Decimal("233935.24"), "select sum(net_revenue) from customer_360.customers"),
    ),
    "online_retail": (
        Total("invoice lines", Decimal(525461), "select count(*) from staging.stg_online_retail__lines"),
        Total("customers", Decimal(4383), "select count(*) from customer_360.customers"),
        Total("from customers, pounds", Decimal("8348208.57"), "select sum(net_revenue) from customer_360.customers"),
        Total(
            "in all, pounds",
            Decimal("9539484.63"),
            "select (select sum(total_amount) from customer_360.orders)"
            " - (select sum(amount) from customer_360.refunds)",
        ),
        Total(
            "customers without a number",
            Decimal(0),
            "select count(*) from identity.record_customers inner join staging.stg_online_retail__invoices"
            " using (record_id) where user_id is null",
        ),
    ),
}


def main(data: str) -> int:
    """Run every example on the data in a folder.

    Returns:
        0 when each total is as expected.

    Raises:
        KindredError: the folder does not hold the data.
    """
    folder = Path(data).expanduser().resolve()
    for name in TOTALS:
        if not list((folder / name).glob("*.parquet")):
            raise KindredError(
                f"{folder / name} holds no Parquet files: examples/README.md says which data belong there."
            )
    return max(_run(name, folder) for name in TOTALS)


def _run(name: str, folder: Path) -> int:
    settings = Settings(
        home=Settings.from_env().home / "examples" / name,
        project=HERE / name,
        destinations=HERE / name / "destinations.toml",
    )
    environment = {**os.environ, **settings.environment(), "EXAMPLE_DATA": str(folder)}
    Console().rule(name)
    command = [sys.executable, "-m", "orchestration.cli", "run"]
    code = subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own command
    return max(code, _compare(name, settings)) if code == 0 else code


def _compare(name: str, settings: Settings) -> int:
    table = Table("", "expected", "found", title=f"{name}: does it reconcile?")
    wrong = 0
    with connect(settings, read_only=True) as connection:
        for total in TOTALS[name]:
            row = connection.execute(total.query).fetchone()
            found = Decimal(row[0]).quantize(total.expected) if row else None
            wrong += found != total.expected
            table.add_row(
                total.what, f"{total.expected:,}", f"{found:,}", style="" if found == total.expected else "red"
            )
    Console().print(table)
    return min(wrong, 1)


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the folder
        sys.exit("Say where the data are: make examples EXAMPLE_DATA=/path/to/data")
    try:
        sys.exit(main(sys.argv[1]))
    except KindredError as error:
        sys.exit(str(error))
