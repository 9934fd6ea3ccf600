"""Turn an error that a person can act on into a step's failure with the same sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from dagster import Failure

from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def clear_failures() -> Iterator[None]:
    """Dagster shows the sentence instead of a traceback."""
    try:
        yield
    except KindredError as error:
        raise Failure(str(error), allow_retries=False) from error
