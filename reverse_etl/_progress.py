"""A progress bar, for a person who waits at a terminal."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_etl._result import SyncOptions


@contextmanager
def progress_bar(sync: str, options: SyncOptions, console: Console | None = None) -> Iterator[SyncOptions]:
    """The options, with a bar on stderr while the block runs; without one unless it is a terminal."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield options
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(sync, total=None)
        yield replace(
            options,
            expect=lambda records: bar.update(task, total=records),
            advance=lambda records: bar.advance(task, records),
        )
