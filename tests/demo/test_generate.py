from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from demo import DemoOptions, Mess, generate
from demo.__main__ import main
from demo.schema import TABLES
from warehouse import KindredError, Settings

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


def _settings(home: Path) -> Settings:
    return Settings(home=home, project=home, destinations=home)


def _digests(settings: Settings) -> dict[str, str]:
    return {
        str(file.relative_to(settings.raw)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(settings.raw.rglob("*.parquet"))
    }


def _generated(home: Path, **options: object) -> dict[str, str]:
    settings = _settings(home)
    generate(settings, DemoOptions(**{"people": 300, "chunk": 200, **options}), quiet=True)
    return _digests(settings)


def test_the_same_seed_gives_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    assert _generated(tmp_path / "one") == _generated(tmp_path / "two")


def test_another_seed_gives_other_people_in_every_table_but_the_catalogue(tmp_path: Path) -> None:
    one, two = _generated(tmp_path / "one"), _generated(tmp_path / "two", seed=8)
    equal = {name for name in one.keys() & two.keys() if one[name] == two[name]}
    assert equal <= {"shop_products/part-00000.parquet", "truth/broken_rows/part-00001.parquet"}


def test_people_are_as_many_as_asked_for_and_each_chunk_is_a_file(messy: duckdb.DuckDBPyConnection) -> None:
    assert messy.sql("select count(*), count(distinct person_id) from truth.people").fetchone() == (2_000, 2_000)
    parts = "select count(*) from raw._loads where table_name = 'web_events'"
    assert messy.sql(parts).fetchone() == (2,)


def test_a_chunk_is_the_same_however_many_follow(tmp_path: Path) -> None:
    short, long = _generated(tmp_path / "one", people=200), _generated(tmp_path / "two", people=400)
    assert short["web_events/part-00000.parquet"] == long["web_events/part-00000.parquet"]


def test_every_table_has_its_columns_and_the_load_time_last(messy_settings: Settings) -> None:
    for table in TABLES:
        for file in (messy_settings.raw / table.name).iterdir():
            schema = pq.read_schema(file)
            assert schema.names == [*table.columns, "_loaded_at"]
            assert {str(schema.field(name).type) for name in table.columns} == {"string"}
            assert str(schema.field("_loaded_at").type) == "timestamp[us]"


def test_nothing_is_generated_twice_for_the_same_options(tmp_path: Path) -> None:
    settings, options = _settings(tmp_path), DemoOptions(people=50)
    first = generate(settings, options, quiet=True)
    second = generate(settings, options, quiet=True)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.rows == second.rows
    assert generate(settings, DemoOptions(people=51), quiet=True).is_new
    assert generate(settings, DemoOptions(people=51), force=True, quiet=True).is_new


def test_an_interrupted_generation_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _generated(tmp_path)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("demo.generation.people", fail)
    with pytest.raises(KeyboardInterrupt):
        _generated(tmp_path, seed=9)
    assert _digests(_settings(tmp_path)) == before
    assert [folder.name for folder in tmp_path.iterdir()] == ["raw"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"people": 0}, "at least one person"),
        ({"seed": -1}, "must not be negative"),
        ({"start": "2026-07-01", "end": "2026-07-01"}, "must lie before"),
    ],
)
def test_what_cannot_be_generated_is_refused_in_a_sentence(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(KindredError, match=sentence):
        DemoOptions(**options)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [("typo=0.1", "no mess called 'typo'"), ("typos=many", "is no number"), ("typos=2", "between 0 and 1")],
)
def test_a_wrong_mess_is_refused_in_a_sentence(setting: str, sentence: str) -> None:
    with pytest.raises(KindredError, match=sentence):
        Mess.parse([setting])


def test_mess_is_read_from_left_to_right() -> None:
    mess = Mess.parse(["late_rows=0.5", "none", "typos=0.25"])
    assert (mess.late_rows, mess.typos) == (0.0, 0.25)


def test_the_command_generates_and_loads_and_says_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDRED_HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["--people", "60", "--mess", "none"])
    assert result.exit_code == 0
    assert "60 people made (seed 7); 28 tables loaded" in result.output
    again = CliRunner().invoke(main, ["--people", "60", "--mess", "none"])
    assert "60 people were made before (seed 7); 0 tables loaded" in again.output
    wrong = CliRunner().invoke(main, ["--mess", "nonsense=1"])
    assert wrong.exit_code == 1
