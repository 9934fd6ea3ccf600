"""Synthetic customers, consents and orders for the benchmark of segments and audiences, made inside DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

AS_OF = "2026-07-01 00:00:00"
NEXT_DAY = "2026-07-02 00:00:00"
FOLDERS = ("segments", "activation")

_DICE = "create or replace temp macro dice(i, throw) as hash(i * 100 + throw)"
"""Every throw is its own: `hash(i, throw)` is not, and gave one segment nobody who consented."""

_TRAITS = {
    "customer_id": "'c_' || substr(md5(cast(i as varchar)), 1, 16)",
    "orders_count": "dice(i, 1) % 5",
    "nps_score": "case when dice(i, 2) % 4 = 0 then dice(i, 3) % 11 end",
    "usage_previous_30d": "dice(i, 4) % 6",
    "usage_30d": "dice(i, 5) % 6",
    "overdue_tickets": "case when dice(i, 6) % 100 = 0 then 1 else 0 end",
    "next_birthday": "date '{as_of}' + cast(dice(i, 7) % 365 as integer)",
    "birth_date": "date '1980-01-01' + cast(dice(i, 7) % 365 as integer)",
    "products_viewed_7d": "dice(i, 8) % 5",
    "last_ordered_at": "case when dice(i, 1) % 5 > 0 then {moment} - to_hours(cast(dice(i, 9) % 17520 as integer)) end",
    "last_paid_at": "case when dice(i, 1) % 5 > 0 then {moment} - to_hours(cast(dice(i, 9) % 17520 as integer)) end",
    "last_product_viewed_at": "{moment} - to_hours(cast(dice(i, 10) % 2000 as integer))",
    "last_visited_at": "{moment} - to_hours(cast(dice(i, 11) % 4000 as integer))",
    "last_cart_abandoned_at": "{moment} - to_hours(cast(dice(i, 12) % 4000 as integer))",
    "last_payment_failed_at": "{moment} - to_hours(cast(dice(i, 13) % 8000 as integer))",
    "engagement_score": "dice(i, 14) % 10000 / 100.0",
    "value_percentile": "dice(i, 15) % 10000 / 10000.0",
    "launch_affinity_percentile": "case when dice(i, 16) % 3 = 0 then dice(i, 17) % 10000 / 10000.0 end",
    "recency_gap_percentile": "dice(i, 18) % 10000 / 10000.0",
    "is_service_impaired_14d": "dice(i, 19) % 200 = 0",
    "social_interactions_30d": "case when dice(i, 20) % 20 = 0 then 1 else 0 end",
    "dormancy": "['active', 'cooling', 'at risk', 'dormant', 'lost'][cast(1 + dice(i, 21) % 5 as bigint)]",
    "journey_stage": "['loyalty', 'usage', 'purchase', 'awareness'][cast(1 + dice(i, 22) % 4 as bigint)]",
    "loyalty_tier": "['gold', 'silver', 'bronze', null][cast(1 + dice(i, 23) % 4 as bigint)]",
    "preferred_channel": "['email', 'web', 'app'][cast(1 + dice(i, 24) % 3 as bigint)]",
    "discovery_channel": "['search', 'friends', 'stores'][cast(1 + dice(i, 25) % 3 as bigint)]",
    "country": "['DE', 'FR', 'GB', 'ES', 'NL'][cast(1 + dice(i, 26) % 5 as bigint)]",
    "email": "'p' || i || '@example.org'",
    "first_name": "'Name' || i % 5000",
    "last_name": "'Family' || i % 90000",
    "is_known": "true",
    "is_test": "false",
    "as_of": "{moment}",
}
_KEY = _TRAITS["customer_id"]
_OTHERS = {
    "customer_identifiers": f"""
        select {_KEY} as customer_id, i as identifier_id, 'email' as identifier_type,
            'p' || i || '@example.org' as identifier_value, timestamp '2025-01-01' as first_seen_at,
            timestamp '2026-06-01' as last_seen_at, 3 as records
        from numbers where dice(i, 30) % 10 < 9""",
    "consents": f"""
        select md5(i || purpose) as consent_id, {_KEY} as customer_id, purpose,
            case purpose when 'advertising' then 'ads' else 'email' end as channel, 'any' as recipient,
            dice(i, 31) % 4 > 0 as is_granted, timestamp '2025-01-01' as decided_at
        from numbers, (select unnest(['marketing', 'personalisation', 'advertising']) as purpose)
        where dice(i, 32) % 4 > 0""",
    "suppressions": f"""
        select {_KEY} as customer_id, 'email' as channel, 'bounce' as reason, timestamp '2025-01-01' as since
        from numbers where dice(i, 33) % 50 = 0""",
    "orders": f"""
        select 'o' || i as order_id, {_KEY} as customer_id, timestamp '2026-01-01' + to_hours(cast(i % 4000 as integer))
            as ordered_at, 50.0 as net_amount, true as is_counted
        from numbers""",
    "identifier_history": f"""
        select i as assignment_id, i as identifier_id, {_KEY} as customer_id, timestamp '2025-01-01' as valid_from,
            1 as from_run, true as is_current
        from numbers""",
    "identity_assignments": f"""
        select i as assignment_id, i as identifier_id, {_KEY} as customer_id, 1 as run_number, 1 as minted_in_run,
            timestamp '2025-01-01' as founded_at
        from numbers""",
    "customer_heirs": f"""
        select {_KEY} as customer_id, {_KEY} as current_customer_id, 1 as minted_in_run,
            timestamp '2025-01-01' as founded_at
        from numbers""",
}
"""What stands before segments and audiences; a table that is not named here is empty, a column that is not is null."""


def write_rows(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any], customers: int) -> None:
    """Every table that the models of FOLDERS read and do not make, with the columns that the project says it has."""
    connection.execute(_DICE)
    connection.execute(f"create or replace temp table numbers as select i from range({customers}) as r(i)")
    for node in _read(manifest):
        relation = f'"{node["schema"]}"."{node["alias"]}"'
        columns = {name: column["data_type"] or _TYPES.get(name, "varchar") for name, column in node["columns"].items()}
        connection.execute(f'create schema if not exists "{node["schema"]}"')
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"create table {relation} ({listed})")
        if node["name"] == "customers":
            write_customers(connection, AS_OF, "numbers", columns)
        elif node["name"] in _OTHERS:
            connection.execute(f"insert into {relation} by name {_OTHERS[node['name']]}")


_TYPES = {
    "occurred_at": "timestamp", "loaded_at": "timestamp", "treatment_share": "double", "conversion_days": "bigint",
    "is_machine": "boolean",
}  # fmt: skip


def _read(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    nodes = manifest["nodes"]
    made = {name for name, node in nodes.items() if node["resource_type"] == "model" and node["schema"] in FOLDERS}
    parents = {parent for name in made for parent in nodes[name]["depends_on"]["nodes"]} - made
    return [nodes[name] for name in sorted(parents)]


def write_customers(
    connection: duckdb.DuckDBPyConnection, as_of: str, numbers: str, columns: dict[str, str] | None = None
) -> None:
    """Append customers: those of a relation of numbers, as they are at a moment."""
    wanted = {name: text for name, text in _TRAITS.items() if columns is None or name in columns}
    traits = ", ".join(
        f"{text.format(as_of=as_of[:10], moment=f'''timestamp '{as_of}' ''')} as {name}"
        for name, text in wanted.items()
    )
    connection.execute(f"insert into customer_360.customers by name select {traits} from {numbers}")


def change_customers(connection: duckdb.DuckDBPyConnection, customers: int, as_of: str) -> int:
    """One customer of a hundred visits, orders or is spoken to: their traits are drawn anew.

    Returns:
        How many they are.
    """
    connection.execute(_DICE)
    changed = f"from range({customers}) as r(i) where dice(i, 99) % 100 = 0"
    connection.execute(f"create or replace temp table changed as select i {changed}")
    connection.execute(f"create or replace temp table keys as select {_KEY} as customer_id from changed")
    connection.execute("create or replace temp table kept as from customer_360.customers join keys using (customer_id)")
    connection.execute("delete from customer_360.customers where customer_id in (select customer_id from keys)")
    connection.execute(f"""
        insert into customer_360.customers by name
        select * replace (
            (orders_count + 1) % 5 as orders_count,
            timestamp '{as_of}' - to_hours(1) as last_visited_at,
            case dormancy when 'dormant' then 'active' else 'dormant' end as dormancy,
            1 - value_percentile as value_percentile
        ) from kept
    """)
    [(count,)] = connection.execute("select count(*) from keys").fetchall()
    return int(count)
