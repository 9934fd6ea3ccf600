"""What a suite consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from expectations._evaluate import Expected
    from expectations._frames import Frame
    from expectations._history import History


def _nothing(_frames: dict[str, pd.DataFrame]) -> dict[str, object]:
    return {}


@dataclass(frozen=True)
class Suite:
    """One suite, which is also one gate.

    Attributes:
        name: of the suite and of its gate.
        frames: what it looks at.
        as_of: a query for the moment that the tables look back from, as text.
        expected: the expectations by frame, given what earlier builds measured.
        measures: what later builds are compared with.
    """

    name: str
    frames: tuple[Frame, ...]
    as_of: str
    expected: Callable[[History], dict[str, list[Expected]]]
    measures: Callable[[dict[str, pd.DataFrame]], dict[str, object]] = _nothing
