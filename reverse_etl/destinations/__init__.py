"""The destinations, by the `type` that destinations.toml names.

A new one is a module with a `KIND`, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_etl.destinations import files, webhook

if TYPE_CHECKING:
    from reverse_etl.destinations._contract import Kind

KINDS: dict[str, Kind] = {
    "files": files.KIND,
    "webhook": webhook.KIND,
}
