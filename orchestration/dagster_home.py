"""Dagster's own folder, with the settings that this project needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from dagster import DagsterInstance

    from warehouse import Settings

_CONFIGURATION = """# Written by `kindred`: edit orchestration/dagster_home.py instead.
telemetry:
  enabled: false
nux:
  enabled: false
# One process writes the database, so runs wait for each other here rather than at its door.
concurrency:
  runs:
    max_concurrent_runs: 1
# Thousands of events a run: see the module for what its own storage would cost.
event_log_storage:
  module: orchestration.event_log
  class: KeptOpenEventLog
  config:
    base_dir: {history}
"""


def prepare(settings: Settings) -> Path:
    """Make the folder and point this process, and its children, to it."""
    home = settings.home / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(_CONFIGURATION.format(history=home / "history" / "runs"))
    os.environ.update(settings.environment(), DAGSTER_HOME=str(home))
    return home


def instance(settings: Settings) -> DagsterInstance:
    """The instance in which runs are kept, the same that the UI shows."""
    from dagster import DagsterInstance  # noqa: PLC0415 - a second that most commands do without

    prepare(settings)
    return DagsterInstance.get()
