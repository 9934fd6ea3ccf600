"""Spell an identifier as the models spell it, with the models' own macros.

The macros are compiled once into a query, which is kept until a file of the project changes: so no second spelling of
the rules exists, and a look-up does not wait for dbt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.dbt import Dbt, one_line
from warehouse import KindredError, connect, exclusive

if TYPE_CHECKING:
    from warehouse import Settings

_QUERY = """
select
    {{ kindred.normalise_email('identifier') }} as email,
    {{ kindred.normalise_phone('identifier') }} as phone,
    {{ kindred.normalise_card('identifier') }} as card,
    {{ kindred.trimmed('identifier') }} as as_it_is
from written
"""


def spellings(settings: Settings, identifier: str) -> list[str]:
    """Every way in which the models may have spelt an identifier, whatever its type.

    Raises:
        KindredError: it is blank, or there is no warehouse yet.
    """
    if not identifier.strip():
        raise KindredError("The identifier is blank: give an e-mail address, a phone number, a card or an id.")
    query = f"with written as (select cast(? as varchar) as identifier) {_compiled(settings)}"
    with connect(settings, read_only=True) as connection:
        row = connection.execute(query, [identifier]).fetchone()
    return sorted({str(value) for value in row or () if value} | {identifier.strip().lower()})


def _compiled(settings: Settings) -> str:
    dbt = Dbt(settings)
    path = settings.dbt_target / "lookup.sql"
    key = f"-- {dbt.key()}\n"
    if path.exists() and (text := path.read_text()).startswith(key):
        return text
    dbt.manifest()
    with exclusive(settings):
        result = dbt.invoke("compile", "--inline", _QUERY, "--no-write-json", "--no-populate-cache")
    if not result.success:
        raise KindredError(f"The project's rules for identifiers cannot be read: {one_line(result.exception)}")
    compiled: Any = result.result
    path.write_text(f"{key}{compiled.results[0].node.compiled_code}")
    return path.read_text()
