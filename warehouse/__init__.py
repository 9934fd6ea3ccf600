"""Where the warehouse is and how processes take turns on it.

Every Python part of Kindred opens the warehouse through here, so that the rule "one writing process, or many reading
ones" is kept in one place.
"""

from warehouse._connect import connect, describe_failure
from warehouse._errors import INTERRUPTED, KindredError
from warehouse._gate import exclusive, shared
from warehouse._home import files_explained, make_home, what_cannot_be_used
from warehouse._settings import REPOSITORY, Settings

__all__ = [
    "INTERRUPTED",
    "REPOSITORY",
    "KindredError",
    "Settings",
    "connect",
    "describe_failure",
    "exclusive",
    "files_explained",
    "make_home",
    "shared",
    "what_cannot_be_used",
]
