"""Where things are, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """The places that one installation works in.

    Attributes:
        home: the folder of everything that a run writes (`KINDRED_HOME`, by default `var/` in the repository).
        project: the dbt project to run (`KINDRED_PROJECT`, by default `dbt_project/`).
        destinations: the file with the destinations' settings (`KINDRED_DESTINATIONS`, by default
            `destinations.toml` beside the dbt project if it is there, else the repository's).
    """

    home: Path
    project: Path
    destinations: Path

    @classmethod
    def from_env(cls) -> Settings:
        """Read the settings; every path is made absolute."""
        project = _path("KINDRED_PROJECT", REPOSITORY / "dbt_project")
        beside = project / "destinations.toml"
        fallback = beside if beside.exists() else REPOSITORY / "destinations.toml"
        return cls(
            home=_path("KINDRED_HOME", REPOSITORY / "var"),
            project=project,
            destinations=_path("KINDRED_DESTINATIONS", fallback),
        )

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.home / "kindred.duckdb"

    @property
    def raw(self) -> Path:
        """The folder in which the demo leaves its Parquet files, one folder a table."""
        return self.home / "raw"

    @property
    def dbt_target(self) -> Path:
        """The folder of dbt's artifacts: the manifest, compiled queries, what each node did."""
        return self.home / "dbt"

    @property
    def data_docs(self) -> Path:
        """The folder of the pages that say what the expectations found."""
        return self.home / "data_docs"

    def environment(self) -> dict[str, str]:
        """The variables that make a child process, dbt above all, see the same places."""
        return {
            "KINDRED_HOME": str(self.home),
            "KINDRED_PROJECT": str(self.project),
            "KINDRED_DESTINATIONS": str(self.destinations),
        }


def _path(variable: str, default: Path) -> Path:
    value = os.environ.get(variable)
    return Path(value).expanduser().resolve() if value else default
