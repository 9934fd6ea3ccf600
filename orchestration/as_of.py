"""Which moment a run looks back from.

In this order: `KINDRED_AS_OF` (a timestamp in UTC, or `now`); the `as_of` that the project's own `dbt_project.yml`
fixes, as the demo's does, because its data end there; else the moment at which the run was started or scheduled. So a
company's project that leaves `as_of` out moves with the calendar, and any past day can be rebuilt by naming it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestration.registry import read_yaml
from warehouse import KindredError

if TYPE_CHECKING:
    from warehouse import Settings

VARIABLE = "KINDRED_AS_OF"
_FORMAT = "%Y-%m-%d %H:%M:%S"


def chosen_as_of(settings: Settings, moment: datetime) -> str | None:
    """The `as_of` to hand to dbt as UTC text; None if the project's own stands.

    Args:
        settings: where the project is.
        moment: when the run was started or scheduled, with its time zone.

    Raises:
        KindredError: `KINDRED_AS_OF` is no timestamp.
    """
    wanted = os.environ.get(VARIABLE)
    if wanted and wanted.strip().lower() != "now":
        return _parsed(wanted)
    if wanted is None and _fixed(settings):
        return None
    return _text(moment)


def _fixed(settings: Settings) -> bool:
    variables: dict[str, Any] = read_yaml(settings.project / "dbt_project.yml").get("vars") or {}
    scopes = [variables, *(scope for scope in variables.values() if isinstance(scope, dict))]
    return any("as_of" in scope for scope in scopes)


def _parsed(wanted: str) -> str:
    try:
        return _text(datetime.fromisoformat(wanted.strip()))
    except ValueError:
        raise KindredError(
            f"{VARIABLE} is '{wanted}', which is no timestamp: write it as 2026-07-01 00:00:00 (UTC), or `now`."
        ) from None


def _text(moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime(_FORMAT)
