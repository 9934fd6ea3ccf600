"""Dagster's event log in SQLite, without opening the file anew for each event.

A run of this graph writes some 2,600 events. Dagster's own storage makes an engine, a connection and a disk write for
each transaction of each event: 16 s of processor time and 41 s and more of waiting, on two busy cores; with this class
4.6 s and 15 s. What can be lost when the machine loses power is the end of a log: receipts are in the warehouse.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagster._serdes import ConfigurableClassData
    from sqlalchemy import Connection, Engine

_TIMEOUT_SECONDS = 60
_KEPT = 8  # a shard is one run; the UI looks at a few at a time


class KeptOpenEventLog(SqliteEventLogStorage):
    """The same files and tables, through engines that are kept."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> KeptOpenEventLog:
        """As dagster.yaml names it."""
        return cls(inst_data=inst_data, **config_value)

    @property
    def _engines(self) -> OrderedDict[str, Engine]:
        engines: OrderedDict[str, Engine] = self.__dict__.setdefault("_kept_engines", OrderedDict())
        return engines

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has it, which is asked for each event of a check; once there it stays."""
        known: set[str] = self.__dict__.setdefault("_known_tables", set())
        if table_name not in known and super().has_table(table_name):
            known.add(table_name)
        return table_name in known

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = self._new_engine(shard)
            if len(self._engines) > _KEPT:
                self._engines.popitem(last=False)[1].dispose()
        self._engines.move_to_end(shard)
        return self._engines[shard]

    def _new_engine(self, shard: str) -> Engine:
        arguments = {"timeout": _TIMEOUT_SECONDS, "check_same_thread": False}
        engine = create_engine(self.conn_string_for_shard(shard), poolclass=QueuePool, connect_args=arguments)
        event.listen(engine, "connect", _relax)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine


def _relax(connection: Any, _record: Any) -> None:
    connection.execute("pragma synchronous = off")
