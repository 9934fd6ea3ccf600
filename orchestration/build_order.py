"""Which models come before which, read from the parsed project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

NEEDS_FITS = "needs_fits"
"""The metadata of a model that reads what `python -m predictions` writes: in one run it is built after the fit."""


def attach_tests(manifest: dict[str, Any]) -> dict[str, Any]:
    """Say for each test of several models which one it is about: the last that is built.

    Where dbt has said so itself, that stands, unless another of them is built only after the fit.
    """
    after = after_fits(manifest)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test":
            parents = [one for one in node["depends_on"]["nodes"] if one.startswith("model.")]
            late = [one for one in parents if one in after]
            if not node.get("attached_node") or (late and node["attached_node"] not in after):
                node["attached_node"] = max(late or parents, key=lambda one: (depth(manifest, one), one), default=None)
    return manifest


def after_fits(manifest: dict[str, Any]) -> set[str]:
    """What waits for the fit of the predictions: the models that say so and all that is made of them."""
    nodes = manifest["nodes"]
    waiting = [one for one in nodes if nodes[one].get("config", {}).get("meta", {}).get(NEEDS_FITS)]
    return _reached(waiting, manifest["child_map"])


def depth(manifest: dict[str, Any], unique_id: str) -> int:
    """How many nodes are built before this one."""
    return len(_reached([unique_id], manifest["parent_map"]))


def _reached(starts: Iterable[str], neighbours: dict[str, list[str]]) -> set[str]:
    """These nodes and all that a map leads to from them."""
    seen, waiting = set(), list(starts)
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting.extend(neighbours.get(one, []))
    return seen
