"""The history of traits says of each day what the customers were at its last build, whatever was built between."""

from __future__ import annotations

import random
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from benchmarks.warehouse import Scratch, components_project
from orchestration.registry_text import render
from orchestration.trait_columns import Traits, customers_yaml
from warehouse import REPOSITORY, KindredError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

Rows = dict[str, dict[str, Any]]

PROJECT = REPOSITORY / "dbt_project"
MACROS = ("trait_history.sql", "as_of.sql", "earlier_builds.sql", "feeds.sql", "unions.sql")
MODELS = ("customer_snapshots.sql", "trait_history.sql")
TYPES = {"orders": "bigint", "city": "varchar"}


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """The real models of the history, over a table of customers that the test writes."""
    scratch = components_project(tmp_path / "project")
    for macro in MACROS:
        shutil.copy(PROJECT / "macros" / macro, scratch.folder / "macros")
    (scratch.folder / "macros" / "registry.sql").write_text(render([]))
    for name in MODELS:
        shutil.copy(PROJECT / "models" / "customer_360" / "history" / name, scratch.folder / "models")
    shutil.copy(PROJECT / "models" / "customer_360" / "history" / "_history__docs.md", scratch.folder / "models")
    words = "".join(f"{{% docs {name} %}}What it is.{{% enddocs %}}\n" for name in ("customer_id", "as_of"))
    (scratch.folder / "models" / "words.md").write_text(words)
    declare(scratch, TYPES)
    return scratch


def declare(scratch: Scratch, types: dict[str, str], direct: str = "") -> None:
    """Say what traits there are, as `kindred register` does, and read them from the test's own table."""
    columns = tuple(
        {
            "name": name,
            "description": "What it is.",
            "data_type": data_type,
            "config": {"meta": {"pii": "direct" if name == direct else "none"}},
        }
        for name, data_type in types.items()
    )
    properties = yaml.safe_load(customers_yaml([Traits("them", columns)]))
    (scratch.folder / "models" / "customers.yml").write_text(yaml.safe_dump(properties))
    casts = ", ".join(f"cast({name} as {data_type}) as {name}" for name, data_type in types.items())
    (scratch.folder / "models" / "customers.sql").write_text(
        "{{ config(materialized='table') }}\n"
        f"select customer_id, {casts}, {{{{ as_of() }}}} as as_of from raw.customers"
    )


def build(scratch: Scratch, day: int, customers: Rows) -> None:
    """What a run of that day of July finds."""
    names = ["customer_id", *next(iter(customers.values()))]
    places = ", ".join("?" for _ in names)
    with scratch.connect() as connection:
        connection.execute("create schema if not exists raw")
        connection.execute(f"create or replace table raw.customers ({' varchar, '.join(names)} varchar)")
        rows = [[name, *traits.values()] for name, traits in customers.items()]
        connection.executemany(f"insert into raw.customers values ({places})", rows)
    scratch.dbt("run", variables={"as_of": f"2026-07-{day:02} 00:00:00"})


def asked(scratch: Scratch, query: str) -> list[Any]:
    with scratch.connect() as connection:
        return connection.execute(query).fetchall()


def held(day: int) -> str:
    return f"valid_from <= '2026-07-{day:02}' and (valid_to > '2026-07-{day:02}' or valid_to is null)"


def on(scratch: Scratch, day: int, traits: tuple[str, ...] = tuple(TYPES)) -> Rows:
    """Everybody on a day, by the snapshots; and by the view, which must say the same."""
    snapshots = asked(scratch, f"select customer_id, {', '.join(traits)} from customer_snapshots where {held(day)}")
    spans = asked(scratch, f"select customer_id, trait, value from trait_history where {held(day)}")
    everybody = {customer: dict(zip(traits, values, strict=True)) for customer, *values in snapshots}
    assert len(everybody) == len(snapshots)
    texts = {
        (who, trait): str(value)
        for who, them in everybody.items()
        for trait, value in them.items()
        if value is not None
    }
    assert {(customer, trait): value for customer, trait, value in spans} == texts
    assert len(spans) == len(texts)
    return everybody


def test_any_course_of_builds_gives_each_day_as_its_last_build_saw_it(scratch: Scratch) -> None:
    chance = random.Random(7)  # noqa: S311 - a course of events, no secret
    scratch, last = scratch.read_once(), dict[int, Rows]()
    for day in (1, 2, 2, 2, 4, 4, 5, 7, 7):
        last[day] = {
            f"c{number}": {"orders": chance.randrange(3), "city": chance.choice(["Bonn", "Rome", None])}
            for number in range(25)
            if chance.random() < 0.7
        }
        build(scratch, day, last[day])
        assert {day: on(scratch, day) for day in last} == last
    assert on(scratch, 3) == last[2]
    build(scratch, 6, last[1])
    assert {day: on(scratch, day) for day in last} == last, "an earlier day was built, and the history left alone"
    pairs = "trait_history as one inner join trait_history as next using (customer_id, trait, value)"
    assert asked(scratch, f"select * from {pairs} where one.valid_to = next.valid_from") == []


def test_traits_come_and_go_and_change_their_type(scratch: Scratch) -> None:
    build(scratch, 1, {"ada": {"orders": 1, "city": "Bonn"}})
    declare(scratch, {"orders": "decimal(9, 2)", "tier": "varchar"})
    build(scratch, 2, {"ada": {"orders": "1.25", "tier": "gold"}})
    assert on(scratch, 1, ("orders", "tier")) == {"ada": {"orders": 1, "tier": None}}
    [[orders]] = asked(scratch, f"select orders from customer_snapshots where {held(2)}")
    assert str(orders) == "1.25", "not rounded to what the column once was"
    assert asked(scratch, "select city from customer_snapshots order by valid_from") == [("Bonn",), (None,)]


def test_a_type_that_the_past_does_not_fit_leaves_all_as_it_stands(scratch: Scratch) -> None:
    build(scratch, 1, {"ada": {"orders": 1, "city": "Bonn"}})
    declare(scratch, {"orders": "bigint", "city": "date"})
    with pytest.raises(KindredError, match=r"(?s)customer_snapshots: .*Bonn"):
        build(scratch, 2, {"ada": {"orders": 2, "city": None}})
    assert asked(scratch, "select orders, city, valid_to from customer_snapshots") == [(1, "Bonn", None)]


def test_what_names_a_person_is_kept_as_a_digest_that_only_tells_that_it_changed(scratch: Scratch) -> None:
    declare(scratch, TYPES, direct="city")
    for day, city in ((1, "Bonn"), (2, "Rome"), (3, "Bonn")):
        build(scratch, day, {"ada": {"orders": 1, "city": city}, "bob": {"orders": 1, "city": "Bonn"}})
    query = "select city from customer_snapshots where customer_id = '{}' order by valid_from"
    [[first], [second], [third]] = asked(scratch, query.format("ada"))
    assert first == third != second
    assert all(re.fullmatch("#[0-9a-f]{8}", digest) for digest in (first, second))
    assert asked(scratch, query.format("bob")) != [(first,)], "two of one city cannot be told by it"
