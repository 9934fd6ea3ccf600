"""Destinations for this machine that hold state and fail as the real ones do: for tests, and to try a sync.

`kindred destinations serve NAME` runs one. A new one is a module with a `Fake`, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_etl.fakes._fake import Call, Fake, Reply
from reverse_etl.fakes._server import Serving, serving

if TYPE_CHECKING:
    from collections.abc import Callable

FAKES: dict[str, Callable[[], Fake]] = {}

__all__ = ["FAKES", "Call", "Fake", "Reply", "Serving", "serving"]
