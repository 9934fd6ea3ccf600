"""Spell an identifier as the models spell it, with the models' own macros.

The macros are compiled once into a query, which is kept until a macro, the project's settings or a package changes: so
no second spelling of the rules exists, and a look-up does not wait for dbt, whatever else was edited.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from warehouse import KindredError, exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from warehouse import Settings

_QUERY = """
select
    0 as distance,
    unnest([
        {{ kindred.normalise_email('identifier') }},
        {{ kindred.normalise_phone('identifier') }},
        {{ kindred.normalise_card('identifier') }},
        {{ kindred.trimmed('identifier') }},
        lower({{ kindred.trimmed('identifier') }})
    ]) as spelling
from written
union all
select
    1 as distance,
    {{ kindred.normalise_phone('written.identifier', 'countries.country') }} as spelling
from written
cross join {{ ref('phone_country_rules') }} as countries
"""


def spelling_rules(settings: Settings) -> str:
    """The models' rules as a query of one parameter, what somebody wrote: every spelling that it may have.

    A spelling's distance is 0 if the project's default country makes it, 1 if another country does.

    Raises:
        KindredError: dbt cannot read the project.
    """
    path = settings.dbt_target / "lookup.sql"
    key = f"-- {_key(settings.project)}\n"
    if not (path.exists() and path.read_text().startswith(key)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{key}{_compiled(settings)}")
    return f"with written as (select cast(? as varchar) as identifier) {path.read_text()}"


def spellings(connection: duckdb.DuckDBPyConnection, rules: str, identifier: str) -> dict[str, int]:
    """Every way in which the models may have spelt an identifier, whatever its type, each with its distance."""
    found = connection.execute(f"select spelling, min(distance) from ({rules}) group by spelling", [identifier])
    return {spelling: distance for spelling, distance in found.fetchall() if spelling}


def _compiled(settings: Settings) -> str:
    from orchestration.dbt import Dbt, one_line  # noqa: PLC0415 - most look-ups do without dbt

    dbt = Dbt(settings)
    dbt.install_packages()
    with exclusive(settings):
        result = dbt.invoke("compile", "--inline", _QUERY, "--no-write-json", "--no-populate-cache")
    if not result.success:
        raise KindredError(f"The project's rules for identifiers cannot be read: {one_line(result.exception)}")
    compiled: Any = result.result
    return str(compiled.results[0].node.compiled_code)


def _key(project: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(_rule_files(project)):
        digest.update(f"{path}:".encode() + path.read_bytes())
    return digest.hexdigest()


def _rule_files(project: Path) -> Iterator[Path]:
    packages = project / "dbt_packages"
    for root in (project, *(packages.iterdir() if packages.exists() else ())):
        yield from root.glob("dbt_project.yml")
        yield from (path for path in (root / "macros").rglob("*.sql") if path.name != "registry.sql")
