"""What is in flight: written before a request leaves, cleared when its receipts are in the warehouse.

When a run dies in between, the next one finds here who was perhaps taken, and writes receipts that say `unknown`.
Without it somebody who left the audience meanwhile would stay at the destination: no receipt would know of them.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from reverse_etl._records import Batch, Record, Run
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse import Settings


_KEPT = ("operation", "record_key", "customer_id", "permission_id", "payload_hash")


@dataclass(frozen=True)
class Journal:
    """One file per sync; holds at most one batch, and for as long as its answer is out."""

    path: Path

    @classmethod
    def of(cls, settings: Settings, sync: str) -> Journal:
        """The journal of a sync."""
        folder = settings.home / "in_flight"
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder / f"{sync}.json")

    def note(self, batch: Batch) -> None:
        """Keep a batch, durably, before it is sent; what a receipt says of a record, and not its payload."""
        rows = [[getattr(record, name) for name in _KEPT] for record in batch.records]
        temporary = self.path.with_suffix(".partial")
        with temporary.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"run": asdict(batch.run), "records": rows}))
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(self.path)

    def clear(self) -> None:
        """Its receipts are in the warehouse."""
        self.path.unlink(missing_ok=True)

    def left(self) -> Batch | None:
        """The batch whose answer a dead run never recorded; None if there is none.

        Raises:
            KindredError: the file cannot be read.
        """
        try:
            noted = json.loads(self.path.read_text(encoding="utf-8"))
            run = Run(**{**noted["run"], "columns": tuple(noted["run"]["columns"])})
            rows = [dict(zip(_KEPT, row, strict=True)) for row in noted["records"]]
            return Batch(run, tuple(Record(payload=None, **row) for row in rows))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise KindredError(
                f"{self.path} names records in flight and cannot be read: restore or look at it."
            ) from error
