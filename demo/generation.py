"""Make the people, chunk by chunk, and write what the sources would have recorded of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from demo.chunk import chunks
from demo.later import later
from demo.mess.rows import spoil
from demo.note import Note, code_version, read_note, write_note
from demo.sources.every import frames, later_frames
from demo.truth import Effects, campaign_outcomes, people
from demo.world import make_world
from demo.writer import TRUTH_FOLDER, added, part_name, replaced, write_chunk, write_part
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from demo.chunk import Chunk
    from demo.frames import Frame
    from demo.mess.rows import Raw
    from demo.options import DemoOptions
    from demo.world import World
    from warehouse import Settings


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
    known = read_note(settings.raw)
    if known and known.options == options and known.is_ours and not force:
        return Generation(known.rows, is_new=False)
    with replaced(settings.raw) as folder:
        rows = _write_everything(folder, options, quiet=quiet)
        write_note(folder, Note(options, code_version(), rows))
    return Generation(rows, is_new=True)


def extend(settings: Settings, days: int, *, quiet: bool = False) -> Generation:
    """Let the same people live some days longer: new files beside the others, which stay as they are.

    Args:
        settings: where the generation is.
        days: how many days; they follow those that were added before.
        quiet: show no progress.

    Raises:
        KindredError: there is no generation, or another version of the generator made it.
    """
    note = read_note(settings.raw)
    if not note or not note.is_ours:
        raise KindredError(
            f"Days can only be added to what this version made: run `python -m demo` for {settings.raw}."
        )
    rows = Counter(note.rows)
    with added(settings.raw) as folder:
        for chunk in _shown(note.options, quiet=quiet):
            world = later(make_world(chunk), note.days, days)
            rows.update(write_chunk(folder, world, _spoilt(world, later_frames(world))))
    write_note(settings.raw, Note(note.options, note.code, dict(rows), note.days + days))
    return Generation(dict(rows), is_new=True)


def _write_everything(folder: Path, options: DemoOptions, *, quiet: bool) -> dict[str, int]:
    rows: Counter[str] = Counter()
    effects = Effects.none()
    for chunk in _shown(options, quiet=quiet):
        world = make_world(chunk)
        rows.update(write_chunk(folder, world, _spoilt(world, frames(world))))
        write_part(folder / TRUTH_FOLDER / "people", part_name(chunk), people(world))
        write_part(folder / TRUTH_FOLDER / "campaign_outcomes", part_name(chunk), campaign_outcomes(world))
        effects = effects.plus(world)
    write_part(folder / TRUTH_FOLDER / "campaign_effects", "part-00000.parquet", effects.table())
    return dict(rows)


def _spoilt(world: World, every: Iterable[Frame]) -> Iterator[Raw]:
    for frame in every:
        yield spoil(world.chunk, frame, world.tablets.every_id)


def _shown(options: DemoOptions, *, quiet: bool) -> Iterator[Chunk]:
    """The chunks, with a bar that counts people."""
    columns = (TextColumn("Making people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, disable=hidden, transient=True) as progress:
        task = progress.add_task("people", total=options.people)
        for chunk in chunks(options):
            yield chunk
            progress.advance(task, chunk.size)
