"""A scratch warehouse: the customer_360 part of the dbt project alone, over rows that the caller gives."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import yaml

from benchmarks.warehouse import Scratch, profile_of
from warehouse import Settings

if TYPE_CHECKING:
    from pathlib import Path

FEEDS = {
    "orders": "record_id text, source text, order_id text, channel text, ordered_at timestamp, status text,"
    " currency text, total_amount decimal(18, 4), tax_amount decimal(18, 4), discount_amount decimal(18, 4)",
    "order_items": "source text, order_item_id text, order_id text, product_id text, quantity decimal(18, 3),"
    " unit_price decimal(18, 4), discount_amount decimal(18, 4)",
    "refunds": "record_id text, source text, refund_id text, order_id text, refunded_at timestamp, currency text,"
    " amount decimal(18, 4), tax_amount decimal(18, 4)",
    "carts": "record_id text, source text, cart_id text, created_at timestamp, updated_at timestamp,"
    " items_count bigint, cart_value decimal(18, 4), currency text",
    "payments": "record_id text, source text, payment_id text, order_id text, status text, attempted_at timestamp,"
    " amount decimal(18, 4), currency text",
    "products": "source text, product_id text, product_name text, category text, brand text, price decimal(18, 4),"
    " cost decimal(18, 4)",
    "interactions": "record_id text, source text, interaction_id text, interaction_type text, channel text,"
    " occurred_at timestamp, product_id text, campaign_id text, is_machine boolean",
    "survey_scores": "record_id text, source text, metric text, score bigint, answered_at timestamp",
}
"""The feeds that are filled, with their columns; a feed that is not named here is empty."""

IDENTITY = {
    "record_customers": "record_id text, source text, customer_id text",
    "customer_identifiers": "customer_id text, identifier_id bigint, identifier_type text, identifier_value text,"
    " first_seen_at timestamp, last_seen_at timestamp, records bigint",
    "identifier_observations": "record_id text, source text, identifier_type text, identifier_value text,"
    " occurred_at timestamp, loaded_at timestamp",
    "identifier_history": "assignment_id bigint, identifier_id bigint, customer_id text, valid_from timestamp,"
    " valid_to timestamp, from_run bigint, to_run bigint, is_current boolean",
    "identity_assignments": "customer_id text, minted_in_run bigint, founded_at timestamp",
    "identifier_types": "identifier_type text, rule text, strength integer, tier integer, is_known boolean",
}
"""What customer_360 reads of identity."""

ATTRIBUTES = ("email", "phone", "first_name", "last_name", "birth_date", "country", "city")
PEOPLE = f"record_id text, source text, occurred_at timestamp, loaded_at timestamp, {' text, '.join(ATTRIBUTES)} text"
"""Records that say something about a person."""

_REGISTRY = """
{{% macro duckdb__registered_feed(feed) %}}
    {{%- if feed in {feeds} %}}
        {{{{ return([{{'model': 'stg_' ~ feed, 'relation': ref('stg_' ~ feed)}}]) }}}}
    {{%- endif %}}
    {{{{ return([]) }}}}
{{% endmacro %}}
{{% macro duckdb__registered_attribute_models() %}}
    {{{{ return([{{'model': 'stg_people', 'relation': ref('stg_people')}}]) }}}}
{{% endmacro %}}
"""


def customer_360_project(folder: Path, memory: str | None = None) -> Scratch:
    """The project, with an empty table in schema `raw` for each of FEEDS, IDENTITY and `people`.

    Args:
        folder: where; it is made.
        memory: DuckDB's limit, such as 6GB; what does not fit goes to disk.
    """
    source = Settings.from_env().project
    _copy_models(source, folder)
    _write_staging(folder)
    settings = yaml.safe_load((source / "dbt_project.yml").read_text())
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile_of(folder, settings["profile"], memory)))
    scratch = Scratch(folder)
    with scratch.connect() as connection:
        connection.execute("create schema raw")
        for name, columns in {**FEEDS, **IDENTITY, "people": PEOPLE}.items():
            connection.execute(f"create table raw.{name} ({columns})")
    return scratch


def _copy_models(source: Path, folder: Path) -> None:
    unit_tests = shutil.ignore_patterns("*unit_tests.yml")
    shutil.copytree(source / "models" / "customer_360", folder / "models" / "customer_360", ignore=unit_tests)
    shutil.copytree(source / "macros", folder / "macros")
    shutil.copytree(source / "tests" / "generic", folder / "tests" / "generic")
    shutil.copytree(
        source / "seeds", folder / "seeds", ignore=shutil.ignore_patterns("*phone*", "_identity__seeds.yml")
    )
    for page in (source / "models").rglob("*.md"):
        if "customer_360" not in page.parts:
            shutil.copy(page, folder / "models")


def _write_staging(folder: Path) -> None:
    for layer, names in {"staging": [*FEEDS, "people"], "identity": [*IDENTITY]}.items():
        (folder / "models" / layer).mkdir()
        for name in names:
            prefix = "stg_" if layer == "staging" else ""
            model = f"{{{{ config(materialized='view') }}}}\nselect * from raw.{name}"
            (folder / "models" / layer / f"{prefix}{name}.sql").write_text(model)
    columns = [{"name": name, "config": {"meta": {"attribute": name}}} for name in ATTRIBUTES]
    people = {"models": [{"name": "stg_people", "columns": columns}]}
    (folder / "models" / "staging" / "people.yml").write_text(yaml.safe_dump(people))
    (folder / "macros" / "registry_of_scratch.sql").write_text(_REGISTRY.format(feeds=[*FEEDS]))
