"""The one error that a user may see, and how a command that was stopped exits."""

from typing import Final

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C, as shells have it."""


class KindredError(Exception):
    """Bad input or a wrong environment, said in one sentence: what is wrong, where, and what to do.

    The command line prints the message alone and exits with 1; every other exception is a defect of ours.
    """
