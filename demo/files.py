"""The files that a load expects, and what is said when one of them is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from demo.schema import TABLES
from demo.truth import TRUTH
from demo.writer import TRUTH_FOLDER
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

_AGAIN = "make the demo again with `python -m demo --force`, or put the file right"


@dataclass(frozen=True)
class SourceTable:
    """One table to load.

    Attributes:
        schema: `raw` or `truth`.
        name: the table.
        columns: column → DuckDB type.
        files: its Parquet files, in order.
    """

    schema: str
    name: str
    columns: dict[str, str]
    files: tuple[Path, ...]


def source_tables(folder: Path) -> tuple[SourceTable, ...]:
    """Every table of the contract with its files.

    Raises:
        KindredError: a table has no file.
    """
    raw = [
        SourceTable(
            "raw", t.name, {**dict.fromkeys(t.columns, "varchar"), "_loaded_at": "timestamp"}, _files(folder / t.name)
        )
        for t in TABLES
    ]
    truth = [
        SourceTable("truth", name, columns, _files(folder / TRUTH_FOLDER / name)) for name, columns in TRUTH.items()
    ]
    return (*raw, *truth)


def _files(folder: Path) -> tuple[Path, ...]:
    files = tuple(sorted(folder.glob("*.parquet")))
    if not files:
        raise KindredError(f"There is no Parquet file in {folder}: {_AGAIN}.")
    return files


def check(table: SourceTable, files: tuple[Path, ...]) -> None:
    """Read the footer of each file.

    Raises:
        KindredError: a file is no Parquet file, or lacks a column.
    """
    for file in files:
        try:
            found = pq.read_schema(file).names
        except (OSError, pa.ArrowException) as error:
            raise unreadable(file, error) from error
        missing = [name for name in table.columns if name not in found]
        if missing:
            raise KindredError(f"{file} has no column {', '.join(missing)}: {_AGAIN}.")


def unreadable(file: Path, error: Exception) -> KindredError:
    """One sentence about a file that cannot be loaded."""
    reason = str(error).splitlines()[0]
    return KindredError(f"{file} cannot be read ({reason}): {_AGAIN}.")
