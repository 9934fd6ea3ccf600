"""A customer is found by whatever somebody has at hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orchestration.lookup import lookup
from orchestration.names import find, reading
from orchestration.normalise import spelling_rules, spellings
from warehouse import KindredError, connect

if TYPE_CHECKING:
    import subprocess

    from tests.conftest import Kindred
    from tests.orchestration.conftest import SmallIdentity
    from warehouse import Settings


def _customers(small: SmallIdentity, text: str) -> list[str | None]:
    return [one.customer_id for one in find(small, text)]


@pytest.mark.parametrize("text", ["U7", " u7 ", "user_id:U7", "USER_ID:u7", "c_anna", "shop_orders:1", "ANNA@x.org"])
def test_any_name_in_any_case_is_found(anna_and_otto: SmallIdentity, text: str) -> None:
    assert _customers(anna_and_otto, text) == ["c_anna"]


def test_the_right_case_goes_before_any_case(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.identifier(8, "wechat_openid", "oAb", "c_anna")
    anna_and_otto.identifier(9, "wechat_openid", "oaB", "c_otto")
    assert _customers(anna_and_otto, "oaB") == ["c_otto"]
    assert _customers(anna_and_otto, "OAB") == ["c_anna", "c_otto"]


def test_a_value_with_a_colon_is_no_type(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.identifier(8, "crm_contact", "north:17", "c_otto")
    assert _customers(anna_and_otto, "north:17") == _customers(anna_and_otto, "crm_contact:north:17") == ["c_otto"]
    assert find(anna_and_otto, "phone:north:17") == []


def test_a_customer_who_was_merged_is_found_in_the_other(anna_and_otto: SmallIdentity) -> None:
    move = {"change_kind": "merge", "assigned_as_of": "2025-05-01", "run_number": 2}
    anna_and_otto.insert(
        "identity_assignments", identifier_id=3, customer_id="c_anna", previous_customer_id="c_a", **move
    )
    [found] = find(anna_and_otto, "c_a")
    assert found.customer_id == "c_anna"
    assert found.note == "c_a was merged into c_anna (as of 2025-05-01)."


def test_a_customer_who_was_split_until_none_was_left_is_found_in_each(anna_and_otto: SmallIdentity) -> None:
    move = {"change_kind": "merge", "assigned_as_of": "2025-05-01", "run_number": 2, "previous_customer_id": "c_a"}
    anna_and_otto.insert("identity_assignments", identifier_id=6, customer_id="c_otto", **move)
    for number in (2, 3):
        anna_and_otto.insert("identity_assignments", identifier_id=number, customer_id="c_anna", **move)
    assert _customers(anna_and_otto, "c_a") == ["c_anna", "c_otto"]
    assert "2 of its identifiers now belong to c_anna" in str(find(anna_and_otto, "c_a")[0].note)


def test_a_record_of_nobody_says_so(anna_and_otto: SmallIdentity) -> None:
    [found] = find(anna_and_otto, "shop_orders:3")
    assert found.customer_id is None
    assert found.note == "The record shop_orders:3 belongs to nobody: no identifier in it may link."
    assert find(anna_and_otto, "shop_orders:4") == []


@pytest.mark.parametrize("text", ["  ", "email: "])
def test_a_blank_is_refused(anna_and_otto: SmallIdentity, text: str) -> None:
    with pytest.raises(KindredError, match="blank"):
        find(anna_and_otto, text)


@pytest.mark.slow
def test_every_type_of_identifier_leads_to_its_customer(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]],
) -> None:
    settings, _ = whole_run
    with connect(settings, read_only=True) as connection:
        examples = connection.execute(
            "select identifier_type, min(identifier_value), arg_min(customer_id, identifier_value)"
            " from identity.customer_identifiers group by 1"
        ).fetchall()
    assert len(examples) > 8
    with reading(settings) as reader:
        for identifier_type, value, customer in examples:
            for text in (value, value.upper(), f"{identifier_type}: {value} "):
                assert customer in [one.customer_id for one in find(reader, text)], text


@pytest.mark.slow
def test_a_phone_is_found_as_another_country_dials_it(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]],
) -> None:
    settings, _ = whole_run
    rules = spelling_rules(settings)
    with connect(settings, read_only=True) as connection:
        found = spellings(connection, rules, "020 7946 0958")
    assert found["+442079460958"] == 1


@pytest.mark.slow
def test_the_rules_are_read_again_only_when_a_macro_changes(
    built_warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = spelling_rules(built_warehouse)
    kept = built_warehouse.dbt_target / "lookup.sql"
    monkeypatch.setattr("orchestration.dbt.Dbt.invoke", None)
    assert spelling_rules(built_warehouse) == first
    kept.write_text("-- other rules\n")
    with pytest.raises(TypeError):
        spelling_rules(built_warehouse)


@pytest.mark.slow
def test_a_record_shows_the_card_of_its_customer(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]], kindred: Kindred
) -> None:
    settings, _ = whole_run
    with connect(settings, read_only=True) as connection:
        [(record, customer)] = connection.execute(
            "select record_id, customer_id from identity.record_customers order by 1 limit 1"
        ).fetchall()
    [card] = json.loads(kindred(settings, "lookup", record, "--json").stdout)
    assert card["customer_id"] == customer
    assert card["note"] == f"The record {record} belongs to {customer}."
    assert lookup(settings, customer)[0].note is None
