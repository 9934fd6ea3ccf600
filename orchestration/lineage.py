"""Which columns each column comes from, read from the compiled queries.

Nothing is asked of the database: the columns of a parent are those that its own query selects, those of a raw table
stand in the YAML, those of a seed in its file. Reading a query takes longer than running it, so what was read is kept
beside dbt's artifacts under a hash of the query and its parents' columns.
"""

from __future__ import annotations

import csv
import hashlib
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.dbt import Manifest

Columns = dict[str, list[tuple[str, str]]]
"""A node's columns in order, each with the (unique_id, column) pairs that it comes from."""

_LOG = logging.getLogger(__name__)


@dataclass
class Lineage:
    """The column lineage of one project.

    Attributes:
        manifest: the parsed project.
        target: the folder of dbt's artifacts.
    """

    manifest: Manifest
    target: Path
    _known: dict[str, Columns] = field(default_factory=dict)
    _by_relation: dict[str, str] = field(default_factory=dict)

    def of(self, unique_id: str) -> Columns:
        """The columns of one node; {} if its query is not compiled or cannot be read."""
        if unique_id not in self._known:
            self._known[unique_id] = {}  # a node that reads itself
            self._known[unique_id] = self._read(unique_id)
        return self._known[unique_id]

    def _read(self, unique_id: str) -> Columns:
        node = self.manifest["nodes"].get(unique_id) or self.manifest["sources"][unique_id]
        query = self._compiled(node)
        if query is None:
            return {column: [] for column in _listed_columns(node)}
        parents = {parent: self.of(parent) for parent in node["depends_on"]["nodes"]}
        shapes = {self._relation(parent): list(columns) for parent, columns in parents.items()}
        # What a materialization adds to its query, or reads of the last run's table, stands in the YAML alone.
        declared = _listed_columns(node)
        shapes.setdefault(self._relation(unique_id), declared)
        cached = self.target / "lineage" / f"{_hash(query, shapes)}.json"
        if cached.exists():
            return {name: [(a, b) for a, b in pairs] for name, pairs in json.loads(cached.read_text()).items()}
        found = self._analysed(unique_id, query, shapes)
        return self._keep(cached, found | {name: [] for name in declared if name not in found})

    def _analysed(self, unique_id: str, query: str, shapes: dict[str, list[str]]) -> Columns:
        by_relation = {self._relation(parent): parent for parent in self._parents(unique_id)}
        dialect = self.manifest["metadata"]["adapter_type"]
        try:
            found = _origins(query, shapes, dialect)
        except Exception as error:  # noqa: BLE001 - lineage is a help, never a reason to stop
            _LOG.warning("The columns of %s cannot be traced: %s", unique_id, error)
            return {}
        return {
            name: [(by_relation[table], column) for table, column in origins if table in by_relation]
            for name, origins in found.items()
        }

    def _keep(self, path: Path, columns: Columns) -> Columns:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(columns))
        return columns

    def _parents(self, unique_id: str) -> list[str]:
        parents: list[str] = self.manifest["nodes"][unique_id]["depends_on"]["nodes"]
        return parents

    def _relation(self, unique_id: str) -> str:
        node = self.manifest["nodes"].get(unique_id) or self.manifest["sources"][unique_id]
        return f"{node['schema']}.{node.get('identifier') or node['alias']}".lower()

    def _compiled(self, node: dict[str, Any]) -> str | None:
        if node["resource_type"] not in {"model", "snapshot"}:
            return None
        path = self.target / "compiled" / node["package_name"] / node["original_file_path"]
        return path.read_text() if path.exists() else None


def _origins(query: str, shapes: dict[str, list[str]], dialect: str) -> dict[str, list[tuple[str, str]]]:
    """Each selected column with the ('schema.table', column) pairs that it is made of."""
    from sqlglot import exp, parse_one  # noqa: PLC0415 - only when a query changed
    from sqlglot.lineage import lineage  # noqa: PLC0415
    from sqlglot.optimizer.qualify import qualify  # noqa: PLC0415
    from sqlglot.optimizer.scope import build_scope  # noqa: PLC0415

    tree = parse_one(query, dialect=dialect)
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    qualified: Any = qualify(tree, dialect=dialect, schema=_schema(shapes), validate_qualify_columns=False)
    scope = build_scope(qualified)
    # It would copy the whole query for each column.
    columns = lineage(None, qualified, {}, dialect=dialect, scope=scope, trim_selects=False, copy=False)
    return {
        name.lower(): sorted({_leaf(leaf) for leaf in column.walk() if isinstance(leaf.expression, exp.Table)})
        for name, column in columns.items()
    }


def _leaf(leaf: Any) -> tuple[str, str]:
    table = leaf.expression
    return f"{table.db}.{table.name}".lower(), leaf.name.split(".")[-1].strip('"').lower()


def _schema(shapes: dict[str, list[str]]) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for relation, columns in shapes.items():
        if not columns:
            continue
        database_schema, table = relation.split(".", 1)
        schema.setdefault(database_schema, {})[table] = dict.fromkeys(columns, "text")
    return schema


def _listed_columns(node: dict[str, Any]) -> list[str]:
    listed = [name.lower() for name in node.get("columns", {})]
    if node["resource_type"] != "seed":
        return listed
    path = Path(node["root_path"] or "") / node["original_file_path"]
    if not path.exists():
        return listed
    with path.open(newline="") as file:
        return [name.strip().lower() for name in next(csv.reader(file), [])]


def _hash(query: str, shapes: dict[str, list[str]]) -> str:
    return hashlib.sha256(f"{query}\n{json.dumps(shapes, sort_keys=True)}".encode()).hexdigest()[:32]
