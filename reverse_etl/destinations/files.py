"""Files on this machine: `add.csv`, `remove.csv` and `manifest.json` in a folder for each run, as `_outbox.py` says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from reverse_etl.destinations._contract import Configured, Destination, Kind
from reverse_etl.destinations._local_store import LocalStore
from reverse_etl.destinations._outbox import outbox_destination

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Run


@dataclass(frozen=True)
class FilesSettings:
    """The table of a files destination in destinations.toml."""

    directory: str = "outbox"  # relative to KINDRED_HOME, or absolute
    spreadsheet_safe: bool = True  # a leading quote before cells that begin with = + - @ or a tab


def _problems(settings: FilesSettings) -> list[tuple[str, str]]:
    return [] if settings.directory else [("directory", "must name a folder.")]


def _open(configured: Configured, run: Run, home: Path) -> Destination:
    settings: FilesSettings = configured.settings
    store = partial(LocalStore, home / settings.directory / run.sync)
    return outbox_destination(configured.name, run, store, spreadsheet_safe=settings.spreadsheet_safe)


KIND = Kind(FilesSettings, _problems, _open)
