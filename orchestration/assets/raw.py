"""The raw tables: what the models read and somebody else writes."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, AssetSpec, MaterializeResult, multi_asset

from orchestration.assets._failing import clear_failures
from orchestration.dbt import Manifest
from orchestration.raw_tables import RawTable, check_raw_tables, raw_tables
from orchestration.translator import OWNER
from warehouse import Settings, connect


def raw_assets(settings: Settings, manifest: Manifest) -> AssetsDefinition:
    """One asset a raw table that an enabled model reads; materialising it looks at the table and counts its rows."""
    tables = raw_tables(manifest)

    @multi_asset(name="raw_tables", specs=[_spec(table) for table in tables], can_subset=True)
    def look_at_raw_tables(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
        with clear_failures():
            check_raw_tables(settings, tables)
            with connect(settings, read_only=True) as connection:
                for table in tables:
                    row = connection.execute(f"select count(*) from {table.relation}").fetchone()
                    if row and _key(table) in context.selected_asset_keys:
                        yield MaterializeResult(asset_key=_key(table), metadata={"dagster/row_count": row[0]})

    return look_at_raw_tables


def _spec(table: RawTable) -> AssetSpec:
    return AssetSpec(
        _key(table), description=table.description, group_name=table.schema, owners=[OWNER], kinds={"table"}
    )


def _key(table: RawTable) -> AssetKey:
    return AssetKey([table.schema, table.name])
