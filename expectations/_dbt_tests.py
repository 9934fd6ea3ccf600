"""The gate `dbt_tests`: in the invocation that built what is to be sent, did every test of it run and hold?

`desired_records` carries the id of the invocation that built it. Results of any other invocation say nothing about it,
and those of a partial one say too little: each test of `desired_records` and of everything upstream must be among them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

GATE = "dbt_tests"
_OUTGOING = "desired_records"
_FAILED = frozenset({"error", "fail", "runtime error"})
_HELD = frozenset({"pass", "warn"})


@dataclass(frozen=True)
class DbtRun:
    """What one dbt invocation did.

    Attributes:
        invocation: its id, which is the build of every table that it made.
        statuses: the outcome of each node by its unique id.
        manifest: the project as dbt parsed it.
    """

    invocation: str
    statuses: dict[str, str]
    manifest: dict[str, Any]

    @classmethod
    def read(cls, run_results: Path, earlier: Iterable[Path] = ()) -> DbtRun:
        """Read dbt's `run_results.json` and the `manifest.json` beside it.

        Args:
            run_results: of the invocation that is judged.
            earlier: of those before it that were steps of the same run; what was done again counts as the last did it.

        Raises:
            KindredError: one of them is missing or cannot be read.
        """
        results, manifest = _json(run_results), _json(run_results.with_name("manifest.json"))
        steps = [*(_json(path) for path in earlier), results]
        statuses = {result["unique_id"]: str(result["status"]) for step in steps for result in step["results"]}
        return cls(str(results["metadata"]["invocation_id"]), statuses, manifest)

    @property
    def built_outgoing(self) -> bool:
        """Whether it made `desired_records`."""
        return self.statuses.get(_outgoing(self.manifest)) == "success"

    @property
    def failed(self) -> list[str]:
        """The names of the nodes that failed."""
        return [_name(unique_id) for unique_id, status in self.statuses.items() if status in _FAILED]

    def verdict(self, build: str) -> tuple[bool, str]:
        """Whether the gate opens for this build, and why (not)."""
        if self.failed:
            return False, f"{len(self.failed)} failed in dbt: {_few(self.failed)}"
        if self.invocation != build:
            return False, "the results of dbt are not those of the build that is to be sent"
        required = list(_required_tests(self.manifest))
        missing = [_name(test) for test in required if self.statuses.get(test) not in _HELD]
        if missing:
            return False, f"{len(missing)} tests of what is to be sent did not run: {_few(missing)}"
        return True, f"{len(required)} tests held"


def steps_before(run_results: Path) -> list[Path]:
    """The kept results of the invocations that were steps of the same run before this one, oldest first.

    A run that calls dbt more than once keeps each step beside `run_results.json` as
    `run_results_of_<run>_<number>.json`, the last one too: by its invocation the others are known to be of its run.

    Raises:
        KindredError: one of them cannot be read.
    """
    invocation = _json(run_results)["metadata"]["invocation_id"]
    for kept in run_results.parent.glob("run_results_of_*_*.json"):
        if _json(kept)["metadata"]["invocation_id"] == invocation:
            run, _, number = kept.stem.rpartition("_")
            return [kept.with_name(f"{run}_{step}.json") for step in range(1, int(number))]
    return []


def _required_tests(manifest: dict[str, Any]) -> Iterable[str]:
    """The data tests of error severity about `desired_records` and everything that it is made of."""
    within = _ancestors(manifest, _outgoing(manifest))
    for unique_id, node in manifest["nodes"].items():
        needs = set(node["depends_on"].get("nodes", []))  # empty where what it tests is switched off
        if node["resource_type"] == "test" and _is_error(node) and needs and needs <= within:
            yield unique_id


def _is_error(node: dict[str, Any]) -> bool:
    return str(node.get("config", {}).get("severity", "error")).lower() == "error"


def _ancestors(manifest: dict[str, Any], unique_id: str) -> set[str]:
    found, waiting = set(), [unique_id]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(manifest["parent_map"].get(one, []))
    return found


def _outgoing(manifest: dict[str, Any]) -> str:
    models = (one for one, node in manifest["nodes"].items() if node["resource_type"] == "model")
    return next((one for one in models if _name(one) == _OUTGOING), "")


def _name(unique_id: str) -> str:
    return unique_id.split(".")[2]


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")  # noqa: PLR2004


def _json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        raise KindredError(f"There is no {path}: run dbt build first, or say where its results are.") from None
    except (OSError, ValueError) as error:
        raise KindredError(f"{path} cannot be read ({error}): run dbt build again.") from error
    return content
