"""Bad input: one sentence that says what is wrong and what to do, exit code 1, nothing half-written."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from warehouse import connect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Kindred
    from warehouse import Settings

pytestmark = pytest.mark.slow


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The last line on stderr, after the phases; an error has no traceback and leaves with 1."""
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


def _change(settings: Settings, statement: str) -> str:
    with connect(settings) as connection:
        connection.execute(statement)
    return _digest(settings.database)


def test_a_missing_table(built_warehouse: Settings, kindred: Kindred) -> None:
    before = _change(built_warehouse, "drop table raw.shop_orders cascade")
    sentence = _sentence(kindred(built_warehouse, "run"))
    assert sentence.startswith("The warehouse has no table raw.shop_orders, which base_shop__orders reads: load it")
    assert _digest(built_warehouse.database) == before


def test_a_missing_column(built_warehouse: Settings, kindred: Kindred) -> None:
    before = _change(built_warehouse, "alter table raw.shop_orders drop column total_amount")
    sentence = _sentence(kindred(built_warehouse, "run"))
    assert sentence.startswith("The table raw.shop_orders has no column total_amount, which base_shop__orders reads")
    assert _digest(built_warehouse.database) == before


def test_a_wrong_type(built_warehouse: Settings, kindred: Kindred) -> None:
    before = _change(built_warehouse, "alter table raw.shop_orders alter column _loaded_at type varchar")
    sentence = _sentence(kindred(built_warehouse, "run"))
    assert sentence.startswith(
        "The column _loaded_at of raw.shop_orders is of type VARCHAR, and base_shop__orders needs"
    )
    assert _digest(built_warehouse.database) == before


def test_a_missing_secret(built_warehouse: Settings, kindred: Kindred) -> None:
    elsewhere = built_warehouse.home / "destinations.toml"
    elsewhere.write_text(
        built_warehouse.destinations.read_text().replace("http://127.0.0.1", "https://hooks.example.org")
    )
    before = _digest(built_warehouse.database)
    sentence = _sentence(kindred(replace(built_warehouse, destinations=elsewhere), "run"))
    assert sentence == (
        "Secrets are missing from the environment: KINDRED_WEBHOOK_SECRET (for [demo_webhook]). Set them and run again."
    )
    assert _digest(built_warehouse.database) == before


def test_a_missing_destination(built_warehouse: Settings, kindred: Kindred) -> None:
    other = built_warehouse.home / "destinations.toml"
    other.write_text('[somewhere]\ntype = "files"\ndirectory = "outbox"\n')
    sentence = _sentence(kindred(replace(built_warehouse, destinations=other), "run"))
    assert "[demo_" in sentence
    assert "is missing" in sentence


def test_an_unreadable_settings_file(built_warehouse: Settings, kindred: Kindred) -> None:
    broken = built_warehouse.home / "destinations.toml"
    broken.write_text("[demo_files\n")
    sentence = _sentence(kindred(replace(built_warehouse, destinations=broken), "run"))
    assert sentence.startswith(f"{broken} cannot be read")


def test_an_unreadable_warehouse(built_warehouse: Settings, kindred: Kindred) -> None:
    built_warehouse.database.write_bytes(b"this is no database" * 1000)
    before = _digest(built_warehouse.database)
    for command in ("run", "lookup"):
        arguments = ("nobody@example.org",) if command == "lookup" else ()
        sentence = _sentence(kindred(built_warehouse, command, *arguments))
        assert sentence.startswith(f"The warehouse {built_warehouse.database} cannot be opened")
    assert _digest(built_warehouse.database) == before


def test_a_locked_warehouse(built_warehouse: Settings, kindred: Kindred) -> None:
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    arguments = [sys.executable, "-c", holder, str(built_warehouse.database)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        for command in ("run", "status"):
            sentence = _sentence(kindred(built_warehouse, command))
            assert sentence.startswith(f"Another program holds the warehouse {built_warehouse.database} open")
        process.stdin.close()


def test_nothing_built_yet(built_warehouse: Settings, kindred: Kindred) -> None:
    _change(built_warehouse, "drop schema seeds cascade")
    sentence = _sentence(kindred(built_warehouse, "lookup", "+49301234567"))
    assert sentence == "The customers are not built yet: run `kindred run` first."


def test_no_warehouse_yet(built_warehouse: Settings, kindred: Kindred) -> None:
    built_warehouse.database.unlink()
    for command in ("plan", "status"):
        sentence = _sentence(kindred(built_warehouse, command))
        assert sentence.endswith("run `kindred run` first.")


def test_an_as_of_that_is_no_time(built_warehouse: Settings, kindred: Kindred) -> None:
    result = kindred(built_warehouse, "run", environment={"KINDRED_AS_OF": "yesterday"})
    assert _sentence(result).startswith("KINDRED_AS_OF is 'yesterday', which is no timestamp")


def test_nobody_has_the_identifier(built_warehouse: Settings, kindred: Kindred) -> None:
    sentence = _sentence(kindred(built_warehouse, "lookup", "nobody@example.org"))
    assert sentence.startswith("No customer has the identifier nobody@example.org")


def test_a_wrong_command_line_is_2(built_warehouse: Settings, kindred: Kindred) -> None:
    assert kindred(built_warehouse, "run", "--people", "many").returncode == 2
    assert kindred(built_warehouse, "fly").returncode == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written(built_warehouse: Settings, kindred: Kindred) -> None:
    built_warehouse.home.chmod(0o500)
    try:
        assert "cannot be" in _sentence(kindred(built_warehouse, "run"))
    finally:
        built_warehouse.home.chmod(0o700)


def test_the_doctor_names_what_is_missing(built_warehouse: Settings, kindred: Kindred) -> None:
    assert kindred(built_warehouse, "doctor").returncode == 0
    _change(built_warehouse, "drop table raw.web_events cascade")
    result = kindred(built_warehouse, "doctor")
    assert result.returncode == 1
    [missing] = [line for line in result.stdout.splitlines() if line.startswith("MISSING")]
    assert "raw.web_events" in missing
