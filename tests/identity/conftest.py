"""The oracle of components, and a crowd of people whose records share more than they should."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from dbt.contracts.graph.nodes import SeedNode

from benchmarks.warehouse import Scratch, identity_project

if TYPE_CHECKING:
    from pathlib import Path

Edges = Iterable[tuple[Any, Any]]
START = datetime(2025, 1, 1)  # noqa: DTZ001  (the warehouse keeps UTC without a zone)


def union_find(edges: Edges) -> dict[Hashable, Hashable]:
    """Each node with the least node of its component, the slow and certain way."""
    parent: dict[Any, Any] = {}

    def root(node: Any) -> Any:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in edges:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {node: root(node) for node in list(parent)}


@pytest.fixture(scope="session")
def oracle() -> Callable[[Edges], dict[Hashable, Hashable]]:
    return union_find


@dataclass(frozen=True)
class Observation:
    record_id: str
    source: str
    identifier_type: str
    identifier_value: str
    observed_at: datetime
    loaded_at: datetime


def crowd(people: int, seed: int) -> list[Observation]:
    """Records of people who change emails, share phones and devices, and use a tablet in a store."""
    rng = random.Random(seed)  # noqa: S311  (people, not secrets)
    return [
        Observation(f"{table}:{number}", table, kind, value, at, at + timedelta(days=rng.choice((0, 0, 0, 40))))
        for number, (table, identifiers, at) in enumerate(_records(people, rng))
        for kind, value in identifiers.items()
    ]


def _records(people: int, rng: random.Random) -> Iterator[tuple[str, dict[str, str], datetime]]:
    for person in range(people):
        near = person - rng.choice((0, 0, 0, 0, 1))
        known = {
            "user_id": f"U{person}",
            "email": f"p{person}.{rng.randrange(2)}@x.org",
            "phone": f"+49151{7_654_321 + 13 * near}",
            "cookie": f"cookie-{near}",
            "passport": f"X{person}",
        }
        for _ in range(rng.randint(1, 5)):
            shown = rng.sample(sorted(known), rng.randint(1, 3))
            at = START + timedelta(hours=rng.randrange(5000))
            yield rng.choice(("web", "shop")), {kind: known[kind] for kind in shown}, at
        if rng.random() < 0.2:
            yield "web", {"user_id": "U-tablet", "email": known["email"]}, START + timedelta(hours=rng.randrange(5000))


@pytest.fixture(scope="session")
def observations() -> list[Observation]:
    return crowd(people=250, seed=3)


@pytest.fixture(scope="session")
def new_identity(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Scratch]:
    """A warehouse of the identity models in a folder; all hold the same files, which dbt reads once."""
    read = identity_project(tmp_path_factory.mktemp("read") / "identity").read_once().manifest
    assert read

    def made(folder: Path) -> Scratch:
        manifest = read.deepcopy()  # type: ignore[no-untyped-call]
        for node in manifest.nodes.values():
            if isinstance(node, SeedNode):
                node.root_path = str(folder)  # the text of a seed may differ
        return replace(identity_project(folder), manifest=manifest)

    return made
