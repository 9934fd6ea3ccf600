"""Parquet files of one chunk, and the folder that appears only when it is complete."""

from __future__ import annotations

import shutil
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from demo.truth import broken_rows, record_owners, strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from demo.chunk import Chunk
    from demo.mess.rows import Raw
    from demo.world import World

TRUTH_FOLDER = "truth"


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Give a new folder that takes the place of the old one when the block ends well, and vanishes when it does not."""
    partial, old = folder.with_name(f"{folder.name}.partial"), folder.with_name(f"{folder.name}.old")
    for leftover in (partial, old):
        shutil.rmtree(leftover, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if folder.exists():
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def added(folder: Path) -> Iterator[Path]:
    """Give a new folder whose files move into the old one when the block ends well, and vanish when it does not."""
    more = folder.with_name(f"{folder.name}.more")
    with replaced(more) as partial:
        yield partial
    for file in sorted(more.rglob("*.parquet")):
        file.rename(folder / file.relative_to(more))
    shutil.rmtree(more)


def write_chunk(folder: Path, world: World, raws: Iterable[Raw]) -> dict[str, int]:
    """Write what the sources recorded of a chunk, and the truth about it.

    Returns:
        The rows of each raw table.
    """
    part = part_name(world.chunk)
    parts: dict[str, list[Raw]] = defaultdict(list)
    for raw in raws:
        parts[raw.frame.table.name].append(raw)
    for name, pieces in parts.items():
        write_part(folder / name, part, pa.concat_tables([_arrow(piece) for piece in pieces]))
    truth = folder / TRUTH_FOLDER
    write_part(truth / "record_owners", part, pa.concat_tables(record_owners(world, p) for p in parts.values()))
    write_part(truth / "broken_rows", part, pa.concat_tables(broken_rows(p) for p in parts.values()))
    return {name: sum(len(piece.frame) for piece in pieces) for name, pieces in parts.items()}


def part_name(chunk: Chunk) -> str:
    """The name of a chunk's files."""
    return f"part-{chunk.tag}{chunk.index:05d}.parquet"


def write_part(folder: Path, part: str, table: pa.Table) -> None:
    """Write one Parquet file of a table."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / part, compression="zstd")


def _arrow(raw: Raw) -> pa.Table:
    frame = raw.frame
    columns = {name: strings(frame.column(name)) for name in frame.table.columns}
    loaded_at = np.asarray(raw.loaded_at, dtype="datetime64[s]").astype("datetime64[us]")
    return pa.table({**columns, "_loaded_at": pa.array(loaded_at, type=pa.timestamp("us"))})
