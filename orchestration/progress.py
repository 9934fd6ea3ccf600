"""What a person sees while a run works: what is being done, on stderr, so that stdout stays for results."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.dbt import Manifest
    from orchestration.dbt_events import NodeDone

_STEP_SECONDS = 5.0


class Reporter:
    """Says what is being done: a line a phase, and a bar, or a line now and then where nobody watches a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        """Report to a console, by default on stderr."""
        self.console = console or Console(stderr=True)
        self._progress: Progress | None = None
        self._done = 0
        self._total = 0
        self._spoken = time.monotonic()

    def phase(self, text: str) -> None:
        """Say what comes now."""
        self.console.print(text, style="dim", highlight=False)

    @contextmanager
    def building(self, manifest: Manifest) -> Iterator[None]:
        """Show how many of the project's nodes are done while the block runs."""
        self._done, self._total = 0, _nodes(manifest)
        columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal) as progress:
            self._progress = progress
            self._task = progress.add_task("building", total=self._total)
            try:
                yield
            finally:
                self._progress = None

    def node(self, node: NodeDone) -> None:
        """Count one dbt node."""
        self._done += 1
        if self._progress and self.console.is_terminal:
            self._progress.update(self._task, advance=1, description=node.unique_id.split(".")[2][:44])
        elif time.monotonic() - self._spoken > _STEP_SECONDS:
            self._spoken = time.monotonic()
            self.phase(f"  {self._done} of {self._total} models and tests done")


def _nodes(manifest: Manifest) -> int:
    return sum(node["resource_type"] in {"model", "seed", "snapshot", "test"} for node in manifest["nodes"].values())
