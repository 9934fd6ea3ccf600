"""Libraries that only some destinations need: a first run works without them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def extra(destination: str, name: str) -> Iterator[None]:
    """Import inside the block.

    Args:
        destination: the table of destinations.toml that needs it.
        name: the extra of this package that installs it.

    Raises:
        KindredError: a library is missing; the sentence says how to install it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise KindredError(
            f"[{destination}] needs the package {error.name}: install it with pip install 'kindred[{name}]'."
        ) from error
