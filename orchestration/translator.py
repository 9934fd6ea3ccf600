"""How dbt's nodes look in Dagster: keys, groups and owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagster import AssetDep, AssetKey, AssetSpec
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration.build_order import NEEDS_FITS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagster_dbt import DbtProject

OWNER = "team:data"
FITS = AssetKey(["predictions", "fits"])


class KindredTranslator(DagsterDbtTranslator):
    """One group a layer, which is also the schema; the key of an asset is schema and table."""

    def __init__(self) -> None:
        """Tests become checks, those of the raw tables too."""
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> AssetSpec:
        """A model that says `needs_fits` waits for the fit, so that one run fits and scores."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        meta = self.get_resource_props(manifest, unique_id).get("config", {}).get("meta", {})
        return spec.replace_attributes(deps=[*spec.deps, AssetDep(FITS)]) if meta.get(NEEDS_FITS) else spec

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """Schema and table."""
        return AssetKey([dbt_resource_props["schema"], relation_name(dbt_resource_props)])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer."""
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """Who the model's dbt group or metadata names, else the data team."""
        return super().get_owners(dbt_resource_props) or [OWNER]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The model's own words, without its SQL, which stands in the metadata's link."""
        return str(dbt_resource_props.get("description") or "")


def relation_name(node: Mapping[str, Any]) -> str:
    """The table's name in the database."""
    return str(node.get("identifier") or node.get("alias") or node["name"])
