"""`python -m matching`: score the people of the last build by likeness."""

from __future__ import annotations

import sys

from matching import match
from warehouse import KindredError, Settings


def main() -> int:
    """Score, and print one sentence.

    Returns:
        The exit code.
    """
    try:
        print(match(Settings.from_env()))
    except KindredError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
