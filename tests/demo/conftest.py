"""Small populations, generated once and shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from demo import DemoOptions, Mess, generate, load
from warehouse import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Make = Callable[..., Settings]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Generate and load a population; give where it is."""

    def _make(**options: object) -> Settings:
        settings = settings_in(tmp_path_factory.mktemp("home"))
        generate(settings, DemoOptions(**options), quiet=True)
        load(settings)
        return settings

    return _make


def settings_in(home: Path) -> Settings:
    """Settings with everything below one folder."""
    return Settings(home=home, project=home, destinations=home / "destinations.toml")


@pytest.fixture(scope="session")
def messy_settings(make: Make) -> Settings:
    """Two thousand people with the usual mess, in two chunks."""
    return make(people=2_000, chunk=1_200)


@pytest.fixture(scope="session")
def clean_settings(make: Make) -> Settings:
    """A thousand people without mess."""
    return make(people=1_000, mess=Mess.none())


@pytest.fixture
def messy(messy_settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(messy_settings.database), read_only=True) as connection:
        yield connection


@pytest.fixture
def clean(clean_settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(clean_settings.database), read_only=True) as connection:
        yield connection
