"""Make the people, chunk by chunk, and write what the sources would have recorded of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from demo.chunk import chunks
from demo.mess.rows import spoil
from demo.sources.every import frames
from demo.truth import Effects, campaign_outcomes, people
from demo.world import make_world
from demo.writer import TRUTH_FOLDER, replaced, write_chunk, write_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.chunk import Chunk
    from demo.mess.rows import Raw
    from demo.options import DemoOptions
    from demo.world import World
    from warehouse import Settings

NOTE = "generation.json"
"""The file beside the tables that says what was asked for, and by which version of this code it was made."""


@dataclass(frozen=True)
class Generation:
    """What was generated.

    Attributes:
        rows: the number of rows of each raw table.
        is_new: false if the same had been generated before, and nothing was written.
    """

    rows: dict[str, int]
    is_new: bool


def generate(settings: Settings, options: DemoOptions, *, force: bool = False, quiet: bool = False) -> Generation:
    """Write the raw tables and the truth to Parquet under `settings.raw`.

    What stands there is replaced as a whole, and only when the new generation is complete. The same options give the
    same files; if they are there already, nothing is done.

    Args:
        settings: where to write.
        options: what to generate.
        force: generate even if the same is there already.
        quiet: show no progress.
    """
    asked = _description(options)
    if not force and (known := _read_note(settings.raw / NOTE)) and known["asked"] == asked:
        return Generation(known["rows"], is_new=False)
    with replaced(settings.raw) as folder:
        rows = _write_everything(folder, options, quiet=quiet)
        (folder / NOTE).write_text(json.dumps({"asked": asked, "rows": rows}, indent=1))
    return Generation(rows, is_new=True)


def _write_everything(folder: Path, options: DemoOptions, *, quiet: bool) -> dict[str, int]:
    rows: Counter[str] = Counter()
    effects = Effects.none()
    for chunk in _shown(options, quiet=quiet):
        world = make_world(chunk)
        rows.update(write_chunk(folder, world, _raws(world)))
        write_part(folder / TRUTH_FOLDER / "people", chunk.index, people(world))
        write_part(folder / TRUTH_FOLDER / "campaign_outcomes", chunk.index, campaign_outcomes(world))
        effects = effects.plus(world)
    write_part(folder / TRUTH_FOLDER / "campaign_effects", 0, effects.table())
    return dict(rows)


def _raws(world: World) -> Iterator[Raw]:
    for frame in frames(world):
        yield spoil(world.chunk, frame, world.tablets.every_id)


def _shown(options: DemoOptions, *, quiet: bool) -> Iterator[Chunk]:
    """The chunks, with a bar that counts people."""
    columns = (TextColumn("Making people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as progress:
        task = progress.add_task("people", total=options.people)
        for chunk in chunks(options):
            yield chunk
            progress.advance(task, chunk.size)


def _description(options: DemoOptions) -> dict[str, object]:
    code = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        code.update(file.read_bytes())
    return {**asdict(options), "code": code.hexdigest()}


def _read_note(path: Path) -> dict[str, dict[str, int]] | None:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return None
