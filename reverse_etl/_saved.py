"""Plans that were saved: they may be carried out only while the world is as it was when they were made."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from reverse_etl._outgoing import describe_desired
from reverse_etl._plan import plan_sync
from reverse_etl._render import to_json
from reverse_etl._tables import Tables, load_syncs
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from reverse_etl._plan import SyncPlan
    from warehouse import Settings


@dataclass(frozen=True)
class Fingerprint:
    """What a plan was made from.

    Attributes:
        build_id: the build of the audience.
        receipts: how many the sync had.
        recorded_at: when the last of them came, as text; None when there was none.
        adds, updates, removals: what was to be sent.
    """

    build_id: str | None
    receipts: int
    recorded_at: str | None
    adds: int
    updates: int
    removals: int


def fingerprint(tables: Tables, planned: SyncPlan) -> Fingerprint:
    """That of a plan, on the warehouse that it was made from."""
    receipts = tables.table("receipts")
    mine = receipts.filter(receipts.sync == planned.sync)
    last = mine.aggregate(number=mine.count(), recorded_at=mine.recorded_at.max().cast("string"))
    found = tables.rows(last)[0]
    changes = planned.adds, planned.updates, planned.removals
    return Fingerprint(planned.build_id, found["number"], found["recorded_at"], *changes)


def save_plans(settings: Settings, plans: Sequence[SyncPlan], path: Path) -> None:
    """Write plans to a file that `load_plans` reads; they hold counts, no personal data.

    Raises:
        KindredError: the file cannot be written.
    """
    with connect(settings, read_only=True) as connection:
        tables = Tables.on(connection)
        found = {planned.sync: asdict(fingerprint(tables, planned)) for planned in plans}
    text = json.dumps({"plans": json.loads(to_json(plans)), "made_from": found}, indent=2)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise KindredError(f"The plan cannot be written to {path}: {error.strerror}.") from error


def load_plans(path: Path) -> dict[str, Fingerprint]:
    """What the plans of a file were made from, by sync.

    Raises:
        KindredError: it holds no plans.
    """
    try:
        made_from: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))["made_from"]
        return {sync: Fingerprint(**found) for sync, found in made_from.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KindredError(f"{path} holds no plan that `kindred plan --save` wrote.") from error


def check_unmoved(settings: Settings, saved: Mapping[str, Fingerprint], now: datetime) -> None:
    """See to it that saved plans still hold, all of them.

    Raises:
        KindredError: something has changed since; it names the syncs.
    """
    with connect(settings, read_only=True) as connection:
        tables = Tables.on(connection)
        syncs = load_syncs(tables, tuple(saved))
        moved = [
            sync.sync
            for sync in syncs
            if fingerprint(tables, plan_sync(tables, sync, describe_desired(tables, sync), now)) != saved[sync.sync]
        ]
    if moved:
        raise moved_error(moved)


def moved_error(syncs: Sequence[str]) -> KindredError:
    """The audience or what is known of the destination is not what it was."""
    return KindredError(
        f"The saved plan no longer holds for {', '.join(syncs)}: a build or answers came since; nothing was sent; "
        "make a new one with `kindred plan --save`."
    )
