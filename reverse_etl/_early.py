"""The records of a run, on disk: of a first audience they are written while the plan is being made.

Of a sync of which nothing was ever sent it is known what will be: the audience. To count it and to write it take
equally long. Nobody reads what was written before the guards have passed; where they have not, it is removed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reverse_etl._journal import new_folder
from reverse_etl._outgoing import Selection, never_sent, spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from reverse_etl._journal import Folder
    from reverse_etl._records import Run
    from reverse_etl._tables import Sync, Tables
    from reverse_etl.destinations._contract import Facts
    from warehouse import Settings

_MOST_AHEAD: Final = 500_000  # of more, both at once would need the most memory of all that a run does


@dataclass(frozen=True)
class Outbox:
    """What the records of a run are written from, and where to.

    Attributes:
        facts: how many records the destination takes at once.
    """

    settings: Settings
    run: Run
    sync: Sync
    facts: Facts

    def folder(self) -> Folder:
        """The folder of the run, which is new."""
        return new_folder(self.settings, self.run)

    def fill(self, folder: Folder, tables: Tables, selection: Selection) -> Filled:
        """Write the records of a selection."""
        return Filled(folder, spool(tables, self.sync, selection, folder.records, self.facts))


@dataclass(frozen=True)
class Filled:
    """A folder with so many records."""

    folder: Folder
    records: int


@contextmanager
def writing(
    tables: Tables, outbox: Outbox, likely: Selection, audience: int
) -> Iterator[Callable[[Selection], Filled]]:
    """A function that writes a selection, once.

    Args:
        tables: of an open warehouse.
        outbox: what to write from, and where to.
        likely: what is written ahead while the block runs, if nothing was ever sent of the sync; what the function is
            not asked for in the end is removed.
        audience: how many records it has.
    """
    with ThreadPoolExecutor(1) as thread, ExitStack() as unless_wanted:
        ahead: dict[Selection, Future[Filled]] = {}
        if audience <= _MOST_AHEAD and never_sent(tables, outbox.sync):
            folder = outbox.folder()
            ahead[likely] = thread.submit(outbox.fill, folder, tables.beside(), likely)
            unless_wanted.callback(_drop, folder, ahead[likely])

        def write(selection: Selection) -> Filled:
            if selection in ahead:
                unless_wanted.pop_all()
                return ahead[selection].result()
            unless_wanted.close()
            return outbox.fill(outbox.folder(), tables, selection)

        yield write


def _drop(folder: Folder, written: Future[Filled]) -> None:
    written.exception()  # waits for its end, whichever it was
    folder.remove()
