"""Write the files of one run into a store: rows first under no name, then the names, the manifest last."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import httpx

from reverse_etl._errors import AnswerLost, RetryLater, StopDelivery
from reverse_etl.destinations._contract import Request, Response
from reverse_etl.destinations._outbox_reader import MANIFEST, Holding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_etl._records import Run
    from reverse_etl.destinations._stores import Draft, Store

_ABOUT_A_RUN: Final = frozenset({"GET", "DELETE"})


@dataclass
class _File:
    """A file that grows, and what the manifest says about it."""

    draft: Draft
    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes, rows: int) -> None:
        self.draft.write(data)
        self.digest.update(data)
        self.rows += rows


@dataclass
class OutboxTransport:
    """Appends rows to the run's files; `finish` makes them visible, the manifest last.

    Attributes:
        store: the sync's folder.
        run: whose files they are.
        headers: the first line of each file, in the order in which they get their names.
        files: those that have begun.
        broken: rows were lost on the way, so that nothing of this run may count.
        published: files have names; none may be taken back by this run once the manifest was sent.
    """

    store: Store
    run: Run
    headers: dict[str, bytes]
    files: dict[str, _File] = field(default_factory=dict)
    broken: bool = False
    published: bool = False
    sealed: bool = False
    holding: Holding | None = None

    def send(self, request: Request) -> Response:
        """Append rows (APPEND), ask for a file (GET), take back a run (DELETE), or read people (LIST).

        Raises:
            RetryLater: the place cannot be reached, and nothing was written yet.
            AnswerLost: what became of a run cannot be asked; it may have been completed.
            StopDelivery: it refuses, or it broke while rows were written: the run is over, and nothing of it counts.
        """
        if request.method in _ABOUT_A_RUN:
            return self._about_a_run(request)
        if request.method == "LIST":
            return Response(httpx.codes.OK, json.dumps(self._page(**json.loads(request.body))).encode())
        self._append(request)
        return Response(httpx.codes.ACCEPTED)

    def finish(self) -> None:
        """Give the files their names, and then write the manifest; without any row there is nothing to say.

        Raises:
            StopDelivery: that failed; whether the manifest is there is asked by the next run.
        """
        if self.broken or not self.files:
            return
        try:
            described = [self._complete(name) for name in self.headers]
            self.sealed = True
            self._manifest(described)
        except RetryLater as error:
            raise StopDelivery(f"The files of {self.run.sync} were not completed: {error}.") from error

    def close(self) -> None:
        """Let go of the files; rows without a manifest were never delivered and do not stay."""
        for file in self.files.values():
            with suppress(RetryLater, StopDelivery):
                file.draft.discard()
        if self.published and not self.sealed:
            with suppress(RetryLater, StopDelivery):
                self.store.remove(self.run.run_id)
        self.store.close()

    def _about_a_run(self, request: Request) -> Response:
        try:
            if request.method == "DELETE":
                self.store.remove(request.url)
                return Response(httpx.codes.NO_CONTENT)
            return Response(httpx.codes.OK if self.store.has(request.url) else httpx.codes.NOT_FOUND)
        except (RetryLater, StopDelivery) as error:
            raise AnswerLost(f"whether that run was completed is not known: {error}") from error

    def _append(self, request: Request) -> None:
        if self.broken:
            raise StopDelivery(f"The files of {self.run.sync} could not be written: nothing of this run counts.")
        try:
            self._file(request.url).write(request.body, int(request.headers["rows"]))
        except RetryLater as error:
            if not self.files:
                raise
            self.broken = True
            raise StopDelivery(
                f"Writing the files of {self.run.sync} broke off ({error}): nothing of this run counts."
            ) from error
        except StopDelivery:
            self.broken = True
            raise

    def _file(self, name: str) -> _File:
        if not self.files:
            self.store.sweep()
        if name not in self.files:
            self.files[name] = _File(self.store.draft(f"{self.run.run_id}/{name}"))
            self.files[name].write(self.headers[name], 0)
        return self.files[name]

    def _complete(self, name: str) -> dict[str, Any]:
        file = self._file(name)
        self.published = True
        file.draft.publish()
        return {"name": name, "rows": file.rows, "sha256": file.digest.hexdigest()}

    def _manifest(self, described: list[dict[str, Any]]) -> None:
        manifest = {
            **{key: value for key, value in asdict(self.run).items() if key != "columns"},
            "columns": list(self.run.columns),
            "files": described,
            "finished_at": datetime.now(UTC).isoformat(),
        }
        draft = self.store.draft(f"{self.run.run_id}/{MANIFEST}")
        draft.write(json.dumps(manifest, indent=2).encode())
        draft.publish()

    def _page(self, after: str, most: int) -> list[tuple[str, dict[str, str]]]:
        self.holding = self.holding or Holding(self.store)
        return self.holding.page(after, most)


@contextmanager
def outbox_transport(store: Callable[[], Store], run: Run, headers: dict[str, bytes]) -> Iterator[OutboxTransport]:
    """The transport of one run; the place is reached when the first request leaves."""
    transport = OutboxTransport(store(), run, headers)
    try:
        yield transport
    finally:
        transport.close()
