"""What earlier builds measured, so that a build can be compared with those before it.

One line a build and suite, beside the pages. Only builds that passed are kept: a mistake never becomes the norm.
Forgetting the history starts the comparison anew; the absolute limits stay.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expectations._results import SuiteResult
    from warehouse import Settings

_FILE = "history.jsonl"
_COMPARED = 5


@dataclass(frozen=True)
class History:
    """The measures of the last builds of one suite, the latest last."""

    builds: tuple[dict[str, Any], ...] = ()

    def typical(self, measure: str) -> float | None:
        """The median of a measure over the last five builds; None without an earlier build."""
        values = [float(build[measure]) for build in self.builds[-_COMPARED:] if build.get(measure) is not None]
        return statistics.median(values) if values else None

    def last(self, measure: str) -> Any:
        """The measure of the last build, None without one."""
        return self.builds[-1].get(measure) if self.builds else None


def read(settings: Settings, suite: str, build: str, as_of: str) -> History:
    """The builds before this one, of no later day: a past day that is rebuilt is not held to the future."""
    path = settings.data_docs / _FILE
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    own = [line for line in lines if line["suite"] == suite and line["build"] != build and line["as_of"] <= as_of]
    return History(tuple(line["measures"] for line in own))


def keep(settings: Settings, result: SuiteResult, as_of: str) -> None:
    """Remember what a build measured, if it passed."""
    if not result.passed:
        return
    settings.data_docs.mkdir(parents=True, exist_ok=True)
    line = {"suite": result.suite, "build": result.build, "as_of": as_of, "measures": result.measures}
    with (settings.data_docs / _FILE).open("a") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")


def forget(settings: Settings) -> None:
    """Start the comparison anew."""
    (settings.data_docs / _FILE).unlink(missing_ok=True)
