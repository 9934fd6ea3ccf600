"""Run dbt in a thread of this process and hand on what it reports, one node at a time."""

from __future__ import annotations

import contextlib
import queue
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestration.failures import sentence_of
from orchestration.plots import plots_of
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dbt.cli.main import dbtRunnerResult
    from dbt_common.events.base_types import EventMsg

    from orchestration.dbt import Dbt, Manifest
    from orchestration.progress import Reporter

_RESULTS = frozenset({"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"})
_SUCCESS = frozenset({"success"})
_WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class NodeDone:
    """One node that dbt has finished.

    Attributes:
        event: dbt's own event as a dictionary.
        rows: how many rows the table has; None for a view, a test, a failure.
        plots: drawings of the table, Markdown by title; none for most.
    """

    event: dict[str, Any]
    rows: int | None = None
    plots: dict[str, str] = field(default_factory=dict)

    @property
    def unique_id(self) -> str:
        """Dbt's name for the node."""
        return str(self.event["data"]["node_info"]["unique_id"])


@dataclass
class Invocation:
    """One running dbt command: iterate over it, then read how it ended."""

    dbt: Dbt
    arguments: tuple[str, ...]
    result: dbtRunnerResult | None = None
    _queue: queue.SimpleQueue[NodeDone | None] = field(default_factory=queue.SimpleQueue)
    _worker: threading.Thread | None = None

    def nodes(self) -> Iterator[NodeDone]:
        """Each node as it is done; ends when dbt does."""
        self._worker = threading.Thread(target=self._work, name="dbt", daemon=True)
        self._worker.start()
        while (node := self._queue.get()) is not None:
            yield node
        self.wait()

    def wait(self) -> None:
        """Return when dbt is done, which cannot be stopped half-way."""
        if self._worker:
            self._worker.join()

    @property
    def failure(self) -> str | None:
        """One sentence about what failed, None if nothing did."""
        return sentence_of(self.result, self.dbt)

    def _work(self) -> None:
        try:
            self.result = self.dbt.invoke(*self.arguments, on_event=self._report)
        finally:
            self._queue.put(None)

    def _report(self, message: EventMsg) -> None:
        if message.info.name not in _RESULTS:
            return
        from dbt_common.events.functions import msg_to_dict  # noqa: PLC0415 - imported by then

        event = msg_to_dict(message)
        rows = _count_rows(event)
        self._queue.put(NodeDone(event, rows, _plots(event) if rows else {}))


def build_without_tests(dbt: Dbt, selection: tuple[str, ...], manifest: Manifest, reporter: Reporter) -> None:
    """Build in a copy of the warehouse, where nobody waits for tests.

    Args:
        dbt: the project, with the copy as its warehouse.
        selection: dbt's options that say what to build.
        manifest: the parsed project, of which the progress bar takes the number of nodes.
        reporter: told of each node.

    Raises:
        KindredError: dbt cannot.
    """
    dbt.install_packages()
    invocation = Invocation(dbt, ("build", *_WITHOUT_TESTS, *selection))
    nodes = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] in {"model", "seed"}}
    with reporter.building({"nodes": nodes}):
        for node in invocation.nodes():
            reporter.node(node)
    if invocation.failure:
        raise KindredError(invocation.failure)


def _count_rows(event: dict[str, Any]) -> int | None:
    """Count through the connection that just built the table: nothing has to be opened."""
    node = event["data"]["node_info"]
    relation = node.get("node_relation", {}).get("relation_name")
    if not relation or node["materialized"] in {"view", "test"} or node["node_status"] not in _SUCCESS:
        return None
    with contextlib.suppress(Exception):  # a figure for the page is no reason to fail a build
        return int(_execute(f"select count(*) from {relation}"))
    return None


def _plots(event: dict[str, Any]) -> dict[str, str]:
    relation = event["data"]["node_info"]["node_relation"]
    with contextlib.suppress(Exception):  # as above
        return plots_of(f"{relation['schema']}.{relation['alias']}", _rows)
    return {}


def _execute(query: str) -> Any:
    return _rows(query)[0][0]


def _rows(query: str) -> list[tuple[Any, ...]]:
    from dbt.adapters.factory import FACTORY  # noqa: PLC0415 - imported by then

    adapter: Any = next(iter(FACTORY.adapters.values()))
    with adapter.connection_named("kindred_row_count"):
        return [tuple(row) for row in adapter.execute(query, fetch=True)[1].rows]
