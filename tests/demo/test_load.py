from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demo import DemoOptions, Mess, extend, generate, load
from warehouse import KindredError, Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, project=tmp_path, destinations=tmp_path)
    generate(settings, DemoOptions(people=80, mess=Mess.none()), quiet=True)
    return settings


def _ask(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.database)) as connection:
        return connection.execute(query).fetchall()


def _loads(settings: Settings) -> list[tuple[object, ...]]:
    return _ask(settings, "select * from raw._loads order by all")


def test_a_second_load_of_the_same_files_does_nothing(home: Settings) -> None:
    first = load(home)
    assert len(first.changed) == 28
    before = _loads(home)
    second = load(home)
    assert (second.rows, second.changed) == (first.rows, ())
    assert _loads(home) == before


def test_rows_loaded_are_the_rows_generated(home: Settings) -> None:
    made = generate(home, DemoOptions(people=80, mess=Mess.none()), quiet=True)
    assert load(home).rows == made.rows
    assert _ask(home, "select count(*), sum(rows) from raw._loads where schema_name = 'raw'")[0][1] == sum(
        made.rows.values()
    )
    assert _ask(home, "select count(*) from truth.people") == [(80,)]


def test_what_was_generated_again_replaces_what_was_loaded_before(home: Settings) -> None:
    load(home)
    made = generate(home, DemoOptions(people=40, mess=Mess.none()), quiet=True)
    loaded = load(home)
    assert loaded.rows == made.rows
    assert "raw.shop_products" not in loaded.changed
    assert _ask(home, "select count(*) from truth.people") == [(40,)]


def test_a_new_file_is_appended_and_the_others_are_left_alone(home: Settings) -> None:
    before = load(home).rows["web_events"]
    folder = home.raw / "web_events"
    shutil.copy(folder / "part-00000.parquet", folder / "part-00001.parquet")
    loaded = load(home)
    assert loaded.changed == ("raw.web_events",)
    assert loaded.rows["web_events"] == 2 * before


def test_a_table_that_somebody_dropped_is_loaded_again(home: Settings) -> None:
    rows = load(home).rows
    _ask(home, "drop table raw.shop_carts")
    assert load(home).changed == ("raw.shop_carts",)
    assert load(home).rows == rows


def _damage_the_footer(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-30])


def _damage_the_rows(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4 : len(content) // 2] = b"\x00" * (len(content) // 2 - 4)
    file.write_bytes(content)


def _drop_a_column(file: Path) -> None:
    pq.write_table(pq.read_table(file).drop_columns(["sent_at"]), file)


def _no_parquet(file: Path) -> None:
    file.write_text("event_id,event_type\n1,page_view\n")


def _wrong_type(file: Path) -> None:
    table = pq.read_table(file)
    broken = pa.array(["soon"] * len(table))
    pq.write_table(table.set_column(table.num_columns - 1, "_loaded_at", broken), file)


@pytest.mark.parametrize(
    "damage", [_damage_the_footer, _damage_the_rows, _drop_a_column, _no_parquet, _wrong_type], ids=lambda d: d.__name__
)
def test_a_bad_file_is_named_and_nothing_is_half_loaded(home: Settings, damage: object) -> None:
    load(home)
    before = _loads(home), _ask(home, "select count(*) from raw.shop_orders")
    generate(home, DemoOptions(people=90, seed=9, mess=Mess.none()), quiet=True)
    file = home.raw / "campaign_sends" / "part-00000.parquet"
    damage(file)
    with pytest.raises(KindredError) as error:
        load(home)
    sentence = str(error.value)
    assert str(file) in sentence
    assert "python -m demo --force" in sentence
    assert "\n" not in sentence
    if damage is _drop_a_column:
        assert "has no column sent_at" in sentence
    assert (_loads(home), _ask(home, "select count(*) from raw.shop_orders")) == before


def test_a_table_without_files_is_named(home: Settings) -> None:
    shutil.rmtree(home.raw / "shop_carts")
    with pytest.raises(KindredError, match=r"no Parquet file in .*shop_carts"):
        load(home)
    assert not home.database.exists()


def test_later_days_are_appended_for_the_same_people(home: Settings) -> None:
    before = load(home).rows
    extend(home, 30, quiet=True)
    first = load(home)
    made = extend(home, 30, quiet=True)
    second = load(home)
    assert second.rows == made.rows
    assert "raw.shop_customers" not in first.changed
    assert before["web_events"] < first.rows["web_events"] < second.rows["web_events"]
    assert _ask(home, "select count(*) from truth.people") == [(80,)]
    later = "select min(occurred_at) >= '2026-07-01', max(occurred_at) < '2026-08-30' from raw.web_events"
    assert _ask(home, f"{later} where event_id like 'E0000d%'") == [(True, True)]
    for table, key in (("web_events", "event_id"), ("shop_orders", "order_id"), ("shop_carts", "cart_id")):
        assert _ask(home, f"select count(*) - count(distinct ({key}, _loaded_at)) from raw.{table}") == [(0,)]
    known = "select distinct user_id from raw.shop_customers"
    assert _ask(home, f"select user_id from raw.web_events where user_id not in ({known})") == []
    assert not extend_again_changes_what_is_there(home)


def extend_again_changes_what_is_there(home: Settings) -> bool:
    generate(home, DemoOptions(people=80, mess=Mess.none()), quiet=True)
    return bool(load(home).changed)


def test_days_are_not_added_to_what_another_version_made(home: Settings) -> None:
    note = home.raw / "generation.json"
    note.write_text(note.read_text().replace('"code": "', '"code": "0'))
    with pytest.raises(KindredError, match="run `python -m demo`"):
        extend(home, 1, quiet=True)
    assert [folder.name for folder in home.home.iterdir()] == ["raw"]
